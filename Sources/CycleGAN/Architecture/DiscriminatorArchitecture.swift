/// Which discriminator, and how wide.
///
/// Source: `define_D` in the official networks.py.
package struct DiscriminatorArchitecture: Sendable, Equatable {
  /// The families of discriminators.
  package enum Kind: Sendable, Equatable {
    /// Judges overlapping patches; three layers see 70 x 70 px, the official `basic`.
    case patch(layers: Int)
    /// Judges every pixel by itself.
    case pixel
  }

  /// Family and depth.
  package var kind: Kind
  /// Channels of the domain it judges, 1 or 3.
  package var inputChannels: Int
  /// Channels after the first convolution: the official `--ndf`.
  package var width: Int
  /// How activations are normalized.
  package var norm: Norm

  /// Describes a discriminator; the defaults are the paper's.
  ///
  /// - Parameters:
  ///   - kind: Family and depth.
  ///   - inputChannels: 1 or 3.
  ///   - width: Channels after the first convolution.
  ///   - norm: How activations are normalized.
  package init(
    kind: Kind = .patch(layers: 3), inputChannels: Int = 3, width: Int = 64,
    norm: Norm = .instance
  ) {
    self.kind = kind
    self.inputChannels = inputChannels
    self.width = width
    self.norm = norm
  }

  /// The layers, with the official parameter names.
  package var network: NetworkDescription {
    switch kind {
    case .patch(let layers): patch(layers: layers)
    case .pixel: pixel
    }
  }

  /// Describes the patch discriminator.
  ///
  /// For three layers:
  ///
  ///     input    [N, in, H,       W      ]  -1...1
  ///     layer 1  [N,  w, H/2,     W/2    ]
  ///     layer 2  [N, 2w, H/4,     W/4    ]
  ///     layer 3  [N, 4w, H/8,     W/8    ]
  ///     layer 4  [N, 8w, H/8 - 1, W/8 - 1]
  ///     output   [N,  1, H/8 - 2, W/8 - 2]  near 1 where real, near 0 where not
  ///
  /// Source: `NLayerDiscriminator` in the official networks.py.
  private func patch(layers count: Int) -> NetworkDescription {
    var layers: [Layer] = [
      .convolution(
        Convolution("model.0", inputChannels, width, kernel: 4, stride: 2, padding: 1, bias: true)),
      .leakyReLU(slope: 0.2),
    ]
    for i in 1...count {
      let (from, into) = (width * min(8, 1 << (i - 1)), width * min(8, 1 << i))
      let key = 3 * i - 1
      layers += [
        .convolution(
          Convolution(
            "model.\(key)", from, into, kernel: 4, stride: i < count ? 2 : 1, padding: 1,
            bias: norm.convolutionHasBias)),
        .norm(norm, name: "model.\(key + 1)", channels: into), .leakyReLU(slope: 0.2),
      ]
    }
    layers.append(
      .convolution(
        Convolution(
          "model.\(3 * count + 2)", width * min(8, 1 << count), 1, kernel: 4, padding: 1,
          bias: true)))
    // Two stride-1 layers of kernel 4 take one pixel each from a map of side S / 2^count.
    return NetworkDescription(
      layers: layers, inputChannels: inputChannels, outputChannels: 1, sideMultiple: 1,
      minimumSide: 3 << count)
  }

  /// Source: `PixelDiscriminator` in the official networks.py.
  private var pixel: NetworkDescription {
    let bias = norm.convolutionHasBias
    return NetworkDescription(
      layers: [
        .convolution(Convolution("net.0", inputChannels, width, kernel: 1, bias: true)),
        .leakyReLU(slope: 0.2),
        .convolution(Convolution("net.2", width, 2 * width, kernel: 1, bias: bias)),
        .norm(norm, name: "net.3", channels: 2 * width), .leakyReLU(slope: 0.2),
        .convolution(Convolution("net.5", 2 * width, 1, kernel: 1, bias: bias)),
      ],
      inputChannels: inputChannels, outputChannels: 1, sideMultiple: 1, minimumSide: 1)
  }
}
