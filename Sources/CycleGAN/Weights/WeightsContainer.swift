/// How a file keeps its tensors.
public enum WeightsContainer: String, Sendable {
  /// A safetensors file, as these tools write it.
  case safetensors
  /// What `torch.save` of PyTorch 1.6 and later writes.
  case zip = "PyTorch zip"
  /// What `torch.save` wrote before, and still does with
  /// `_use_new_zipfile_serialization=False`.
  case legacy = "PyTorch legacy stream"

  /// Bytes that tell the kinds apart.
  static let signatureBytes = 265

  /// Recognises a file.
  ///
  /// - Parameter beginning: Its first bytes, `signatureBytes` where it has as many.
  /// - Throws: `WeightsError.refused` for what is known and not read.
  init(_ beginning: [UInt8]) throws(WeightsError) {
    // The length in front of a header may look like anything; the header looks like nothing else.
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

  /// What is given by mistake most often; nil for anything else.
  private static func foreign(_ beginning: [UInt8]) -> String? {
    if beginning.isEmpty { return "an empty file" }
    if let format = ImageFormat.recognized(beginning) { return "a \(format.name) picture" }
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
    // Shorter ones are told how they end too early, and one whose header begins wrong, that.
    let length = UInt64(beginning.prefix(8), .littleEndian)
    return beginning.count > 8 && length > WeightsLimits().maximumHeaderBytes
      ? "not a file of weights" : nil
  }
}
