extension GeneratorArchitecture {
  /// Describes the residual generator.
  ///
  ///     input    [N,  in, H,   W  ]  -1...1
  ///     stem     [N,   w, H,   W  ]  7 x 7, reflection padding
  ///     down 1   [N,  2w, H/2, W/2]
  ///     down 2   [N,  4w, H/4, W/4]
  ///     blocks   [N,  4w, H/4, W/4]
  ///     up 1     [N,  2w, H/2, W/2]
  ///     up 2     [N,   w, H,   W  ]
  ///     output   [N, out, H,   W  ]  7 x 7, reflection padding, -1...1
  ///
  /// H and W are multiples of 4 and at least 8, for the reflection padding of the blocks.
  ///
  /// Source: Zhu et al. 2017, arXiv 1703.10593, appendix 7.2; `ResnetGenerator` in the official
  /// networks.py.
  func resnet(blocks: Int) -> NetworkDescription {
    let trunk = 4 * width
    let firstUp = 10 + blocks
    let layersOfUp = upsampling == .transpose ? 3 : 5
    let head = firstUp + 2 * layersOfUp
    let bias = norm.convolutionHasBias
    let key = { (i: Int) in "model.\(i)" }
    var layers: [Layer] = [
      .reflectionPadding(3),
      .convolution(Convolution(key(1), inputChannels, width, kernel: 7, bias: bias)),
      .norm(norm, name: key(2), channels: width), .relu,
      down(key(4), width), .norm(norm, name: key(5), channels: 2 * width), .relu,
      down(key(7), 2 * width), .norm(norm, name: key(8), channels: trunk), .relu,
    ]
    layers += (0..<blocks).map { block(key(10 + $0), channels: trunk) }
    layers += up(firstUp, trunk) + up(firstUp + layersOfUp, 2 * width)
    layers += [
      .reflectionPadding(3),
      .convolution(Convolution(key(head + 1), width, outputChannels, kernel: 7, bias: true)),
      .tanh,
    ]
    return NetworkDescription(
      layers: layers, inputChannels: inputChannels, outputChannels: outputChannels,
      sideMultiple: 4, minimumSide: 8)
  }

  private func down(_ name: String, _ channels: Int) -> Layer {
    .convolution(
      Convolution(
        name, channels, 2 * channels, kernel: 3, stride: 2, padding: 1,
        bias: norm.convolutionHasBias))
  }

  /// Doubles the sides and halves the channels.
  ///
  /// - Parameters:
  ///   - index: Of its first layer in the official list of layers, where the upsampling and the
  ///     reflection padding in front of a convolution count, too.
  ///   - channels: That come in.
  /// - Returns: The layers, norm and activation among them.
  private func up(_ index: Int, _ channels: Int) -> [Layer] {
    let (into, bias) = (channels / 2, norm.convolutionHasBias)
    switch upsampling {
    case .transpose:
      let convolution = Convolution(
        "model.\(index)", channels, into, kernel: 3, stride: 2, padding: 1, outputPadding: 1,
        bias: bias)
      return [
        .transposedConvolution(convolution),
        .norm(norm, name: "model.\(index + 1)", channels: into), .relu,
      ]
    case .resize:
      let convolution = Convolution("model.\(index + 2)", channels, into, kernel: 3, bias: bias)
      return [
        .nearestUpsampling, .reflectionPadding(1), .convolution(convolution),
        .norm(norm, name: "model.\(index + 3)", channels: into), .relu,
      ]
    }
  }

  private func block(_ name: String, channels: Int) -> Layer {
    let second = dropout ? 6 : 5
    let convolution = { (i: Int) in
      Layer.convolution(
        Convolution(
          "\(name).conv_block.\(i)", channels, channels, kernel: 3, bias: norm.convolutionHasBias))
    }
    let normalization = { (i: Int) in
      Layer.norm(norm, name: "\(name).conv_block.\(i)", channels: channels)
    }
    return .residual(
      [.reflectionPadding(1), convolution(1), normalization(2), .relu]
        + (dropout ? [.dropout(probability: 0.5)] : [])
        + [.reflectionPadding(1), convolution(second), normalization(second + 1)])
  }
}
