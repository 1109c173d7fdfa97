extension TorchTensor {
  /// The most bytes of a storage that may be in memory at once, where its elements overlap.
  private static let maximumOverlapBytes = 16 << 20

  /// Reads the elements, piece by piece.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - next: The first byte that is needed later.
  /// - Returns: In C order, converted to one of the forms the tools work with.
  /// - Throws: `WeightsError` if the file cannot be read.
  func read(from bytes: SeekableBytes, keeping next: Int) throws(WeightsError) -> NamedTensor {
    guard let count, count > 0 else {
      return NamedTensor(name, shape: shape, type.elements([]))
    }
    guard isContiguous else {
      return NamedTensor(name, shape: shape, try gathered(bytes))
    }
    var collector = ElementsCollector(type, reserving: count)
    let whole = bytesOf(reach)
    for start in stride(
      from: whole.lowerBound, to: whole.upperBound, by: ElementsCollector.pieceBytes)
    {
      let end = min(whole.upperBound, start + ElementsCollector.pieceBytes)
      collector.append(try bytes.piece(start..<end))
      bytes.release(before: min(end, next))
    }
    return NamedTensor(name, shape: shape, collector.elements)
  }

  /// Whether the elements lie in C order without gaps; the stride of an extent of 1 says nothing.
  private var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }

  private func bytesOf(_ elements: Range<Int>) -> Range<Int> {
    let start = record.bytes.lowerBound
    return start + elements.lowerBound * type.bytes..<start + elements.upperBound * type.bytes
  }

  /// Brings elements into C order.
  private func gathered(_ bytes: SeekableBytes) throws(WeightsError) -> NamedTensor.Elements {
    func stored(_ elements: Range<Int>) throws(WeightsError) -> NamedTensor.Elements {
      type.elements(try bytes.piece(bytesOf(elements)))
    }
    switch type.elements([]) {
    case .float32:
      return .float32(
        try gathered(0) { range throws(WeightsError) in
          if case .float32(let values) = try stored(range) { values } else { [] }
        })
    case .int64:
      return .int64(
        try gathered(0) { range throws(WeightsError) in
          if case .int64(let integers) = try stored(range) { integers } else { [] }
        })
    case .uint8:
      return .uint8(
        try gathered(0) { range throws(WeightsError) in
          if case .uint8(let bytes) = try stored(range) { bytes } else { [] }
        })
    }
  }

  /// Walks over the storage from front to back and puts every element where it belongs.
  ///
  /// - Parameters:
  ///   - zero: Any element.
  ///   - load: Gives a part of the storage.
  /// - Returns: All elements in C order.
  /// - Throws: `WeightsError` if the file cannot be read.
  private func gathered<Element>(
    _ zero: Element, _ load: (Range<Int>) throws(WeightsError) -> [Element]
  ) throws(WeightsError) -> [Element] {
    var walk = StorageWalk(shape, strides, from: reach.lowerBound)
    guard !walk.comesBack || reach.count <= Self.maximumOverlapBytes / type.bytes else {
      throw .tooLarge("\(escaped(Array(name.utf8))) is large and overlaps with itself")
    }
    let windowCount = walk.comesBack ? reach.count : ElementsCollector.pieceBytes / type.bytes
    var result = [Element](repeating: zero, count: count ?? 0)
    var (window, start): ([Element], Int) = ([], walk.position)
    for _ in result.indices {
      if walk.position - start >= window.count {
        // Before the next one comes, so that there is one at a time.
        window = []
        start = walk.position
        window = try load(start..<min(reach.upperBound, start + windowCount))
      }
      result[walk.place] = window[walk.position - start]
      walk.advance()
    }
    return result
  }
}
