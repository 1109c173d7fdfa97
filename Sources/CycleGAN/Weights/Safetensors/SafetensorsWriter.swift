// A file that is written here begins with its checksum, at a fixed offset:
//
//     8 bytes   length of the header, little-endian
//     header    {"__metadata__":{"crc32":"89abcdef","crc32_covers":"file",...},"model.1.bias":...}
//     data      wider elements first, so that all of them are aligned
//
// The checksum is zlib's CRC-32 of the whole file with eight zeros instead of its own digits. A second
// key says that there has to be one, so that no single damaged byte can hide it.

private let opening = Array(#"{"__metadata__":{"crc32":""#.utf8)
private let digits = opening.count..<opening.count + 8

extension WeightsFile {
  /// Metadata keys that only the reader and the writer use.
  static let reservedKeys = ["crc32", "crc32_covers", "format"]

  /// The whole file; the same contents give the same bytes.
  ///
  /// - Returns: A safetensors file with `"format":"pt"` and a checksum in its metadata.
  /// - Throws: `OutOfMemory`.
  public func serialized() throws(OutOfMemory) -> Buffer<UInt8> { try safetensors.bytes() }

  /// Writes a safetensors file atomically.
  ///
  /// - Parameters:
  ///   - path: The final name.
  ///   - synchronized: Whether to wait until the disk has it.
  /// - Throws: `WeightsError.system` if a step fails; an old file stays.
  public func write(to path: FilePath, synchronized: Bool = false) throws(WeightsError) {
    let content = safetensors
    do throws(SystemError) {
      try AtomicFile.write(to: path, synchronized: synchronized) { writer throws(SystemError) in
        try content.write(to: writer)
      }
    } catch {
      throw .system("\(error)")
    }
  }

  /// A safetensors file with metadata and checksum.
  package var safetensors: FileContent { parts(header()) }

  /// A safetensors file without metadata and checksum.
  package var bareSafetensors: FileContent { parts(headerText([("format", "pt")])) }

  private func parts(_ header: [UInt8]) -> FileContent {
    var parts = FileContent()
    parts.append(header)
    for tensor in ordered { parts.append(tensor.elements) }
    return parts
  }

  /// Length and header text, checksum included.
  private func header() -> [UInt8] {
    let own = metadata.filter { !Self.reservedKeys.contains($0.key) }
    var pairs = [("crc32", "00000000"), ("crc32_covers", "file"), ("format", "pt")]
    pairs += own.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    var header = headerText(pairs)
    let checksum = ordered.reduce(crc32(header)) { checksum, tensor in
      tensor.elements.withBytes { crc32($0, checksum) }
    }
    header.replaceSubrange(
      8 + digits.lowerBound..<8 + digits.upperBound, with: hexadecimal(checksum).utf8)
    return header
  }

  /// Length and header text.
  private func headerText(_ pairs: [(String, String)]) -> [UInt8] {
    var members = [("__metadata__", JSON.object(pairs.map { ($0.0, .string($0.1)) }))]
    var start = 0
    for tensor in ordered {
      members.append((tensor.name, tensor.entry(at: start)))
      start += tensor.elements.byteCount
    }
    var text = JSON.object(members).serialized
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return UInt64(text.count).bytes(.littleEndian) + text
  }

  /// The tensors with the widest elements in front, otherwise in the order given.
  private var ordered: [NamedTensor] {
    [8, 4, 1].flatMap { size in tensors.filter { $0.elements.size == size } }
  }

  /// Adds a header's text to a checksum, with zeros where its own checksum is.
  ///
  /// - Parameters:
  ///   - text: A header's text.
  ///   - previous: The checksum so far.
  /// - Returns: The checksum with the text.
  static func checksum(withoutChecksum text: Buffer<UInt8>, _ previous: UInt32) -> UInt32 {
    guard text.starts(with: opening), text.count >= digits.upperBound else {
      return crc32(text, previous)
    }
    let zeros = crc32(Array("00000000".utf8), crc32(text.prefix(digits.lowerBound), previous))
    return crc32(text.dropFirst(digits.upperBound), zeros)
  }
}

extension SafetensorsHeader {
  /// The checksum that the file carries.
  ///
  /// - Parameter text: The header's text.
  /// - Returns: Nil for a file that other programs wrote, also where they kept our metadata: then the
  ///   checksum is not at its offset and says nothing about the new file.
  /// - Throws: `WeightsError.malformed` if there should be one and it is not readable.
  func checksum(in text: Buffer<UInt8>) throws(WeightsError) -> UInt32? {
    guard text.starts(with: opening) else {
      if contents.metadata["crc32"] == nil, contents.metadata["crc32_covers"] != nil {
        throw .malformed("its checksum is missing")
      }
      return nil
    }
    guard text.count >= digits.upperBound, let stored = contents.metadata["crc32"],
      let checksum = UInt32(stored, radix: 16), hexadecimal(checksum) == stored
    else { throw .malformed("its checksum is not a number of eight digits") }
    return checksum
  }
}

extension NamedTensor {
  fileprivate func entry(at start: Int) -> JSON {
    .object([
      ("dtype", .string(elements.typeName)),
      ("shape", .array(shape.map { .integer($0) })),
      ("data_offsets", .array([.integer(start), .integer(start + elements.byteCount)])),
    ])
  }
}
