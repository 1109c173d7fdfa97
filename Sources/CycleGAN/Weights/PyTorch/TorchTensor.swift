/// A tensor of a state dict: which elements of which storage it has, in which order.
struct TorchTensor {
  let name: String
  let type: StoredType
  /// Extents, outermost first.
  let shape: [Int]
  /// Where its storage lies.
  let record: TorchRecord

  /// Elements from one to the next, for every dimension.
  let strides: [Int]
  /// The part of the storage that it reaches into, elements.
  let reach: Range<Int>

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
  var cost: Int? {
    guard let count else { return nil }
    let (bytes, overflow) = max(count, reach.count).multipliedReportingOverflow(by: type.cost)
    return overflow ? nil : bytes
  }

  /// Its first byte in the file.
  var start: Int { record.bytes.lowerBound + reach.lowerBound * type.bytes }
}
