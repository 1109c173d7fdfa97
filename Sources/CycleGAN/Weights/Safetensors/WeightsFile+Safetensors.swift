extension WeightsFile {
  /// Reads a safetensors file from a source that gives fewer bytes than asked only at its end.
  ///
  /// - Parameters:
  ///   - limits: How large it may be.
  ///   - next: Gives as many of the next bytes as it is asked for.
  /// - Throws: `WeightsError` with the reason.
  init(
    _ limits: WeightsLimits, _ next: (Int) throws(WeightsError) -> [UInt8]
  ) throws(WeightsError) {
    let length = try next(8)
    let text = try Self.headerText(length, limits, next)
    let header = try SafetensorsHeader(text)
    guard header.dataBytes <= limits.maximumBytes else {
      throw .tooLarge(
        "\(header.dataBytes) bytes of weights; at most \(limits.maximumBytes) are read")
    }
    let stored = try header.checksum(in: text)
    var computed = crc32(Self.withoutChecksum(text), crc32(length))
    self.init(metadata: header.metadata, tensors: [])
    for entry in header.entries {
      let bytes = try next(entry.range.count)
      guard bytes.count == entry.range.count else {
        throw .malformed(
          "the file ends at byte \(8 + text.count + entry.range.lowerBound + bytes.count), "
            + "within \(escaped(Array(entry.name.utf8)))")
      }
      if stored != nil { computed = crc32(bytes, computed) }
      tensors.append(NamedTensor(entry.name, shape: entry.shape, entry.type.elements(bytes)))
      storedTypes[entry.name] = entry.type.rawValue
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
    let count = length.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
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
