/// How large a weights file may be.
public struct WeightsLimits: Sendable, Equatable {
  /// Length of a safetensors header, bytes.
  public var maximumHeaderBytes: Int
  /// Length of the whole file, bytes.
  public var maximumBytes: Int

  /// Memory that tensors may need beyond the file's length, bytes.
  static let spareBytes = 16 << 20

  /// Bounds; the defaults hold a checkpoint of four U-Nets of width 64 with room to spare.
  ///
  /// - Parameters:
  ///   - maximumHeaderBytes: Length of a safetensors header.
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
  ///   - check: Gets names and shapes before any element is read; its error is passed on.
  /// - Returns: All its tensors, converted where needed.
  /// - Throws: `WeightsError` with the reason.
  public static func read(
    from reader: ByteReader, limits: WeightsLimits = .init(), entry: String? = nil,
    observe: (Buffer<UInt8>) -> Void = { _ in },
    check: (StateDictOutline) throws(WeightsError) -> Void = { _ in }
  ) throws(WeightsError) -> WeightsFile {
    let container = try container(of: reader)
    guard container == .safetensors else {
      let bytes: SeekableBytes
      do throws(SystemError) {
        bytes = try SeekableBytes(reader, limit: limits.maximumBytes)
      } catch {
        throw .reading(error, limits.maximumBytes)
      }
      return try readTorch(
        bytes, container, limits: limits, entry: entry, observe: observe, check: check)
    }
    return try readSafetensors(
      limits: limits, entry: entry, length: reader.restOfFile?.count, check: check
    ) { count throws(WeightsError) in
      do throws(SystemError) {
        let bytes = try reader.readExactly(count)
        observe(bytes)
        return bytes
      } catch {
        throw .reading(error, count)
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
    parsing bytes: Buffer<UInt8>, limits: WeightsLimits = .init(), entry: String? = nil
  ) throws(WeightsError) {
    let bytes = bytes.rebased
    let container = try WeightsContainer(Array(bytes.prefix(WeightsContainer.signatureBytes)))
    guard container == .safetensors else {
      self = try Self.readTorch(SeekableBytes(bytes), container, limits: limits, entry: entry)
      return
    }
    var position = 0
    self = try Self.readSafetensors(limits: limits, entry: entry, length: bytes.count) {
      count throws(WeightsError) in
      defer { position = min(bytes.count, position + count) }
      return bytes[position..<min(bytes.count, position + count)]
    }
  }

  /// Reads a file that is in an array, as above.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - limits: How large it may be.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  /// - Throws: `WeightsError` with the reason.
  public init(
    parsing bytes: [UInt8], limits: WeightsLimits = .init(), entry: String? = nil
  ) throws(WeightsError) {
    try self.init(parsing: Buffer(bytes), limits: limits, entry: entry)
  }

  private static func container(of reader: ByteReader) throws(WeightsError) -> WeightsContainer {
    let beginning: [UInt8]
    do throws(SystemError) {
      beginning = try reader.peek(WeightsContainer.signatureBytes)
    } catch {
      throw .reading(error, WeightsContainer.signatureBytes)
    }
    return try WeightsContainer(beginning)
  }

  /// Reads what `torch.save` wrote.
  private static func readTorch(
    _ bytes: SeekableBytes, _ container: WeightsContainer, limits: WeightsLimits, entry: String?,
    observe: (Buffer<UInt8>) -> Void = { _ in },
    check: (StateDictOutline) throws(WeightsError) -> Void = { _ in }
  ) throws(WeightsError) -> WeightsFile {
    guard bytes.count <= limits.maximumBytes else {
      throw .tooLarge("\(bytes.count) bytes; at most \(limits.maximumBytes) are read")
    }
    let file = try container == .zip ? TorchFile(zip: bytes) : TorchFile(legacy: bytes)
    let contents = try file.contents(entry)
    try check(contents.outline)
    // Before the elements are read: reading them releases the file's bytes from memory.
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      observe(try bytes.piece(start..<min(bytes.count, start + 1 << 20)))
    }
    var weights = try file.weights(contents)
    weights.container = container
    return weights
  }
}

/// A format of tensor files.
package enum WeightsContainer: String, Sendable {
  /// A safetensors file, as these tools write it.
  case safetensors
  /// What `torch.save` of PyTorch 1.6 and later writes.
  case zip = "PyTorch zip"
  /// What `torch.save` wrote before, and still does with
  /// `_use_new_zipfile_serialization=False`.
  case legacy = "PyTorch legacy stream"

  /// Bytes that tell the formats apart.
  static let signatureBytes = 265

  /// Recognizes a file by its first bytes.
  ///
  /// - Parameter beginning: Its first bytes, `signatureBytes` where it has as many.
  /// - Throws: `WeightsError.refused` for formats that are known and not read.
  init(_ beginning: [UInt8]) throws(WeightsError) {
    // The header's length comes first and may be any bytes; the { of the header is unambiguous.
    if beginning.dropFirst(8).first == UInt8(ascii: "{") {
      self = .safetensors
    } else if beginning.starts(with: Array("PK\u{3}\u{4}".utf8)) {
      self = .zip
    } else if beginning.starts(with: TorchFile.legacyMagic) {
      self = .legacy
    } else if beginning.dropFirst(257).starts(with: Array("ustar".utf8)) {
      throw .refused(
        "the tar container that PyTorch wrote in 2016 is not supported; load it in PyTorch and save "
          + "its state_dict() again")
    } else if let first = beginning.first, first == 0x80, beginning.dropFirst().first ?? 9 < 6 {
      throw .refused(
        "a pickle that is not one of torch.save; save the network's state_dict() with it")
    } else if Self.isONNX(beginning) {
      throw .refused("an ONNX file; these tools write such files and do not read them")
    } else if let kind = Self.foreign(beginning) {
      throw .refused("\(kind); weights are a safetensors file or one of torch.save")
    } else {
      self = .safetensors
    }
  }

  /// Whether this is a model of ONNX: its version, and then the name of who made it or its graph.
  ///
  /// Source: ModelProto in onnx.proto, fields 1, 2 and 7.
  private static func isONNX(_ beginning: [UInt8]) -> Bool {
    beginning.count > 2 && beginning[0] == 0x08 && (3...0x7F).contains(beginning[1])
      && [0x12, 0x3A].contains(beginning[2])
  }

  /// Names files that are given by mistake most often; nil for anything else.
  private static func foreign(_ beginning: [UInt8]) -> String? {
    if beginning.isEmpty { return "an empty file" }
    if let format = ImageFormat.recognized(beginning) { return "a \(format.name) image" }
    let texts = [
      ("<", "a web page, perhaps of a download that failed"),
      ("version https://git-lfs", "a pointer of Git LFS; git lfs pull brings the file itself"),
    ]
    if let text = texts.first(where: { beginning.starts(with: $0.0.utf8) }) { return text.1 }
    let signatures: [([UInt8], String)] = [
      ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, perhaps of Keras"),
      ([0x93] + "NUMPY".utf8, "an array of NumPy or a tensor stream"),
      ([0x1F, 0x8B], "a file compressed by gzip"),
      ([0x28, 0xB5, 0x2F, 0xFD], "one compressed by zstd"),
    ]
    if let known = signatures.first(where: { beginning.starts(with: $0.0) }) { return known.1 }
    // A shorter file, or one whose header only begins wrong, gets a more precise error later.
    let length = UInt64(beginning.prefix(8), .littleEndian)
    return beginning.count > 8 && length > WeightsLimits().maximumHeaderBytes
      ? "not a file of weights" : nil
  }
}

extension SeekableBytes {
  /// Reads a range that has to be in the file.
  ///
  /// - Parameter range: Bytes, counted from the first one.
  /// - Returns: All of them.
  /// - Throws: `WeightsError` if one is missing.
  func piece(_ range: Range<Int>) throws(WeightsError) -> Buffer<UInt8> {
    let piece: Buffer<UInt8>
    do throws(SystemError) { piece = try read(range) } catch { throw .reading(error, range.count) }
    guard piece.count == range.count else {
      throw .malformed("the file ends at byte \(range.lowerBound + piece.count)")
    }
    return piece
  }
}
