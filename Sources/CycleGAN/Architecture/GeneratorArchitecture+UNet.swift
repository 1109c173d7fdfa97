extension GeneratorArchitecture {
  /// Describes the U-Net generator.
  ///
  ///     input    [N,  in, H,    W   ]  -1...1
  ///     down 1   [N,   w, H/2,  W/2 ]
  ///     down 2   [N,  2w, H/4,  W/4 ]
  ///     down 3   [N,  4w, H/8,  W/8 ]
  ///     down 4…d [N,  8w, H/2^d, W/2^d]
  ///     up d…1   the same in reverse, each after its twin's output along C
  ///     output   [N, out, H,    W   ]  -1...1
  ///
  /// H and W are multiples of 2^d. Dropout, if any, sits in the d - 5 blocks just above the
  /// innermost.
  ///
  /// Source: `UnetGenerator` and `UnetSkipConnectionBlock` in the official networks.py.
  func unet(downs: Int) -> NetworkDescription {
    var outer = "model.model"
    // Blocks from the outside in; each one's key is that of its parent's submodule.
    var keys = [outer]
    for depth in 1..<downs {
      outer += depth == 1 ? ".1.model" : ".3.model"
      keys.append(outer)
    }
    let channels = (0..<downs).map { width * min(8, 1 << $0) }
    var inner = innermost(keys[downs - 1], outer: channels[downs - 2], inner: channels[downs - 1])
    for depth in stride(from: downs - 2, to: 0, by: -1) {
      // The middle blocks that keep all 8w channels on both sides are the ones with dropout.
      inner = middle(
        keys[depth], outer: channels[depth - 1], inner: channels[depth], submodule: inner,
        dropout: dropout && depth >= 4)
    }
    let layers: [Layer] = [
      down(keys[0] + ".0", inputChannels, width, bias: norm.convolutionHasBias),
      inner, .relu,
      up(keys[0] + ".3", 2 * width, outputChannels, bias: true), .tanh,
    ]
    return NetworkDescription(
      layers: layers, inputChannels: inputChannels, outputChannels: outputChannels,
      sideMultiple: 1 << downs, minimumSide: 1 << downs)
  }

  private func middle(
    _ key: String, outer: Int, inner: Int, submodule: Layer, dropout: Bool
  ) -> Layer {
    let bias = norm.convolutionHasBias
    return .skip(
      [
        .leakyReLU(slope: 0.2), down(key + ".1", outer, inner, bias: bias),
        .norm(norm, name: key + ".2", channels: inner), submodule, .relu,
        up(key + ".5", 2 * inner, outer, bias: bias),
        .norm(norm, name: key + ".6", channels: outer),
      ] + (dropout ? [.dropout(probability: 0.5)] : []))
  }

  private func innermost(_ key: String, outer: Int, inner: Int) -> Layer {
    let bias = norm.convolutionHasBias
    return .skip([
      .leakyReLU(slope: 0.2), down(key + ".1", outer, inner, bias: bias), .relu,
      up(key + ".3", inner, outer, bias: bias),
      .norm(norm, name: key + ".4", channels: outer),
    ])
  }

  private func down(_ name: String, _ from: Int, _ into: Int, bias: Bool) -> Layer {
    .convolution(Convolution(name, from, into, kernel: 4, stride: 2, padding: 1, bias: bias))
  }

  private func up(_ name: String, _ from: Int, _ into: Int, bias: Bool) -> Layer {
    .transposedConvolution(
      Convolution(name, from, into, kernel: 4, stride: 2, padding: 1, bias: bias))
  }
}
