/// Where a storage's elements lie in a file.
struct TorchRecord {
  let bytes: Range<Int>
}

/// What a state dict says about a storage: the memory that one or several tensors share.
struct TorchStorage {
  /// Its name within the file.
  let key: String
  let type: StoredType
  /// Elements of the whole.
  let count: Int
  /// The part that is meant, elements; PyTorch before 0.4 wrote parts of storages.
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

  /// Finds its bytes.
  ///
  /// - Parameter file: The file it is in.
  /// - Returns: Where they lie.
  /// - Throws: `WeightsError.malformed` if they are missing, or are not as many as it needs.
  func record(in file: TorchFile) throws(WeightsError) -> TorchRecord {
    guard let record = file.records[key] else {
      throw .malformed("its storage \(escaped(Array(key.utf8))) is missing")
    }
    guard record.bytes.count == byteCount else {
      throw .malformed(
        "its storage \(escaped(Array(key.utf8))) has \(record.bytes.count) bytes, not \(byteCount)")
    }
    return record
  }
}
