extension TorchTensor {
  /// The most bytes of a storage that may be in memory at once, where its elements overlap.
  private static let maximumOverlapBytes = 16 << 20

  /// One dimension that leads somewhere.
  private struct Axis {
    let extent: Int
    /// Elements of the storage from one to the next.
    let stride: Int
    /// Elements of the result from one to the next.
    let step: Int
  }

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
    let (axes, windowCount) = try walk
    let inner = axes.last ?? Axis(extent: 1, stride: 0, step: 0)
    var indices = [Int](repeating: 0, count: max(0, axes.count - 1))
    var result = [Element](repeating: zero, count: count ?? 0)
    var (position, place) = (reach.lowerBound, 0)
    var (window, start): ([Element], Int) = ([], position)
    while true {
      for _ in 0..<inner.extent {
        if position - start >= window.count {
          window = []
          window = try load(position..<min(reach.upperBound, position + windowCount))
          start = position
        }
        result[place] = window[position - start]
        (position, place) = (position + inner.stride, place + inner.step)
      }
      position -= inner.extent * inner.stride
      place -= inner.extent * inner.step
      // Counts up the indices like an odometer, from the innermost.
      var i = indices.count - 1
      while i >= 0 {
        indices[i] += 1
        (position, place) = (position + axes[i].stride, place + axes[i].step)
        if indices[i] < axes[i].extent { break }
        position -= axes[i].extent * axes[i].stride
        place -= axes[i].extent * axes[i].step
        indices[i] = 0
        i -= 1
      }
      if i < 0 { return result }
    }
  }

  /// The dimensions, the one that leads farthest in front, and how many elements to load at a time.
  ///
  /// Extents of 1 take time and lead nowhere.
  private var walk: (axes: [Axis], windowCount: Int) {
    get throws(WeightsError) {
      var (axes, step): ([Axis], Int) = ([], 1)
      for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
        axes.append(Axis(extent: extent, stride: stride, step: step))
        step *= extent
      }
      axes.sort { $0.stride > $1.stride }
      guard Self.overlap(axes) else { return (axes, ElementsCollector.pieceBytes / type.bytes) }
      guard reach.count <= Self.maximumOverlapBytes / type.bytes else {
        throw .tooLarge("\(escaped(Array(name.utf8))) is large and overlaps with itself")
      }
      return (axes, reach.count)
    }
  }

  /// Whether a walk along these, the innermost first, comes back to where it was.
  private static func overlap(_ axes: [Axis]) -> Bool {
    var length = 0
    for axis in axes.reversed() where axis.stride > 0 {
      if axis.stride <= length { return true }
      length += (axis.extent - 1) * axis.stride
    }
    return false
  }
}
