import CycleGAN

/// Puts files of `torch.save` together from any pickle, right or wrong.
enum TorchAssembler {
  /// The first pickle of a legacy file.
  static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// A legacy stream.
  ///
  /// - Parameters:
  ///   - pickle: What was saved.
  ///   - storages: Keys and data.
  ///   - keys: The list of keys; nil for the right one.
  ///   - version: The protocol's number.
  ///   - isLittleEndian: What the file says about itself.
  /// - Returns: The whole file.
  static func legacy(
    _ pickle: [UInt8], storages: [(key: String, data: [UInt8])] = [], keys: [String]? = nil,
    version: Int = 1001, isLittleEndian: Bool = true
  ) -> [UInt8] {
    var (number, system, list) = (PickleAssembler(), PickleAssembler(), PickleAssembler())
    number.integer(version)
    number.run(".")
    system.run("}")
    system.text("little_endian")
    system.raw([isLittleEndian ? 0x88 : 0x89])
    system.run("s.")
    list.run("](")
    for key in keys ?? storages.map(\.key) { list.text(key) }
    list.run("e.")
    let data = storages.flatMap { PickleAssembler.number($0.data.count / 4, 8) + $0.data }
    return magic + number.bytes + system.bytes + pickle + list.bytes + data
  }

  /// An entry of a zip file, with what may be wrong about it.
  struct Entry {
    var name: String
    var data: [UInt8]
    var flags = 0
    var method = 0
    var localName: String?
    var crc: UInt32?
    var size: Int?
    var offset: Int?
  }

  /// A zip file.
  static func zip(_ entries: [Entry], comment: [UInt8] = []) -> [UInt8] {
    let number = PickleAssembler.number
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for entry in entries {
      let start = entry.offset ?? file.count
      let crc = number(Int(entry.crc ?? crc32(entry.data)), 4)
      let size = number(entry.size ?? entry.data.count, 4)
      let common =
        number(entry.flags, 2) + number(entry.method, 2) + [0, 0, 0, 0] + crc + size + size
      let local = Array((entry.localName ?? entry.name).utf8)
      file += [0x50, 0x4B, 3, 4, 0, 0] + common + number(local.count, 2) + [0, 0] + local
      file += entry.data
      let name = Array(entry.name.utf8)
      directory += [0x50, 0x4B, 1, 2, 0, 0, 0, 0] + common + number(name.count, 2)
      directory += [UInt8](repeating: 0, count: 12) + number(start, 4) + name
    }
    let count = number(entries.count, 2)
    let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + number(directory.count, 4)
    return file + directory + end + number(file.count, 4) + number(comment.count, 2) + comment
  }

  /// The entries of a file of `torch.save`.
  static func entries(_ pickle: [UInt8], storages: [(key: String, data: [UInt8])] = []) -> [Entry] {
    [Entry(name: "archive/data.pkl", data: pickle)]
      + storages.map { Entry(name: "archive/data/" + $0.key, data: $0.data) }
      + [Entry(name: "archive/version", data: Array("3\n".utf8))]
  }

  /// Both containers around a pickle.
  static func both(
    _ pickle: [UInt8], storages: [(key: String, data: [UInt8])] = []
  ) -> [[UInt8]] {
    [zip(entries(pickle, storages: storages)), legacy(pickle, storages: storages)]
  }
}
