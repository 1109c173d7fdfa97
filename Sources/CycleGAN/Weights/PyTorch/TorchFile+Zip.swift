// archive/data.pkl        the pickle
// archive/byteorder       "little"; not in older files
// archive/data/KEY        a storage's elements
// archive/version, archive/.data/…     nothing that is needed

extension TorchFile {
  /// Reads a zip file of `torch.save`.
  ///
  /// - Parameter bytes: The whole file.
  /// - Throws: `WeightsError` with the first thing that is wrong.
  init(zip bytes: SeekableBytes) throws(WeightsError) {
    let directory = try ZipDirectory(bytes)
    let (archive, pickle) = try Self.pickle(directory)
    var records: [String: TorchRecord] = [:]
    let folder = archive + "/data/"
    for entry in directory.entries where entry.name.hasPrefix(folder) {
      records[String(entry.name.dropFirst(folder.count))] = TorchRecord(bytes: entry.bytes)
    }
    if let order = directory[archive + "/byteorder"] {
      let word: [UInt8] = try bytes.piece(order.bytes.prefix(16))
      guard word == Array("little".utf8) else {
        throw .refused("its numbers are in the byte order \(escaped(word)), not little")
      }
    }
    if directory.hasChecksums { try Self.verify(directory, bytes) }
    var machine = PickleMachine(bytes, pickle.bytes)
    let root = try machine.result()
    guard machine.end == pickle.bytes.upperBound else {
      throw .malformed("there are bytes behind its pickle")
    }
    self.init(
      bytes: bytes, heap: machine.heap, root: root, records: records,
      isChecked: directory.hasChecksums)
  }

  static let isProgram = "a TorchScript program; save the network's state_dict() with torch.save"

  /// Finds the one pickle, and the folder it is in.
  private static func pickle(
    _ directory: ZipDirectory
  ) throws(WeightsError) -> (archive: String, entry: ZipDirectory.Entry) {
    let pickles = directory.entries.filter { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == 2 && parts[1] == "data.pkl"
    }
    guard let pickle = pickles.first else {
      throw .refused("a zip file, but not one of torch.save: it has no data.pkl")
    }
    let archive = String(pickle.name.dropLast("/data.pkl".count))
    guard pickles.count == 1 else { throw .malformed("it has \(pickles.count) data.pkl") }
    guard directory[archive + "/constants.pkl"] == nil else {
      throw .refused(Self.isProgram)
    }
    return (archive, pickle)
  }

  /// Holds every entry against its checksum.
  private static func verify(
    _ directory: ZipDirectory, _ bytes: SeekableBytes
  ) throws(WeightsError) {
    for entry in directory.entries {
      let computed = try bytes.checksum(of: entry.bytes)
      guard computed == entry.crc32 else {
        throw .malformed(
          "the checksum of its zip entry \(escaped(Array(entry.name.utf8))) is "
            + "\(hexadecimal(computed)), not \(hexadecimal(entry.crc32))")
      }
    }
  }
}

extension SeekableBytes {
  /// Computes a checksum without having all of it in memory.
  fileprivate func checksum(of range: Range<Int>) throws(WeightsError) -> UInt32 {
    var (checksum, position): (UInt32, Int) = (0, range.lowerBound)
    while position < range.upperBound {
      let end = min(range.upperBound, position + 1 << 20)
      checksum = crc32(try piece(position..<end), checksum)
      position = end
    }
    return checksum
  }
}

extension PickleMachine {
  /// Runs to the end, for a weights file.
  ///
  /// - Throws: `WeightsError.refused` with the machine's reason.
  mutating func result() throws(WeightsError) -> PickleHeap.Index {
    do throws(PickleError) { return try run() } catch { throw .refused("\(error)") }
  }
}
