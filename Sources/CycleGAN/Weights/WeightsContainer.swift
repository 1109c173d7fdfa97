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
    } else if let kind = Self.foreign(beginning) {
      throw .refused("\(kind); weights are a safetensors file or one of torch.save")
    } else {
      self = .safetensors
    }
  }

  /// What is given by mistake most often; nil for anything else.
  private static func foreign(_ beginning: [UInt8]) -> String? {
    if beginning.isEmpty { return "an empty file" }
    if let format = ImageFormat.recognized(beginning) { return "a \(format.name) picture" }
    let texts = [
      ("<", "a web page, perhaps of a download that failed"),
      ("version https://git-lfs", "a pointer of Git LFS; git lfs pull brings the file itself"),
    ]
    return texts.first { beginning.starts(with: $0.0.utf8) }?.1
  }
}
