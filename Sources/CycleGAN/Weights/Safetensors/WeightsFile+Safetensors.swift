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
