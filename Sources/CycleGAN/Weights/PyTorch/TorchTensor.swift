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
    // Of an empty tensor, too, so that no other order of its extents is beyond every number.
    let extents = shape.filter { $0 > 0 }.reduce(1) { (count: Int?, extent) in
      let product = count?.multipliedReportingOverflow(by: extent)
      return product?.overflow == false ? product?.partialValue : nil
    }
    return extents.map { shape.contains(0) ? 0 : $0 }
  }

  /// What reading it costs: the bytes of as many elements as are read or made, stored or converted.
  ///
  /// Halves count as they are stored, or no file of them could be read.
  var cost: Int? {
    let size = type.isHalf ? type.bytes : max(type.bytes, type.convertedBytes)
    guard let count else { return nil }
    let (bytes, overflow) = max(count, reach.count).multipliedReportingOverflow(by: size)
    return overflow ? nil : bytes
  }

  /// Reads the elements.
  ///
  /// - Parameter bytes: The file.
  /// - Returns: In C order, converted to one of the forms the tools work with.
  /// - Throws: `WeightsError` if the file cannot be read.
  func read(from bytes: SeekableBytes) throws(WeightsError) -> NamedTensor {
    let start = record.bytes.lowerBound
    let range = start + reach.lowerBound * type.bytes..<start + reach.upperBound * type.bytes
    // What is right as it lies there is not to be in memory twice.
    if type == .F32, isContiguous {
      return NamedTensor(name, shape: shape, values: try bytes.piece(range))
    }
    let elements = type.elements(try bytes.piece(range))
    return NamedTensor(name, shape: shape, isContiguous ? elements : gathered(elements))
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
  private func gathered(_ stored: NamedTensor.Elements) -> NamedTensor.Elements {
    switch stored {
    case .float32(let values): .float32(gathered(values))
    case .int64(let integers): .int64(gathered(integers))
    case .uint8(let bytes): .uint8(gathered(bytes))
    }
  }

  private func gathered<Element: BitwiseCopyable>(_ stored: [Element]) -> [Element] {
    guard let count, count > 0 else { return [] }
    // Extents of 1 take time and lead nowhere.
    let axes = zip(shape, strides).filter { $0.0 > 1 }.map { (extent: $0.0, stride: $0.1) }
    var (position, indices) = (0, [Int](repeating: 0, count: axes.count))
    return [Element](unsafeUninitializedCapacity: count) { result, filled in
      while filled < count {
        result.initializeElement(at: filled, to: stored[position])
        filled += 1
        // Counts up the indices like an odometer, from the innermost.
        for i in axes.indices.reversed() {
          indices[i] += 1
          position += axes[i].stride
          if indices[i] < axes[i].extent { break }
          position -= axes[i].extent * axes[i].stride
          indices[i] = 0
        }
      }
    }
  }
}
