// pickle      0x1950a86a20f9469cfc6c
// pickle      1001
// pickle      {"protocol_version": 1001, "little_endian": True, "type_sizes": {…}}
// pickle      what was saved
// pickle      the keys of the storages, in the order in which they follow
// for each    8 bytes: how many elements; then the elements

extension TorchFile {
  /// The first of a legacy file's pickles, byte for byte.
  static let legacyMagic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  /// The number in the second of them.
  static let legacyProtocol = 1001

  /// Reads a legacy stream of `torch.save`.
  ///
  /// - Parameter bytes: The whole file, which begins with `legacyMagic`.
  /// - Throws: `WeightsError` with the first thing that is wrong.
  init(legacy bytes: SeekableBytes) throws(WeightsError) {
    var position = Self.legacyMagic.count
    func pickle() throws(WeightsError) -> (PickleHeap, PickleHeap.Index) {
      var machine = PickleMachine(bytes, position..<bytes.count)
      let root = try machine.result()
      position = machine.end
      return (machine.heap, root)
    }
    let (version, number) = try pickle()
    guard version.integer(number) == Self.legacyProtocol else {
      throw .malformed("its protocol is not \(Self.legacyProtocol)")
    }
    let (system, facts) = try pickle()
    guard try system.member("little_endian", of: facts).flatMap({ system.bool($0) }) == true else {
      throw .refused("its numbers are not in little-endian byte order")
    }
    let (heap, root) = try pickle()
    let (list, keys) = try pickle()
    let records = try Self.records(
      try Self.keys(list, keys), try Self.storages(heap), bytes, from: position)
    self.init(bytes: bytes, heap: heap, root: root, records: records, isChecked: false)
  }

  private static func keys(
    _ heap: PickleHeap, _ list: PickleHeap.Index
  ) throws(WeightsError) -> [String] {
    let values = heap.list(list) ?? []
    let keys = values.prefix(PickleLimits().storages).compactMap {
      heap.string($0, atMost: PickleLimits().name)
    }
    guard heap.kind(list) == .list, keys.count == values.count else {
      throw .malformed("its list of storages is not a list of keys")
    }
    guard Set(keys).count == keys.count else {
      throw .malformed("its list of storages has a key twice")
    }
    return keys
  }

  /// The storages that the pickle refers to.
  private static func storages(
    _ heap: PickleHeap
  ) throws(WeightsError) -> [String: TorchStorage] {
    var storages: [String: TorchStorage] = [:]
    for value in heap.storages {
      let storage = try TorchStorage(value, in: heap)
      let known = storages.updateValue(storage, forKey: storage.key) ?? storage
      guard known.type == storage.type, known.count == storage.count else {
        throw .malformed(
          "its storage \(escaped(Array(storage.key.utf8))) is described in two ways that differ")
      }
    }
    return storages
  }

  /// Walks over the storages' elements, which end where the file ends.
  private static func records(
    _ keys: [String], _ storages: [String: TorchStorage], _ bytes: SeekableBytes, from start: Int
  ) throws(WeightsError) -> [String: TorchRecord] {
    var (position, records): (Int, [String: TorchRecord]) = (start, [:])
    for key in keys {
      let shown = escaped(Array(key.utf8))
      guard let storage = storages[key] else {
        throw .malformed("its storage \(shown) belongs to no tensor")
      }
      var count = ZipFields(try bytes.piece(position..<position + 8))
      guard try count.number(8) == storage.count else {
        throw .malformed(
          "its storage \(shown) has not the \(storage.count) elements it should have")
      }
      guard storage.byteCount <= bytes.count - position - 8 else {
        throw .malformed("the file ends at byte \(bytes.count), within its storage \(shown)")
      }
      records[key] = TorchRecord(bytes: position + 8..<position + 8 + storage.byteCount)
      position += 8 + storage.byteCount
    }
    guard position == bytes.count else {
      throw .malformed("there are \(bytes.count - position) bytes behind the last storage")
    }
    return records
  }
}
