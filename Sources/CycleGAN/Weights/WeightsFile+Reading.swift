/// How large a weights file may be.
public struct WeightsLimits: Sendable, Equatable {
  /// Length of the description in front of the data, bytes.
  public var maximumHeaderBytes: Int
  /// Length of the whole file, bytes.
  public var maximumBytes: Int

  /// Bounds; the defaults hold a checkpoint of four U-Nets of width 64 with room to spare.
  ///
  /// - Parameters:
  ///   - maximumHeaderBytes: Length of the description in front of the data.
  ///   - maximumBytes: Length of the whole file.
  public init(maximumHeaderBytes: Int = 16 << 20, maximumBytes: Int = 16 << 30) {
    self.maximumHeaderBytes = maximumHeaderBytes
    self.maximumBytes = maximumBytes
  }
}

extension WeightsFile {
  /// Reads a file, FIFO or pipe, once and without seeking.
  ///
  /// - Parameters:
  ///   - path: A safetensors file, whatever its extension.
  ///   - limits: How large it may be.
  /// - Returns: All its tensors, converted where needed.
  /// - Throws: `WeightsError` with the reason; nothing large is allocated for a malformed header.
  public static func read(
    _ path: FilePath, limits: WeightsLimits = .init()
  ) throws(WeightsError) -> WeightsFile {
    let reader: ByteReader
    do throws(SystemError) { reader = try ByteReader(path) } catch { throw .system("\(error)") }
    return try read(from: reader, limits: limits)
  }

  /// Reads a file that is open.
  ///
  /// - Parameters:
  ///   - reader: At the file's first byte; at its end afterwards.
  ///   - limits: How large it may be.
  ///   - observe: Gets every byte in order, piece by piece.
  /// - Returns: All its tensors, converted where needed.
  /// - Throws: `WeightsError` with the reason.
  public static func read(
    from reader: ByteReader, limits: WeightsLimits = .init(), observe: ([UInt8]) -> Void = { _ in }
  ) throws(WeightsError) -> WeightsFile {
    try WeightsFile(limits) { count throws(WeightsError) in
      do throws(SystemError) {
        let bytes = try reader.readExactly(count)
        observe(bytes)
        return bytes
      } catch {
        throw .system("\(error)")
      }
    }
  }

  /// Reads a safetensors file that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - limits: How large it may be.
  /// - Throws: `WeightsError` with the reason.
  public init(parsing bytes: [UInt8], limits: WeightsLimits = .init()) throws(WeightsError) {
    var position = 0
    try self.init(limits) { count throws(WeightsError) in
      defer { position = min(bytes.count, position + count) }
      return Array(bytes[position..<min(bytes.count, position + count)])
    }
  }

  /// Reads header and tensors from a source that gives fewer bytes than asked only at its end.
  private init(
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
    checksum = stored
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
      // Most often these are the first bytes of another kind of file.
      throw .malformed(
        "not a safetensors file, or its header of \(count) bytes is above the limit of "
          + "\(limits.maximumHeaderBytes)")
    }
    let text = try next(Int(count))
    guard text.count == Int(count) else {
      throw .malformed("the file ends within its header, after \(8 + text.count) bytes")
    }
    return text
  }
}
