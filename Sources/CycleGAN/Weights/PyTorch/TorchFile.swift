/// A file of `torch.save`: the values of its pickle, and where its storages lie.
///
/// Nothing in it is ever executed, and no element is read before everything else was checked.
///
/// Source: torch/serialization.py, `_save`, `_legacy_save` and what reads them.
struct TorchFile {
  /// The whole file.
  let bytes: SeekableBytes
  /// The pickle's values.
  let heap: PickleHeap
  /// The value that was saved.
  let root: PickleHeap.Index
  /// The storages' bytes, by their keys.
  let storages: [String: Range<Int>]
  /// Whether the storages have checksums, which were right.
  let isChecked: Bool

  /// The most tensors of a state dict.
  private static let maximumCount = 16_384

  /// Finds the state dict, or all of several.
  ///
  /// - Parameter entry: Of several networks the one under this key, or whose names begin with it.
  /// - Returns: Its tensors in their order, each of them within the file, and the metadata that these
  ///   tools left.
  /// - Throws: `WeightsError` if there is none, or it is damaged.
  func contents(_ entry: String?) throws(WeightsError) -> StoredTensors {
    let search = StateDictSearch(heap)
    let found = try search.find(from: root, entry: entry)
    try Self.requireFew(found.tensors.count)
    var tensors: [StoredTensor] = []
    for (name, value) in found.tensors {
      tensors.append(try tensor(name, value))
    }
    try requireAffordable(tensors)
    return StoredTensors(
      metadata: found.dictionary.map { search.metadata(of: $0) } ?? [:], tensors: tensors,
      entries: found.entries)
  }

  /// Reads a tensor's description and checks it against the size of its storage.
  ///
  /// - Parameters:
  ///   - name: Its name in the state dict.
  ///   - value: Its index in the heap.
  /// - Returns: The tensor, all of whose elements lie within its storage.
  /// - Throws: `WeightsError.malformed` if a single element would lie outside.
  private func tensor(_ name: String, _ value: PickleHeap.Index) throws(WeightsError)
    -> StoredTensor
  {
    let arguments = heap.description(of: value)
    let storage = try TorchStorage(arguments[0], in: heap)
    let bytes = try bytes(of: storage)
    let shape = heap.integers(arguments[2], atMost: .max) ?? []
    let strides = heap.integers(arguments[3], atMost: .max) ?? []
    let offset = heap.integer(arguments[1]) ?? -1
    let (start, count) = (storage.part.lowerBound, storage.part.count)
    guard let reach = StoredTensor.reach(shape, strides, offset: offset, within: count) else {
      throw .malformed(
        "\(escaped(Array(name.utf8))) is no part of its storage: shape \(shape), strides \(strides), "
          + "offset \(offset) of \(count) elements")
    }
    return StoredTensor(
      name, storage.type, shape: shape, strides: strides, storage: bytes,
      reach: start + reach.lowerBound..<start + reach.upperBound)
  }

  /// Finds the bytes of a storage, of which there have to be as many as it needs.
  private func bytes(of storage: TorchStorage) throws(WeightsError) -> Range<Int> {
    let key = storage.key
    guard let bytes = storages[key] else {
      throw .malformed("its storage \(escaped(Array(key.utf8))) is missing")
    }
    guard bytes.count == storage.byteCount else {
      throw .malformed(
        "its storage \(escaped(Array(key.utf8))) has \(bytes.count) bytes, not "
          + "\(storage.byteCount)")
    }
    return bytes
  }

  /// Reads the elements, in the order of the file, so that bytes in memory can be released.
  ///
  /// - Parameter contents: Of this file.
  /// - Returns: The tensors in their own order, converted where needed.
  /// - Throws: `WeightsError` if the file cannot be read.
  func weights(_ contents: StoredTensors) throws(WeightsError) -> WeightsFile {
    let tensors = contents.tensors
    var result = WeightsFile(metadata: contents.metadata, tensors: [])
    let order = tensors.indices.sorted { tensors[$0].start < tensors[$1].start }
    var read: [NamedTensor?] = .init(repeating: nil, count: tensors.count)
    for (i, next) in zip(order, order.dropFirst().map { tensors[$0].start } + [.max]) {
      bytes.release(before: tensors[i].start)
      read[i] = try tensors[i].read(from: bytes, keeping: next)
      result.storedTypes[tensors[i].name] = tensors[i].type.rawValue
    }
    result.tensors = read.compactMap { $0 }
    (result.isChecked, result.entries) = (isChecked, contents.entries)
    return result
  }

  /// Refuses more tensors than any network has.
  static func requireFew(_ count: Int) throws(WeightsError) {
    guard count <= maximumCount else {
      throw .tooLarge("\(count) tensors; at most \(maximumCount) are read")
    }
  }

  /// Refuses tensors that share storages to become far larger than the file.
  private func requireAffordable(_ tensors: [StoredTensor]) throws(WeightsError) {
    var total = 0
    for tensor in tensors {
      let sum = tensor.cost.map { total.addingReportingOverflow($0) }
      guard let sum, !sum.overflow, sum.partialValue <= bytes.count + WeightsLimits.spareBytes
      else { throw .unaffordable }
      total = sum.partialValue
    }
  }
}

/// A storage as a state dict describes it: the elements that one or several tensors share.
struct TorchStorage {
  /// Its name within the file.
  let key: String
  let type: TensorType
  /// Elements of the whole.
  let count: Int
  /// The part that the tensor refers to, elements; PyTorch before 0.4 wrote parts of storages.
  let part: Range<Int>

  /// Reads a persistent id.
  ///
  /// - Parameters:
  ///   - value: A storage of the pickle's values.
  ///   - heap: The pickle's values.
  /// - Throws: `WeightsError.malformed` if its numbers make no sense.
  init(_ value: PickleHeap.Index, in heap: PickleHeap) throws(WeightsError) {
    let parts = heap.description(of: value)
    key = heap.string(parts[2], atMost: .max) ?? ""
    guard case .storage(let type) = heap.global(parts[1]), let count = heap.integer(parts[4]),
      count >= 0, !count.multipliedReportingOverflow(by: type.bytes).overflow
    else { throw .malformed("its storage \(escaped(Array(key.utf8))) has an impossible size") }
    (self.type, self.count) = (type, count)
    part = try Self.part(parts.count > 5 ? parts[5] : nil, in: heap, of: count, key)
  }

  /// Bytes of the whole.
  var byteCount: Int { count * type.bytes }

  /// Reads (key of the part, first element, elements), or None for the whole.
  private static func part(
    _ view: PickleHeap.Index?, in heap: PickleHeap, of count: Int, _ key: String
  ) throws(WeightsError) -> Range<Int> {
    guard let view, heap.kind(view) != .none else { return 0..<count }
    if let parts = heap.tuple(view, atMost: 3), parts.count == 3,
      let offset = heap.integer(parts[1]), let length = heap.integer(parts[2]),
      offset >= 0, length >= 0, offset <= count, length <= count - offset
    {
      return offset..<offset + length
    }
    throw .malformed("a part of its storage \(escaped(Array(key.utf8))) lies outside of it")
  }
}

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
    var storages: [String: Range<Int>] = [:]
    let folder = archive + "/data/"
    for entry in directory.entries where entry.name.hasPrefix(folder) {
      storages[String(entry.name.dropFirst(folder.count))] = entry.bytes
    }
    if let order = directory[archive + "/byteorder"] {
      let word = Array(try bytes.piece(order.bytes.prefix(16)))
      guard word == Array("little".utf8) else {
        throw .refused("its numbers are in the byte order \(escaped(word)), not little")
      }
    }
    if directory.hasChecksums { try Self.verify(directory, bytes) }
    var machine = PickleMachine(bytes, pickle.bytes)
    let root = try machine.result()
    guard machine.end == pickle.bytes.upperBound else {
      throw .malformed("there are bytes after its pickle")
    }
    self.init(
      bytes: bytes, heap: machine.heap, root: root, storages: storages,
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

  /// Verifies the checksum of every entry.
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
    let storages = try Self.located(
      try Self.keys(list, keys), try Self.storages(heap), bytes, from: position)
    self.init(bytes: bytes, heap: heap, root: root, storages: storages, isChecked: false)
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

  /// Locates the storages, the last of which ends where the file ends.
  private static func located(
    _ keys: [String], _ storages: [String: TorchStorage], _ bytes: SeekableBytes, from start: Int
  ) throws(WeightsError) -> [String: Range<Int>] {
    var (position, located): (Int, [String: Range<Int>]) = (start, [:])
    for key in keys {
      let shown = escaped(Array(key.utf8))
      guard let storage = storages[key] else {
        throw .malformed("its storage \(shown) belongs to no tensor")
      }
      let count = try bytes.piece(position..<position + 8)
      guard UInt64(count, .littleEndian) == UInt64(storage.count) else {
        throw .malformed(
          "its storage \(shown) has not the \(storage.count) elements it should have")
      }
      guard storage.byteCount <= bytes.count - position - 8 else {
        throw .malformed("the file ends at byte \(bytes.count), within its storage \(shown)")
      }
      located[key] = position + 8..<position + 8 + storage.byteCount
      position += 8 + storage.byteCount
    }
    guard position == bytes.count else {
      throw .malformed("there are \(bytes.count - position) bytes after the last storage")
    }
    return located
  }
}
