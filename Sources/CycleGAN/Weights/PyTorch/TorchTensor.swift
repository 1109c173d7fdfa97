/// A tensor of a state dict: a storage, and which of its elements in which order.
struct TorchTensor: StoredTensor {
  let name: String
  let type: TensorType
  /// Extents, outermost first.
  let shape: [Int]
  /// Where its storage lies.
  let record: TorchRecord

  /// Elements from one to the next, for every dimension.
  let strides: [Int]
  /// The part of the storage that it reaches into, elements.
  let reach: Range<Int>

  /// Reads a tensor's description and checks it against the size of its storage.
  ///
  /// - Parameters:
  ///   - name: Its name in the state dict.
  ///   - value: Its index in the pickle's heap.
  ///   - file: Where the storages are.
  /// - Throws: `WeightsError.malformed` if a single element would lie outside.
  init(
    _ name: String, _ value: PickleHeap.Index, in file: TorchFile
  ) throws(WeightsError) {
    self.name = name
    let heap = file.heap
    let arguments = heap.description(of: value)
    let storage = try TorchStorage(arguments[0], in: heap)
    (type, record) = (storage.type, try storage.record(in: file))
    shape = heap.integers(arguments[2], atMost: .max) ?? []
    strides = heap.integers(arguments[3], atMost: .max) ?? []
    let offset = heap.integer(arguments[1]) ?? -1
    guard let reach = Self.reach(shape, strides, offset: offset, within: storage.part.count)
    else {
      throw .malformed(
        "\(escaped(Array(name.utf8))) is no part of its storage: shape \(shape), strides \(strides), "
          + "offset \(offset) of \(storage.part.count) elements")
    }
    let start = storage.part.lowerBound
    self.reach = start + reach.lowerBound..<start + reach.upperBound
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
  var start: Int { record.bytes.lowerBound + reach.lowerBound * type.bytes }
}

/// Where a storage's elements lie in a file.
struct TorchRecord {
  let bytes: Range<Int>
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

  /// Locates its bytes.
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

  /// Whether the elements lie in C order without gaps; the stride of an extent of 1 doesn't matter.
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

  /// Reads elements of any strides into C order.
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

  /// Walks over the storage from front to back and writes every element to its index in C order.
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
    guard !walk.overlaps || reach.count <= Self.maximumOverlapBytes / type.bytes else {
      throw .tooLarge("\(escaped(Array(name.utf8))) is large and overlaps with itself")
    }
    let windowCount = walk.overlaps ? reach.count : ElementsCollector.pieceBytes / type.bytes
    var result = [Element](repeating: zero, count: count ?? 0)
    var (window, start): ([Element], Int) = ([], walk.position)
    for _ in result.indices {
      if walk.position - start >= window.count {
        // Released before the next one is read, so that there is one at a time.
        window = []
        start = walk.position
        window = try load(start..<min(reach.upperBound, start + windowCount))
      }
      result[walk.index] = window[walk.position - start]
      walk.advance()
    }
    return result
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
