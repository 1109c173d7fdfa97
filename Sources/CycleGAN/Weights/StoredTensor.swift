/// The tensors of a file before their elements are read.
///
/// Each format's reader makes this of a file's header, checks it in full, and reads the elements last.
struct StoredTensors {
  /// What the file says about the tensors, text to text.
  var metadata: [String: String]
  /// In the order of the state dict, or of the file where there is no other.
  var tensors: [StoredTensor]
  /// Keys of the dictionaries that the tensors come from, where `torch.save` kept several networks.
  var entries: [String] = []

  /// What an architecture is inferred from.
  var outline: StateDictOutline {
    StateDictOutline(
      metadata: metadata,
      tensors: tensors.map {
        .init(name: $0.name, shape: $0.shape, hasIntegers: $0.type.isInteger)
      }, entries: entries)
  }
}

/// A tensor of a file before its elements are read: a storage, and which of its elements in which order.
struct StoredTensor {
  let name: String
  let type: TensorType
  /// Extents, outermost first.
  let shape: [Int]
  /// Elements from one to the next, for every dimension; nil where all lie in C order.
  let strides: [Int]?
  /// The storage's bytes in the file.
  let storage: Range<Int>
  /// The part of the storage between the tensor's first and last element, elements.
  let reach: Range<Int>

  /// Describes a tensor.
  ///
  /// - Parameters:
  ///   - name: The key in the state dict.
  ///   - type: Of the storage's elements.
  ///   - shape: Extents, outermost first.
  ///   - strides: Elements from one to the next; nil for C order.
  ///   - storage: The storage's bytes in the file.
  ///   - reach: The elements of the storage between first and last; nil for all.
  init(
    _ name: String, _ type: TensorType, shape: [Int], strides: [Int]? = nil, storage: Range<Int>,
    reach: Range<Int>? = nil
  ) {
    (self.name, self.type, self.shape, self.strides) = (name, type, shape, strides)
    self.storage = storage
    self.reach = reach ?? 0..<storage.count / type.bytes
  }

  /// The elements between a tensor's first and last.
  ///
  /// - Parameters:
  ///   - shape: Extents, outermost first.
  ///   - strides: Elements from one to the next.
  ///   - offset: The first element.
  ///   - count: Elements of the storage.
  /// - Returns: Their range; nil where any lies outside, or a number is negative or too large.
  static func reach(
    _ shape: [Int], _ strides: [Int], offset: Int, within count: Int
  ) -> Range<Int>? {
    guard shape.count == strides.count, offset >= 0, shape.allSatisfy({ $0 >= 0 }),
      strides.allSatisfy({ $0 >= 0 })
    else { return nil }
    guard !shape.contains(0) else { return 0..<0 }
    var last = offset
    for (extent, stride) in zip(shape, strides) {
      let (way, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, tooMuch) = last.addingReportingOverflow(way)
      guard !tooFar, !tooMuch else { return nil }
      last = sum
    }
    return last < count ? offset..<last + 1 : nil
  }

  /// How many elements it has, which may be more than its storage; nil on overflow.
  var count: Int? {
    // Of an empty tensor, too, so that no order of its extents overflows.
    let extents = shape.filter { $0 > 0 }.reduce(1) { (count: Int?, extent) in
      let product = count?.multipliedReportingOverflow(by: extent)
      return product?.overflow == false ? product?.partialValue : nil
    }
    return extents.map { shape.contains(0) ? 0 : $0 }
  }

  /// The memory that reading it needs, bytes: of its elements or of those it reads, whichever is more.
  var cost: Int? {
    guard let count else { return nil }
    let (bytes, overflow) = max(count, reach.count).multipliedReportingOverflow(by: type.cost)
    return overflow ? nil : bytes
  }

  /// Its first byte in the file.
  var start: Int { storage.lowerBound + reach.lowerBound * type.bytes }
}

extension StoredTensor {
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
      return NamedTensor(name, shape: shape, try WeightsError.allocating(try type.elements([])))
    }
    guard isContiguous else {
      return NamedTensor(name, shape: shape, try gathered(bytes))
    }
    let collector = try WeightsError.allocating(try ElementsCollector(type, reserving: count))
    let whole = bytesOf(reach)
    for start in stride(
      from: whole.lowerBound, to: whole.upperBound, by: ElementsCollector.pieceBytes)
    {
      let end = min(whole.upperBound, start + ElementsCollector.pieceBytes)
      let piece = try bytes.piece(start..<end)
      try WeightsError.allocating(try collector.append(piece))
      bytes.release(before: min(end, next))
    }
    return NamedTensor(name, shape: shape, collector.elements())
  }

  /// Whether the elements lie in C order without gaps; the stride of an extent of 1 doesn't matter.
  private var isContiguous: Bool {
    guard let strides else { return true }
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }

  private func bytesOf(_ elements: Range<Int>) -> Range<Int> {
    let start = storage.lowerBound
    return start + elements.lowerBound * type.bytes..<start + elements.upperBound * type.bytes
  }

  /// Reads elements of any strides into C order.
  private func gathered(_ bytes: SeekableBytes) throws(WeightsError) -> NamedTensor.Elements {
    func stored(_ elements: Range<Int>) throws(WeightsError) -> NamedTensor.Elements {
      let piece = try bytes.piece(bytesOf(elements))
      return try WeightsError.allocating(try type.elements(piece))
    }
    switch try WeightsError.allocating(try type.elements([])) {
    case .float32:
      return .float32(
        try gathered { range throws(WeightsError) in
          if case .float32(let values) = try stored(range) { values } else { [] }
        })
    case .int64:
      return .int64(
        try gathered { range throws(WeightsError) in
          if case .int64(let integers) = try stored(range) { integers } else { [] }
        })
    case .uint8:
      return .uint8(
        try gathered { range throws(WeightsError) in
          if case .uint8(let bytes) = try stored(range) { bytes } else { [] }
        })
    }
  }

  /// Walks over the storage from front to back and writes every element to its index in C order.
  ///
  /// - Parameter load: Gives a part of the storage.
  /// - Returns: All elements in C order.
  /// - Throws: `WeightsError` if the file cannot be read.
  private func gathered<Element>(
    _ load: (Range<Int>) throws(WeightsError) -> Buffer<Element>
  ) throws(WeightsError) -> Buffer<Element> {
    var walk = StorageWalk(shape, strides ?? [], from: reach.lowerBound)
    guard !walk.overlaps || reach.count <= Self.maximumOverlapBytes / type.bytes else {
      throw .tooLarge("\(escaped(Array(name.utf8))) is large and overlaps with itself")
    }
    let windowCount = walk.overlaps ? reach.count : ElementsCollector.pieceBytes / type.bytes
    let result = try WeightsError.allocating(try MutableBuffer<Element>(count: count ?? 0))
    try result.withElements { result throws(WeightsError) in
      var done = 0
      while done < result.count {
        let start = walk.position
        let window = try load(start..<min(reach.upperBound, start + windowCount))
        window.withUnsafeBufferPointer { window in
          while done < result.count, walk.position - start < window.count {
            result[walk.index] = window[walk.position - start]
            walk.advance()
            done += 1
          }
        }
      }
    }
    return result.frozen()
  }
}

/// Visits every element of a strided tensor in the order of the storage, as far as possible.
struct StorageWalk {
  /// A dimension of more than one element.
  private struct Axis {
    let extent: Int
    /// Elements of the storage from one to the next.
    let stride: Int
    /// Elements of the tensor in C order from one to the next.
    let step: Int
  }

  /// The largest stride first.
  private let axes: [Axis]
  private var indices: [Int]

  /// Index of the current element in the storage.
  private(set) var position: Int
  /// Index of the current element in C order.
  private(set) var index = 0
  /// Whether elements overlap in the storage, so that the walk goes back.
  let overlaps: Bool

  /// Starts at the first element.
  ///
  /// - Parameters:
  ///   - shape: Extents, outermost first.
  ///   - strides: Elements from one to the next, which stay within the storage.
  ///   - start: The first element.
  init(_ shape: [Int], _ strides: [Int], from start: Int) {
    var (axes, step): ([Axis], Int) = ([], 1)
    // Dimensions of one element never advance.
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      axes.append(Axis(extent: extent, stride: stride, step: step))
      step *= extent
    }
    axes.sort { $0.stride > $1.stride }
    self.axes = axes
    indices = [Int](repeating: 0, count: axes.count)
    position = start
    overlaps = Self.overlaps(axes)
  }

  private static func overlaps(_ axes: [Axis]) -> Bool {
    var length = 0
    for axis in axes.reversed() where axis.stride > 0 {
      if axis.stride <= length { return true }
      length += (axis.extent - 1) * axis.stride
    }
    return false
  }

  /// Moves to the next element, and from the last one to the first: counts the indices up from the
  /// innermost.
  mutating func advance() {
    var i = axes.count - 1
    while i >= 0 {
      let axis = axes[i]
      indices[i] += 1
      position += axis.stride
      index += axis.step
      if indices[i] < axis.extent { return }
      indices[i] = 0
      position -= axis.extent * axis.stride
      index -= axis.extent * axis.step
      i -= 1
    }
  }
}
