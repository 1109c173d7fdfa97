extension WeightsFile {
  /// Bytes of a tensor for which memory is taken before they came through a pipe; it is not used before.
  private static let unseenBytes = 256 << 20

  /// Reads a safetensors file from a source that gives fewer bytes than asked only at its end.
  ///
  /// - Parameters:
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one whose names begin with this.
  ///   - length: Of the source, where that is known, bytes.
  ///   - check: Gets names and shapes before any element is read.
  ///   - next: Gives as many of the next bytes as it is asked for.
  /// - Throws: `WeightsError` with the reason.
  init(
    _ limits: WeightsLimits, entry: String?, length: Int?,
    _ check: (WeightsOutline) throws(WeightsError) -> Void,
    _ next: (Int) throws(WeightsError) -> [UInt8]
  ) throws(WeightsError) {
    let beginning = try next(8)
    let text = try Self.headerText(beginning, limits, next)
    let header = try SafetensorsHeader(text)
    try header.requireAffordable(limits)
    let prefix = try entry.map { entry throws(WeightsError) in
      try header.outline.names.prefix(of: entry)
    }
    try check(prefix.map { header.outline.behind($0) } ?? header.outline)
    let stored = try header.checksum(in: text)
    var computed = crc32(Self.withoutChecksum(text), crc32(beginning))
    self.init(metadata: header.metadata, tensors: [])
    for entry in header.entries {
      let isChosen = prefix.map { entry.name.hasPrefix($0) } ?? true
      let seen = isChosen ? min(entry.range.count, length ?? Self.unseenBytes) : 0
      var collector = ElementsCollector(entry.type, reserving: seen / entry.type.bytes)
      try entry.read(from: 8 + text.count, next) { bytes in
        if stored != nil { computed = crc32(bytes, computed) }
        if isChosen { collector.append(bytes) }
      }
      guard isChosen else { continue }
      let name = String(entry.name.dropFirst(prefix?.count ?? 0))
      tensors.append(NamedTensor(name, shape: entry.shape, collector.elements))
      storedTypes[name] = entry.type.rawValue
    }
    guard try next(1).isEmpty else { throw .malformed("there are bytes behind the last tensor") }
    if let stored, stored != computed { throw .checksum(stored: stored, computed: computed) }
    (checksum, isChecked) = (stored, stored != nil)
    for key in Self.reservedKeys { metadata[key] = nil }
  }

  private static func headerText(
    _ length: [UInt8], _ limits: WeightsLimits, _ next: (Int) throws(WeightsError) -> [UInt8]
  ) throws(WeightsError) -> [UInt8] {
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

extension SafetensorsHeader.Entry {
  /// Reads the elements as they are stored.
  ///
  /// - Parameters:
  ///   - start: Bytes in front of all tensors' data.
  ///   - next: Gives as many of the next bytes as it is asked for.
  ///   - take: Gets whole elements, piece by piece.
  /// - Throws: `WeightsError.malformed` if the file ends before.
  fileprivate func read(
    from start: Int, _ next: (Int) throws(WeightsError) -> [UInt8], _ take: ([UInt8]) -> Void
  ) throws(WeightsError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let wanted = min(ElementsCollector.pieceBytes, range.upperBound - position)
      let bytes = try next(wanted)
      position += bytes.count
      guard bytes.count == wanted else {
        throw .malformed(
          "the file ends at byte \(start + position), within \(escaped(Array(name.utf8)))")
      }
      take(bytes)
    }
  }
}

extension SafetensorsHeader {
  /// Refuses what is too large, or becomes much of little.
  fileprivate func requireAffordable(_ limits: WeightsLimits) throws(WeightsError) {
    guard dataBytes <= limits.maximumBytes else {
      throw .tooLarge("\(dataBytes) bytes of weights; at most \(limits.maximumBytes) are read")
    }
    // All of it is within the data, so that no product is beyond every number.
    let cost = entries.reduce(0) { $0 + $1.range.count / $1.type.bytes * $1.type.cost }
    guard cost <= dataBytes + WeightsLimits.spareBytes else { throw .unaffordable }
  }

  fileprivate var outline: WeightsOutline {
    WeightsOutline(
      metadata: metadata,
      tensors: entries.map {
        .init(name: $0.name, shape: $0.shape, hasIntegers: $0.type.isInteger)
      })
  }
}

/// What the first part of a safetensors file says, checked in full before any data is read.
///
/// Source: the format's description in github.com/huggingface/safetensors, README.md; cg-weights(5)
/// lists where these tools are stricter.
struct SafetensorsHeader {
  /// Where one tensor lies.
  struct Entry {
    let name: String
    let type: StoredType
    let shape: [Int]
    /// Bytes from the end of the header.
    let range: Range<Int>
  }

  private(set) var metadata: [String: String] = [:]
  /// In the order in which the data lies in the file, without holes or overlaps.
  private(set) var entries: [Entry] = []
  /// Length of the data, bytes.
  var dataBytes: Int { entries.last?.range.upperBound ?? 0 }

  /// Checks a header.
  ///
  /// - Parameter text: The JSON text.
  /// - Throws: `WeightsError.malformed` with the first thing that is wrong.
  init(_ text: [UInt8]) throws(WeightsError) {
    guard text.first == UInt8(ascii: "{") else {
      throw .malformed("the header does not begin with {")
    }
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: text) } catch {
      throw .malformed("header: \(error)")
    }
    for (name, value) in json.object ?? [] {
      if name == "__metadata__" {
        metadata = try Self.metadata(value)
      } else {
        entries.append(try Self.entry(name, value))
      }
    }
    // The position breaks the tie between an empty tensor and the one that begins where it lies.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try requireSeamless()
  }

  private func requireSeamless() throws(WeightsError) {
    var end = 0
    for (i, entry) in entries.enumerated() {
      let name = escaped(Array(entry.name.utf8))
      let start = entry.range.lowerBound
      guard start >= end else { throw .malformed("\(name) overlaps the tensor before it") }
      guard start == end else {
        throw .malformed("\(start - end) bytes in front of \(name) belong to no tensor")
      }
      guard !entry.range.isEmpty || i == 0 || entries[i - 1].range != entry.range else {
        throw .malformed("\(name) is empty and shares its place with another empty tensor")
      }
      end = entry.range.upperBound
    }
  }

  private static func metadata(_ value: JSON) throws(WeightsError) -> [String: String] {
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

  private static func entry(_ name: String, _ value: JSON) throws(WeightsError) -> Entry {
    let shown = escaped(Array(name.utf8.prefix(200)))
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw .malformed("a tensor's name is empty or contains NUL: \"\(shown)\"")
    }
    guard let members = value.object else { throw .malformed("\(shown) is not an object") }
    if let other = members.first(where: { !["dtype", "shape", "data_offsets"].contains($0.0) }) {
      throw .malformed("\(shown) has an unknown member \(escaped(Array(other.0.utf8)))")
    }
    guard let word = value["dtype"]?.string else { throw .malformed("\(shown) has no dtype") }
    guard let type = StoredType(rawValue: word) else {
      throw .malformed("\(shown) has the unknown dtype \(escaped(Array(word.utf8)))")
    }
    guard let shape = naturals(value["shape"]) else {
      throw .malformed("\(shown) has no shape of whole numbers")
    }
    guard let offsets = naturals(value["data_offsets"]), offsets.count == 2 else {
      throw .malformed("\(shown) has no pair of data_offsets")
    }
    guard offsets[0] <= offsets[1] else {
      throw .malformed("\(shown) ends at byte \(offsets[1]), before its start at \(offsets[0])")
    }
    guard let bytes = product(shape + [type.bytes]) else {
      throw .malformed("\(shown) has the impossible shape \(shape)")
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .malformed(
        "\(shown) has \(offsets[1] - offsets[0]) bytes; \(word) \(shape) takes \(bytes)")
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
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
