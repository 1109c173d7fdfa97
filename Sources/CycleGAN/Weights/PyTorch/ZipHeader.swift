/// What a zip file's directory says about one entry.
struct ZipHeader {
  let name: String
  /// Length, bytes; stored and unpacked are the same.
  let size: Int
  /// Where its local header begins.
  let offset: Int
  let crc32: UInt32

  private let flags: Int

  /// The sizes follow the data, the name is UTF-8: the only flags of an entry that is stored as it is.
  private static let allowedFlags = 0x0808
  private static let maximumNameBytes = 1024
  /// Where a field of 32 bits says that the real number is in the 64-bit extra field.
  private static let moved = 0xFFFF_FFFF

  /// The name in one line that cannot forge a message.
  var printableName: String { escaped(Array(name.utf8)) }

  /// Reads an entry of the directory.
  ///
  /// - Parameter fields: At the entry; behind it afterwards.
  /// - Throws: `WeightsError` if it is compressed, encrypted or makes no sense.
  init(_ fields: inout ZipFields) throws(WeightsError) {
    guard try fields.signature(0x0201) else {
      throw .malformed("its zip directory has fewer entries than it says")
    }
    try fields.skip(4)
    flags = try fields.number(2)
    let method = try fields.number(2)
    try fields.skip(4)
    crc32 = UInt32(truncatingIfNeeded: try fields.number(4))
    let (packed, unpacked) = (try fields.number(4), try fields.number(4))
    let nameBytes = try fields.number(2)
    let (extraBytes, commentBytes) = (try fields.number(2), try fields.number(2))
    let disk = try fields.number(2)
    try fields.skip(6)
    let start = try fields.number(4)
    name = try Self.name(try fields.take(nameBytes))
    let extra = try fields.take(extraBytes)
    try fields.skip(commentBytes)
    let shown = escaped(Array(name.utf8))
    guard flags & ~Self.allowedFlags == 0 else {
      throw .refused("its zip entry \(shown) is encrypted or has other unusual flags")
    }
    guard method == 0 else {
      if name.contains("/code/") { throw .refused(TorchFile.isProgram) }
      throw .refused(
        "its zip entry \(shown) is compressed, which torch.save never does; unpack the archive and "
          + "pack it again with zip -0 -r")
    }
    var large = try Self.large(extra, [unpacked, packed, start])
    size = unpacked == Self.moved ? large.removeFirst() : unpacked
    let packedSize = packed == Self.moved ? large.removeFirst() : packed
    offset = start == Self.moved ? large.removeFirst() : start
    guard packedSize == size, disk == 0 else {
      throw .malformed("its zip entry \(shown) has \(size) bytes in \(packedSize)")
    }
  }

  private static func name(_ bytes: [UInt8]) throws(WeightsError) -> String {
    guard !bytes.isEmpty, bytes.count <= maximumNameBytes, !bytes.contains(0),
      let name = String(validating: bytes, as: UTF8.self)
    else { throw .malformed("a zip entry's name of \(bytes.count) bytes is none") }
    return name
  }

  /// The numbers of 64 bits that stand for those that say so.
  private static func large(_ extra: [UInt8], _ fields: [Int]) throws(WeightsError) -> [Int] {
    let count = fields.count { $0 == moved }
    guard count > 0 else { return [] }
    var reader = ZipFields(extra)
    while !reader.isAtEnd {
      let (id, length) = (try reader.number(2), try reader.number(2))
      var field = ZipFields(try reader.take(length))
      guard id == 1 else { continue }
      var numbers: [Int] = []
      for _ in 0..<count { numbers.append(try field.number(8)) }
      return numbers
    }
    throw .malformed("a zip entry's 64-bit sizes are missing")
  }

  /// Checks the local header, which has to say the same.
  ///
  /// - Parameter bytes: The whole zip file.
  /// - Returns: Where the entry's bytes begin.
  /// - Throws: `WeightsError.malformed` if it says something else.
  func dataStart(_ bytes: SeekableBytes) throws(WeightsError) -> Int {
    guard offset < bytes.count else {
      throw .malformed("its zip entry \(printableName) begins behind the end")
    }
    var local = ZipFields(try bytes.piece(offset..<min(bytes.count, offset + 30)))
    guard try local.signature(0x0403) else {
      throw .malformed("its zip entry \(printableName) is not where the directory says")
    }
    try local.skip(2)
    let (flags, method) = (try local.number(2), try local.number(2))
    try local.skip(4)
    let said = (try local.number(4), try local.number(4), try local.number(4))
    let (nameBytes, extraBytes) = (try local.number(2), try local.number(2))
    let nameEnd = offset + 30 + nameBytes
    let isNamed = try bytes.piece(offset + 30..<nameEnd).elementsEqual(name.utf8)
    let isSame =
      isNamed && flags == self.flags && method == 0
      && (said.0 == Int(crc32) || sizesFollow && said.0 == 0)
      && agrees(said.1) && agrees(said.2)
    guard isSame else {
      throw .malformed("its zip entry \(printableName) is described in two ways that differ")
    }
    return nameEnd + extraBytes
  }

  /// Whether the local header leaves sizes and checksum to what follows the data.
  private var sizesFollow: Bool { flags & 0x0008 != 0 }

  /// Whether a size in the local header fits.
  private func agrees(_ said: Int) -> Bool {
    said == size || said == Self.moved || sizesFollow && said == 0
  }
}
