/// How large a weights file may be.
public struct WeightsLimits: Sendable, Equatable {
  /// Length of the description in front of the data, bytes.
  public var maximumHeaderBytes: Int
  /// Length of the whole file, bytes.
  public var maximumBytes: Int

  /// What tensors may need beyond the file's length, bytes.
  static let spareBytes = 16 << 20

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
  /// Reads a file, FIFO or pipe, whatever its extension.
  ///
  /// - Parameters:
  ///   - path: A safetensors file, or what `torch.save` wrote.
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  /// - Returns: All its tensors, converted where needed.
  /// - Throws: `WeightsError` with the reason; nothing large is allocated for a malformed file.
  public static func read(
    _ path: FilePath, limits: WeightsLimits = .init(), entry: String? = nil
  ) throws(WeightsError) -> WeightsFile {
    let reader: ByteReader
    do throws(SystemError) { reader = try ByteReader(path) } catch { throw .system("\(error)") }
    return try read(from: reader, limits: limits, entry: entry)
  }

  /// Reads a file that is open.
  ///
  /// - Parameters:
  ///   - reader: At the file's first byte.
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  ///   - observe: Gets every byte in order, piece by piece.
  ///   - check: Gets names and shapes before any element is read; what it throws ends the reading.
  /// - Returns: All its tensors, converted where needed.
  /// - Throws: `WeightsError` with the reason.
  public static func read(
    from reader: ByteReader, limits: WeightsLimits = .init(), entry: String? = nil,
    observe: ([UInt8]) -> Void = { _ in },
    check: (WeightsOutline) throws(WeightsError) -> Void = { _ in }
  ) throws(WeightsError) -> WeightsFile {
    let container = try container(of: reader)
    guard container == .safetensors else {
      let bytes: SeekableBytes
      do throws(SystemError) {
        bytes = try SeekableBytes(reader, limit: limits.maximumBytes)
      } catch {
        throw .system("\(error)")
      }
      return try read(bytes, container, limits, entry, check, observe)
    }
    return try WeightsFile(
      limits, entry: entry, length: reader.restOfFile?.count, check
    ) { count throws(WeightsError) in
      do throws(SystemError) {
        let bytes = try reader.readExactly(count)
        observe(bytes)
        return bytes
      } catch {
        throw .system("\(error)")
      }
    }
  }

  /// Reads a file that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  /// - Throws: `WeightsError` with the reason.
  public init(
    parsing bytes: [UInt8], limits: WeightsLimits = .init(), entry: String? = nil
  ) throws(WeightsError) {
    let container = try WeightsContainer(Array(bytes.prefix(WeightsContainer.signatureBytes)))
    guard container == .safetensors else {
      self = try Self.read(SeekableBytes(bytes), container, limits, entry, { _ in }, { _ in })
      return
    }
    var position = 0
    try self.init(limits, entry: entry, length: bytes.count, { _ in }) {
      count throws(WeightsError) in
      defer { position = min(bytes.count, position + count) }
      return Array(bytes[position..<min(bytes.count, position + count)])
    }
  }

  private static func container(of reader: ByteReader) throws(WeightsError) -> WeightsContainer {
    let beginning: [UInt8]
    do throws(SystemError) {
      beginning = try reader.peek(WeightsContainer.signatureBytes)
    } catch {
      throw .system("\(error)")
    }
    return try WeightsContainer(beginning)
  }

  /// Reads what `torch.save` wrote.
  private static func read(
    _ bytes: SeekableBytes, _ container: WeightsContainer, _ limits: WeightsLimits,
    _ entry: String?, _ check: (WeightsOutline) throws(WeightsError) -> Void,
    _ observe: ([UInt8]) -> Void
  ) throws(WeightsError) -> WeightsFile {
    guard bytes.count <= limits.maximumBytes else {
      throw .tooLarge("\(bytes.count) bytes; at most \(limits.maximumBytes) are read")
    }
    let file = try container == .zip ? TorchFile(zip: bytes) : TorchFile(legacy: bytes)
    let contents = try file.contents(entry)
    try check(contents.outline)
    // Before the elements are read: what is in memory of the file is let go of meanwhile.
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      observe(try bytes.piece(start..<min(bytes.count, start + 1 << 20)))
    }
    var weights = try file.weights(contents)
    weights.container = container
    return weights
  }
}
