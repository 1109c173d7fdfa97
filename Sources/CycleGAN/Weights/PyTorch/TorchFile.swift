/// A file of `torch.save`: what its pickle makes, and where its numbers lie.
///
/// Nothing in it is ever run, and no number is read before all of it was checked.
///
/// Source: torch/serialization.py, `_save`, `_legacy_save` and what reads them.
struct TorchFile {
  /// The whole file.
  let bytes: SeekableBytes
  /// The pickle's values.
  let heap: PickleHeap
  /// The value that was saved.
  let root: PickleHeap.Index
  /// Where the storages are, by their keys.
  let records: [String: TorchRecord]
  /// Whether the numbers have checksums; they were right.
  let isChecked: Bool

  /// The most tensors of a state dict.
  private static let maximumCount = 16_384

  /// What a file holds, before its numbers are read.
  struct Contents {
    let metadata: [String: String]
    let tensors: [TorchTensor]
    /// Keys of the dictionaries that the tensors come from, where there are several.
    let entries: [String]

    var outline: WeightsOutline {
      WeightsOutline(
        metadata: metadata,
        tensors: tensors.map {
          .init(name: $0.name, shape: $0.shape, hasIntegers: $0.type.isInteger)
        },
        entries: entries)
    }
  }

  /// Finds the state dict, or all of several.
  ///
  /// - Parameter entry: Of several networks the one under this key, or whose names begin with it.
  /// - Returns: Its tensors in their order, each of them within the file, and the metadata that these
  ///   tools left.
  /// - Throws: `WeightsError` if there is none, or it is damaged.
  func contents(_ entry: String?) throws(WeightsError) -> Contents {
    let search = StateDictSearch(heap)
    let found = try search.find(from: root, entry: entry)
    try Self.requireFew(found.tensors.count)
    var tensors: [TorchTensor] = []
    for (name, value) in found.tensors {
      tensors.append(try TorchTensor(name, value, in: self))
    }
    try requireAffordable(tensors)
    return Contents(
      metadata: found.dictionary.map { search.metadata(of: $0) } ?? [:], tensors: tensors,
      entries: found.entries)
  }

  /// Reads the numbers, in the order in which they lie, so that what was read can be let go of.
  ///
  /// - Parameter contents: Of this file.
  /// - Returns: The tensors in their own order, converted where needed.
  /// - Throws: `WeightsError` if the file cannot be read.
  func weights(_ contents: Contents) throws(WeightsError) -> WeightsFile {
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

  /// Refuses tensors that make much out of little by sharing it.
  private func requireAffordable(_ tensors: [TorchTensor]) throws(WeightsError) {
    var total = 0
    for tensor in tensors {
      let sum = tensor.cost.map { total.addingReportingOverflow($0) }
      guard let sum, !sum.overflow, sum.partialValue <= bytes.count + WeightsLimits.spareBytes
      else { throw .unaffordable }
      total = sum.partialValue
    }
  }
}
