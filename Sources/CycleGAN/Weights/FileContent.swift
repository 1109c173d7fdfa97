/// A format in which a network is written.
package enum WeightsFormat: String, Sendable, CaseIterable {
  /// The format of these tools, and of many libraries.
  case safetensors
  /// What `torch.save` writes since PyTorch 1.6: a zip file.
  case pth
  /// What `torch.save` wrote before: a stream of pickles.
  case legacy
  /// A network with its operators, for ONNX Runtime and others.
  case onnx

  /// Recognizes a format by a file name extension.
  ///
  /// - Parameter path: Whose extension is `.safetensors` or `.bin`, `.pth` or `.pt`, or `.onnx`.
  package init?(_ path: FilePath) {
    switch path.fileExtension.lowercased() {
    case "safetensors", "bin": self = .safetensors
    case "pth", "pt": self = .pth
    case "onnx": self = .onnx
    default: return nil
    }
  }
}

extension WeightsFile {
  /// The content of a file in some format.
  ///
  /// - Parameters:
  ///   - format: Which.
  ///   - network: What the tensors were fitted to.
  ///   - version: Of these tools.
  /// - Returns: The whole file; the same contents give the same bytes.
  /// - Throws: `WeightsError.tooLarge` if the format cannot hold them.
  package func content(
    _ format: WeightsFormat, of network: RecognizedNetwork, version: String
  ) throws(WeightsError) -> FileContent {
    switch format {
    case .safetensors: return safetensors
    case .pth: return try torchZip()
    case .legacy: return torchLegacy
    case .onnx:
      return try ONNXModel(
        network.description, weights: self, isGenerator: network.isGenerator, version: version
      ).parts
    }
  }
}

/// The content of a file to be written: bytes, and elements that are not copied.
package struct FileContent: Sendable {
  private enum Part: Sendable {
    case bytes([UInt8])
    case elements(NamedTensor.Elements)
  }

  private var parts: [Part] = []

  /// Length of all of it, bytes.
  package private(set) var count = 0

  /// Adds bytes.
  mutating func append(_ bytes: [UInt8]) {
    parts.append(.bytes(bytes))
    count += bytes.count
  }

  /// Adds a tensor's elements, little-endian in C order.
  mutating func append(_ elements: NamedTensor.Elements) {
    parts.append(.elements(elements))
    count += elements.byteCount
  }

  /// Adds everything of another.
  mutating func append(_ other: FileContent) {
    parts += other.parts
    count += other.count
  }

  /// zlib's CRC-32 of all of it.
  var crc32: UInt32 {
    parts.reduce(0) { checksum, part in
      switch part {
      case .bytes(let bytes): CycleGAN.crc32(bytes, checksum)
      case .elements(let elements): elements.withBytes { CycleGAN.crc32($0, checksum) }
      }
    }
  }

  /// All of it in memory.
  ///
  /// - Throws: `OutOfMemory`.
  func bytes() throws(OutOfMemory) -> Buffer<UInt8> {
    let bytes = try MutableBuffer<UInt8>(capacity: count)
    for part in parts {
      switch part {
      case .bytes(let more): try bytes.append(Buffer(more))
      case .elements(let elements):
        try elements.withBytes { elements throws(OutOfMemory) in
          try bytes.append(elements.bindMemory(to: UInt8.self))
        }
      }
    }
    return bytes.frozen()
  }

  /// Writes all of it, one part after the other.
  ///
  /// - Parameter writer: Where to.
  /// - Throws: `SystemError`, perhaps after a part was written.
  package func write(to writer: ByteWriter) throws(SystemError) {
    for part in parts {
      switch part {
      case .bytes(let bytes): try writer.write(bytes)
      case .elements(let elements):
        try elements.withBytes { bytes throws(SystemError) in try writer.write(bytes) }
      }
    }
  }
}
