/// Which generator, and how wide.
///
/// Source: `define_G` in the official networks.py.
public struct GeneratorArchitecture: Sendable, Equatable {
  /// The two families of generators.
  public enum Kind: Sendable, Equatable {
    /// Residual blocks at a quarter of the size.
    case resnet(blocks: Int)
    /// A U-Net that halves its input `downs` times.
    case unet(downs: Int)
  }

  /// How a generator gets from a quarter of the size back to the whole.
  public enum Upsampling: String, Sendable, CaseIterable {
    /// Transposed convolutions, as in the paper, which can leave a checkerboard.
    case transpose
    /// Every pixel four times and then a convolution, which cannot; residual generators only.
    ///
    /// Source: Odena, Dumoulin and Olah 2016, "Deconvolution and Checkerboard Artifacts", Distill,
    /// who found the nearest pixel better than bilinear interpolation.
    case resize
  }

  /// Family and depth.
  public var kind: Kind
  /// Channels of the domain it reads, 1 or 3.
  public var inputChannels: Int
  /// Channels of the domain it writes, 1 or 3.
  public var outputChannels: Int
  /// Channels after the first convolution: the official `--ngf`.
  public var width: Int
  /// How activations are normalized.
  public var norm: Norm
  /// Whether dropout of one half sits in the middle.
  public var dropout: Bool
  /// How it gets back to the whole size.
  public var upsampling: Upsampling

  /// Describes a generator; the defaults are the paper's.
  ///
  /// - Parameters:
  ///   - kind: Family and depth.
  ///   - inputChannels: 1 or 3.
  ///   - outputChannels: 1 or 3.
  ///   - width: Channels after the first convolution.
  ///   - norm: How activations are normalized.
  ///   - dropout: Whether dropout of one half sits in the middle.
  ///   - upsampling: How it gets back to the whole size; a U-Net has transposed convolutions whatever
  ///     this says.
  public init(
    kind: Kind = .resnet(blocks: 9), inputChannels: Int = 3, outputChannels: Int = 3,
    width: Int = 64, norm: Norm = .instance, dropout: Bool = false,
    upsampling: Upsampling = .transpose
  ) {
    self.kind = kind
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.width = width
    self.norm = norm
    self.dropout = dropout
    self.upsampling = upsampling
  }

  /// The layers, with the official parameter names.
  public var network: NetworkDescription {
    switch kind {
    case .resnet(let blocks): resnet(blocks: blocks)
    case .unet(let downs): unet(downs: downs)
    }
  }
}

extension GeneratorArchitecture.Kind: CustomStringConvertible {
  /// The official option's word: `resnet_9blocks`, `unet_256`.
  public var description: String {
    switch self {
    case .resnet(let blocks): "resnet_\(blocks)blocks"
    case .unet(let downs): "unet_\(1 << downs)"
    }
  }

  /// Reads the official option's word.
  ///
  /// - Parameter word: `resnet_Nblocks` with any N from 0 to 999, or `unet_S` with S a power of two
  ///   from 32 to 4096.
  public init?(_ word: String) {
    if word.hasPrefix("resnet_"), word.hasSuffix("blocks"),
      let blocks = Int(word.dropFirst(7).dropLast(6)), (0...999).contains(blocks)
    {
      self = .resnet(blocks: blocks)
      return
    }
    guard word.hasPrefix("unet_"), let side = Int(word.dropFirst(5)), (32...4096).contains(side),
      side.nonzeroBitCount == 1
    else { return nil }
    self = .unet(downs: side.trailingZeroBitCount)
  }
}
