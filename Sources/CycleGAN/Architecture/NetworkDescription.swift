/// A network as a list of layers; the native runtime and the trainer both build theirs from it.
public struct NetworkDescription: Sendable, Equatable {
  /// What runs, in order.
  package let layers: [Layer]
  /// Channels in.
  package let inputChannels: Int
  /// Channels out.
  package let outputChannels: Int
  /// Height and width of the input have to be multiples of this for an output of the same size.
  package let sideMultiple: Int
  /// The smallest height and width the network can take, px.
  package let minimumSide: Int

  /// Describes a network.
  ///
  /// - Parameters:
  ///   - layers: What runs, in order.
  ///   - inputChannels: Channels in.
  ///   - outputChannels: Channels out.
  ///   - sideMultiple: Of what height and width of the input have to be multiples.
  ///   - minimumSide: The smallest height and width, px.
  package init(
    layers: [Layer], inputChannels: Int, outputChannels: Int, sideMultiple: Int, minimumSide: Int
  ) {
    self.layers = layers
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.sideMultiple = sideMultiple
    self.minimumSide = minimumSide
  }

  /// Everything the network's weights file holds, in the official state dict's order.
  package var parameters: [ParameterDescription] { layers.flatMap(\.parameters) }

  /// How many numbers are trainable; running statistics are not.
  package var parameterCount: Int {
    parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}

/// Name, shape and part of one tensor of a network.
package struct ParameterDescription: Sendable, Equatable {
  /// What a tensor of a network does.
  package enum Role: Sendable, Equatable {
    /// A convolution's kernel, `[out, in, k, k]`, or `[in, out, k, k]` where transposed.
    case convolutionWeight
    /// A convolution's value per output channel.
    case convolutionBias
    /// A batch norm's factor per channel.
    case normWeight
    /// A batch norm's summand per channel.
    case normBias
    /// A batch norm's running mean.
    case runningMean
    /// A batch norm's running (unbiased) variance.
    case runningVariance
    /// How many batches a batch norm has seen: a 64-bit integer in the official state dict.
    case batchesTracked
  }

  /// The official state dict's key.
  package let name: String
  /// Extents, outermost first.
  package let shape: [Int]
  /// What it does.
  package let role: Role

  /// Whether the optimizer changes it.
  package var isTrainable: Bool {
    switch role {
    case .runningMean, .runningVariance, .batchesTracked: false
    default: true
    }
  }
}

extension Layer {
  var parameters: [ParameterDescription] {
    switch self {
    case .convolution(let convolution):
      convolution.parameters(outermost: convolution.outputChannels, convolution.inputChannels)
    case .transposedConvolution(let convolution):
      convolution.parameters(outermost: convolution.inputChannels, convolution.outputChannels)
    case .norm(.batch, let name, let channels):
      [
        .init(name: name + ".weight", shape: [channels], role: .normWeight),
        .init(name: name + ".bias", shape: [channels], role: .normBias),
        .init(name: name + ".running_mean", shape: [channels], role: .runningMean),
        .init(name: name + ".running_var", shape: [channels], role: .runningVariance),
        .init(name: name + ".num_batches_tracked", shape: [], role: .batchesTracked),
      ]
    case .residual(let layers), .skip(let layers): layers.flatMap(\.parameters)
    default: []
    }
  }
}

extension Convolution {
  fileprivate func parameters(outermost: Int, _ next: Int) -> [ParameterDescription] {
    let weight = ParameterDescription(
      name: name + ".weight", shape: [outermost, next, kernel, kernel], role: .convolutionWeight)
    guard bias else { return [weight] }
    return [
      weight,
      ParameterDescription(name: name + ".bias", shape: [outputChannels], role: .convolutionBias),
    ]
  }
}
