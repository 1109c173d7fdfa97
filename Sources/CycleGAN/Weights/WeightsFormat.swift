/// The formats in which other programs take a network.
public enum WeightsFormat: String, Sendable, CaseIterable {
  /// What these tools write themselves, and many libraries read.
  case safetensors
  /// What `torch.save` writes since PyTorch 1.6.
  case pth
  /// What `torch.save` wrote before.
  case legacy
  /// A network with its operations, for ONNX Runtime and others.
  case onnx

  /// Guesses from a name.
  ///
  /// - Parameter path: Whose extension is `.safetensors` or `.bin`, `.pth` or `.pt`, or `.onnx`.
  public init?(_ path: FilePath) {
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
  public func content(
    _ format: WeightsFormat, of network: RecognizedNetwork, version: String
  ) throws(WeightsError) -> WeightsParts {
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
