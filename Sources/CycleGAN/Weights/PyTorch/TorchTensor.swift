/// A tensor of a state dict: which elements of which storage it has, in which order.
struct TorchTensor {
  let name: String
  let type: StoredType
  /// Extents, outermost first.
  let shape: [Int]
  /// Where its storage lies.
  let record: TorchRecord

  /// Elements from one to the next, for every dimension.
  private let strides: [Int]
  /// The part of the storage that it reaches into, elements.
  private let reach: Range<Int>

  /// Reads a tensor's description and holds it against the size of its storage.
  ///
  /// - Parameters:
  ///   - name: Its name in the state dict.
  ///   - value: Its place in the pickle's values.
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

  /// How many elements it has, which may be more than its storage; nil where no number holds that.
  var count: Int? {
    shape.contains(0)
      ? 0
      : shape.reduce(1) { count, extent in
        let product = count?.multipliedReportingOverflow(by: extent)
        return product?.overflow == false ? product?.partialValue : nil
      }
  }

  /// What reading it costs: the bytes read, or the bytes made if these are more.
  var cost: Int? {
    guard let count else { return nil }
    let (bytes, overflow) = max(count, reach.count).multipliedReportingOverflow(by: type.bytes)
    return overflow ? nil : bytes
  }

  /// Reads the elements.
  ///
  /// - Parameter bytes: The file.
  /// - Returns: In C order, converted to one of the forms the tools work with.
  /// - Throws: `WeightsError` if the file cannot be read.
  func read(from bytes: SeekableBytes) throws(WeightsError) -> NamedTensor {
    let start = record.bytes.lowerBound
    let stored = try bytes.piece(
      start + reach.lowerBound * type.bytes..<start + reach.upperBound * type.bytes)
    let elements = type.elements(isContiguous ? stored : gathered(stored))
    return NamedTensor(name, shape: shape, elements)
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

  /// Brings elements into C order.
  private func gathered(_ stored: [UInt8]) -> [UInt8] {
    guard let count, count > 0 else { return [] }
    let size = type.bytes
    var (position, indices) = (0, [Int](repeating: 0, count: shape.count))
    return [UInt8](unsafeUninitializedCapacity: count * size) { result, filled in
      stored.withUnsafeBytes { stored in
        while filled < count * size {
          for i in 0..<size { result.initializeElement(at: filled + i, to: stored[position + i]) }
          filled += size
          // Counts up the indices like an odometer, from the innermost.
          for dimension in shape.indices.reversed() {
            indices[dimension] += 1
            position += strides[dimension] * size
            if indices[dimension] < shape[dimension] { break }
            position -= shape[dimension] * strides[dimension] * size
            indices[dimension] = 0
          }
        }
      }
    }
  }
}
