/// One step of a network, as both executors understand it.
///
/// Shapes are `[N, C, H, W]`: N batch, C channels, H rows, W columns.
package indirect enum Layer: Sendable, Equatable {
  /// Reflection padding, which does not repeat the edge: `[N, C, H, W]` to `[N, C, H + 2p, W + 2p]`.
  case reflectionPadding(Int)
  /// Nearest-neighbor upsampling by two: `[N, C, H, W]` to `[N, C, 2H, 2W]`.
  case nearestUpsampling
  /// Cross-correlation with zero padding.
  case convolution(Convolution)
  /// The adjoint of a strided convolution; its weight is `[in, out, k, k]`.
  case transposedConvolution(Convolution)
  /// Normalizes every channel; `name` is the prefix of its parameters where it has any.
  case norm(Norm, name: String, channels: Int)
  /// max(x, 0).
  case relu
  /// x where positive, else `slope` times x.
  case leakyReLU(slope: Float)
  /// Hyperbolic tangent, into -1...1.
  case tanh
  /// Zeroes each value with this probability while training and scales the others up.
  case dropout(probability: Float)
  /// x + layers(x).
  case residual([Layer])
  /// x and layers(x), one after the other along C.
  case skip([Layer])
}

/// A square convolution and the names of its parameters.
package struct Convolution: Sendable, Equatable {
  /// The prefix of `.weight` and `.bias` in the official state dict.
  package let name: String
  /// Channels in.
  package let inputChannels: Int
  /// Channels out.
  package let outputChannels: Int
  /// Rows and columns of the kernel.
  package let kernel: Int
  /// Step between outputs (inputs, where transposed), px.
  package let stride: Int
  /// Zeros around the input, px.
  package let padding: Int
  /// Rows and columns added at the end, px; only where transposed.
  package let outputPadding: Int
  /// Whether a value per output channel is added.
  package let bias: Bool

  /// Describes a convolution.
  ///
  /// - Parameters:
  ///   - name: The prefix of its parameters.
  ///   - inputChannels: Channels in.
  ///   - outputChannels: Channels out.
  ///   - kernel: Rows and columns.
  ///   - stride: Step between outputs (inputs, where transposed), px.
  ///   - padding: Zeros around the input, px.
  ///   - outputPadding: Rows and columns added at the end, px.
  ///   - bias: Whether a value per output channel is added.
  package init(
    _ name: String, _ inputChannels: Int, _ outputChannels: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, outputPadding: Int = 0, bias: Bool
  ) {
    self.name = name
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
    self.bias = bias
  }
}

/// How activations are normalized.
///
/// Source: `get_norm_layer` in the official networks.py.
public enum Norm: String, Sendable, CaseIterable {
  /// Mean and biased variance of each channel of each image, no parameters, eps 1e-5.
  case instance
  /// Scale, shift and running statistics per channel, eps 1e-5, momentum 0.1.
  case batch
  /// Nothing; the convolutions around it have no bias either, as in the official code.
  case none

  /// Whether a convolution in front of this norm has a bias.
  ///
  /// Source: `use_bias` in the official networks.py, which is true for instance norm only.
  var convolutionHasBias: Bool { self == .instance }

  /// Added to the variance before the square root.
  ///
  /// Source: PyTorch's `InstanceNorm2d` and `BatchNorm2d` defaults.
  package static let epsilon: Float = 1e-5
  /// How much of a new batch's statistics enters the running ones.
  ///
  /// Source: PyTorch's `BatchNorm2d` default.
  package static let momentum: Float = 0.1
}
