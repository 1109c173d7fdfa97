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
  /// What tensors that share their storages may need beyond the file's size, bytes.
  private static let spareBytes = 16 << 20

  /// The state dict.
  ///
  /// - Parameter entry: Of several networks the one under this key, or whose names begin with it.
  /// - Returns: Its tensors, converted where needed, in their order, and the metadata that these tools
  ///   left.
  /// - Throws: `WeightsError` if there is none or more than one, or it is damaged.
  func weights(_ entry: String?) throws(WeightsError) -> WeightsFile {
    let search = StateDictSearch(heap)
    let found = try search.find(from: root, entry: entry)
    guard found.tensors.count <= Self.maximumCount else {
      throw .tooLarge("\(found.tensors.count) tensors; at most \(Self.maximumCount) are read")
    }
    var tensors: [TorchTensor] = []
    for (name, value) in found.tensors {
      tensors.append(try TorchTensor(name, value, in: self))
    }
    try requireAffordable(tensors)
    var result = WeightsFile(metadata: search.metadata(of: found.dictionary), tensors: [])
    for tensor in tensors {
      result.tensors.append(try tensor.read(from: bytes))
      result.storedTypes[tensor.name] = tensor.type.rawValue
    }
    result.isChecked = isChecked
    return result
  }

  /// Refuses tensors that make much out of little by sharing it.
  private func requireAffordable(_ tensors: [TorchTensor]) throws(WeightsError) {
    var total = 0
    for tensor in tensors {
      let sum = tensor.cost.map { total.addingReportingOverflow($0) }
      guard let sum, !sum.overflow, sum.partialValue <= bytes.count + Self.spareBytes else {
        throw .tooLarge(
          "its tensors need far more memory than the file is long: they share storages, or are short "
            + "integers that become long ones")
      }
      total = sum.partialValue
    }
  }
}
