extension WeightsFile {
  /// The most bytes of a tensor to reserve memory for before they came through a pipe.
  private static let unseenBytes = 256 << 20

  /// Reads a safetensors file from front to back.
  ///
  /// - Parameters:
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one whose names begin with this.
  ///   - length: Length of the file where it is known, bytes.
  ///   - check: Gets names and shapes before any element is read.
  ///   - next: Returns as many of the next bytes as it is asked for; fewer only at the end.
  /// - Returns: The tensors and metadata.
  /// - Throws: `WeightsError` with the reason.
  static func readSafetensors(
    limits: WeightsLimits, entry: String?, length: Int?,
    check: (StateDictOutline) throws(WeightsError) -> Void = { _ in },
    _ next: (Int) throws(WeightsError) -> Buffer<UInt8>
  ) throws(WeightsError) -> WeightsFile {
    let beginning = try next(8)
    let text = try headerText(beginning, limits, next)
    let header = try SafetensorsHeader(text)
    try header.requireAffordable(limits)
    let outline = header.contents.outline
    let prefix = try entry.map { entry throws(WeightsError) in
      try WeightsError.wrapping { () throws(ArchitectureError) in
        try outline.names.prefix(of: entry)
      }
    }
    try check(prefix.map { outline.removing(prefix: $0) } ?? outline)
    let stored = try header.checksum(in: text)
    var computed = checksum(withoutChecksum: text, crc32(beginning))
    var file = WeightsFile(metadata: header.contents.metadata, tensors: [])
    for tensor in header.contents.tensors {
      let isChosen = prefix.map { tensor.name.hasPrefix($0) } ?? true
      let seen = isChosen ? min(tensor.storage.count, length ?? unseenBytes) : 0
      let collector = try WeightsError.allocating(
        try ElementsCollector(tensor.type, reserving: seen / tensor.type.bytes))
      try tensor.readInOrder(next) { bytes throws(OutOfMemory) in
        if stored != nil { computed = crc32(bytes, computed) }
        if isChosen { try collector.append(bytes) }
      }
      guard isChosen else { continue }
      let name = String(tensor.name.dropFirst(prefix?.count ?? 0))
      file.tensors.append(NamedTensor(name, shape: tensor.shape, collector.elements()))
      file.storedTypes[name] = tensor.type.rawValue
    }
    guard try next(1).isEmpty else { throw .malformed("there are bytes after the last tensor") }
    if let stored, stored != computed { throw .checksum(stored: stored, computed: computed) }
    (file.checksum, file.isChecked) = (stored, stored != nil)
    for key in reservedKeys { file.metadata[key] = nil }
    return file
  }

  private static func headerText(
    _ length: Buffer<UInt8>, _ limits: WeightsLimits,
    _ next: (Int) throws(WeightsError) -> Buffer<UInt8>
  ) throws(WeightsError) -> Buffer<UInt8> {
    guard length.count == 8 else {
      throw .malformed("\(length.count) bytes are too few for a safetensors file")
    }
    let count = UInt64(length, .littleEndian)
    guard count >= 2 else { throw .malformed("a header of \(count) bytes") }
    guard count <= limits.maximumHeaderBytes else {
      throw .malformed(
        "a header of \(count) bytes, above the limit of \(limits.maximumHeaderBytes)")
    }
    let text = try next(Int(count))
    guard text.count == Int(count) else {
      throw .malformed("the file ends within its header, after \(8 + text.count) bytes")
    }
    return text
  }
}

extension StoredTensor {
  /// Reads the elements as they are stored, from a source that is at the tensor's first byte.
  ///
  /// - Parameters:
  ///   - next: Gives as many of the next bytes as it is asked for.
  ///   - take: Gets whole elements, piece by piece.
  /// - Throws: `WeightsError.malformed` if the file ends before.
  fileprivate func readInOrder(
    _ next: (Int) throws(WeightsError) -> Buffer<UInt8>,
    _ take: (Buffer<UInt8>) throws(OutOfMemory) -> Void
  ) throws(WeightsError) {
    var position = storage.lowerBound
    while position < storage.upperBound {
      let wanted = min(ElementsCollector.pieceBytes, storage.upperBound - position)
      let bytes = try next(wanted)
      position += bytes.count
      guard bytes.count == wanted else {
        throw .malformed(
          "the file ends at byte \(position), within \(escaped(Array(name.utf8)))")
      }
      try WeightsError.allocating(try take(bytes))
    }
  }
}

extension SafetensorsHeader {
  /// Refuses files above the limit, and small files of tensors that need far more memory.
  fileprivate func requireAffordable(_ limits: WeightsLimits) throws(WeightsError) {
    guard dataBytes <= limits.maximumBytes else {
      throw .tooLarge("\(dataBytes) bytes of weights; at most \(limits.maximumBytes) are read")
    }
    // Every range is within the data, so that no product overflows.
    let cost = contents.tensors.reduce(0) { $0 + $1.reach.count * $1.type.cost }
    guard cost <= dataBytes + WeightsLimits.spareBytes else { throw .unaffordable }
  }
}

/// The header of a safetensors file, checked in full before any data is read.
///
/// Source: the format's description in github.com/huggingface/safetensors, README.md; cg-weights(5)
/// lists where these tools are stricter.
struct SafetensorsHeader {
  /// Metadata and tensors; these in the order of their data, which has no holes or overlaps.
  private(set) var contents = StoredTensors(metadata: [:], tensors: [])

  /// Offset of the data in the file, bytes.
  private let dataStart: Int
  /// Length of the data, bytes.
  private var dataBytes: Int {
    (contents.tensors.last?.storage.upperBound ?? dataStart) - dataStart
  }

  /// Checks a header.
  ///
  /// - Parameter text: The JSON text.
  /// - Throws: `WeightsError.malformed` with the first thing that is wrong.
  init(_ text: Buffer<UInt8>) throws(WeightsError) {
    dataStart = 8 + text.count
    guard text.first == UInt8(ascii: "{") else {
      throw .malformed("the header does not begin with {")
    }
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: text) } catch {
      throw .malformed("header: \(error)")
    }
    for (name, value) in json.object ?? [] {
      if name == "__metadata__" {
        contents.metadata = try Self.metadata(value)
      } else {
        contents.tensors.append(try tensor(name, value))
      }
    }
    // The position breaks the tie between an empty tensor and the one that begins where it lies.
    contents.tensors.sort {
      let (a, b) = ($0.storage, $1.storage)
      return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
    }
    try requireSeamless()
  }

  private func requireSeamless() throws(WeightsError) {
    var (end, previous) = (dataStart, nil as Range<Int>?)
    for tensor in contents.tensors {
      let name = escaped(Array(tensor.name.utf8))
      let start = tensor.storage.lowerBound
      guard start >= end else { throw .malformed("\(name) overlaps the tensor before it") }
      guard start == end else {
        throw .malformed("\(start - end) bytes in front of \(name) belong to no tensor")
      }
      guard !tensor.storage.isEmpty || previous != tensor.storage else {
        throw .malformed("\(name) is empty and shares its position with another empty tensor")
      }
      (end, previous) = (tensor.storage.upperBound, tensor.storage)
    }
  }

  private static func metadata(_ value: JSON) throws(WeightsError) -> [String: String] {
    // fastsafetensors writes null where there is nothing to say.
    if case .null = value { return [:] }
    guard let members = value.object else { throw .malformed("__metadata__ is not an object") }
    var metadata: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.string else {
        throw .malformed("__metadata__: \(escaped(Array(key.utf8))) is not text")
      }
      metadata[key] = text
    }
    return metadata
  }

  private func tensor(_ name: String, _ value: JSON) throws(WeightsError) -> StoredTensor {
    let shown = escaped(Array(name.utf8.prefix(200)))
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw .malformed("a tensor's name is empty or contains NUL: \"\(shown)\"")
    }
    guard let members = value.object else { throw .malformed("\(shown) is not an object") }
    if let other = members.first(where: { !["dtype", "shape", "data_offsets"].contains($0.0) }) {
      throw .malformed("\(shown) has an unknown member \(escaped(Array(other.0.utf8)))")
    }
    guard let word = value["dtype"]?.string else { throw .malformed("\(shown) has no dtype") }
    guard let type = TensorType(rawValue: word) else {
      throw .malformed("\(shown) has the unknown dtype \(escaped(Array(word.utf8)))")
    }
    guard let shape = Self.naturals(value["shape"]) else {
      throw .malformed("\(shown) has no shape of whole numbers")
    }
    guard let offsets = Self.naturals(value["data_offsets"]), offsets.count == 2 else {
      throw .malformed("\(shown) has no pair of data_offsets")
    }
    guard offsets[0] <= offsets[1] else {
      throw .malformed("\(shown) ends at byte \(offsets[1]), before its start at \(offsets[0])")
    }
    guard let bytes = Self.product(shape + [type.bytes]) else {
      throw .malformed("\(shown) has the impossible shape \(shape)")
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .malformed(
        "\(shown) has \(offsets[1] - offsets[0]) bytes; \(word) \(shape) takes \(bytes)")
    }
    let (start, startOverflow) = dataStart.addingReportingOverflow(offsets[0])
    let (end, endOverflow) = dataStart.addingReportingOverflow(offsets[1])
    guard !startOverflow, !endOverflow else {
      throw .malformed("\(shown) has the impossible data_offsets \(offsets)")
    }
    return StoredTensor(name, type, shape: shape, storage: start..<end)
  }

  private static func naturals(_ value: JSON?) -> [Int]? {
    guard let elements = value?.array else { return nil }
    let integers = elements.compactMap(\.integer)
    return integers.count == elements.count && integers.allSatisfy { $0 >= 0 } ? integers : nil
  }

  private static func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (value, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = value
    }
    return result
  }
}
