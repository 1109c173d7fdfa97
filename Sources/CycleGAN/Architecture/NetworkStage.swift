/// One or several layers of a network that an executor runs as one: where layers are fused, they are
/// recognized here, for both executors.
///
/// Whether a kernel exists for a stage, and pays at a size and on a device, is the executor's to say.
package indirect enum NetworkStage: Sendable, Equatable {
  /// A norm, an activation and reflection padding: one pass over memory, or none where the next
  /// convolution does them as it reads.
  case prologue(Prologue)
  /// A convolution, or the adjoint of one.
  case convolution(Convolution, ConvolutionContext)
  /// Nearest-neighbor upsampling by two.
  case nearestUpsampling
  /// Hyperbolic tangent, into -1...1.
  case tanh
  /// Zeroes each value with this probability while training and scales the others up.
  case dropout(probability: Float)
  /// x + stages(x); `block` is set where the stages are those of a residual block.
  case residual([NetworkStage], block: ResidualBlock?)
  /// x and stages(x), one after the other along C.
  case skip([NetworkStage])

  /// What happens to activations between two convolutions, in the order of the fields.
  package struct Prologue: Sendable, Equatable {
    /// A norm with the prefix of its parameters and its channels, if any.
    package var norm: ChannelNorm?
    /// Factor of what is not positive: 0 is ReLU, 1 is no activation.
    package var slope: Float = 1
    /// Reflection padding, px.
    package var padding = 0
  }

  /// A norm of channels.
  package struct ChannelNorm: Sendable, Equatable {
    /// Instance or batch.
    package let kind: Norm
    /// The prefix of its parameters where it has any.
    package let name: String
    /// How many channels it has.
    package let channels: Int
  }

  /// What stands around a convolution.
  package struct ConvolutionContext: Sendable, Equatable {
    /// Whether it is the adjoint of one.
    package var isTransposed = false
    /// Reflection padding directly in front of it, px, which the stage before does where the
    /// convolution's kernel cannot.
    package var reflectionPadding = 0
    /// Whether an instance norm follows, which takes a bias out again.
    package var isInstanceNormalized = false
  }

  /// norm(conv(relu(norm(conv(x))))): 3 x 3 convolutions at stride 1 of as many channels in as out,
  /// each inside one px of reflection padding, and instance norms.
  package struct ResidualBlock: Sendable, Equatable {
    /// The inner convolution.
    package let first: Convolution
    /// The outer convolution.
    package let second: Convolution
    /// What stands around both of them.
    package static let context = ConvolutionContext(
      reflectionPadding: 1, isInstanceNormalized: true)
  }
}

extension NetworkDescription {
  /// The layers, with those joined that an executor can run as one.
  package var stages: [NetworkStage] { NetworkStage.recognized(in: layers) }
}

extension NetworkStage {
  /// Joins layers.
  ///
  /// - Parameter layers: A network's, or a group's inside of one.
  /// - Returns: Stages in the same order. No stage spans the beginning or the end of a group.
  static func recognized(in layers: [Layer]) -> [NetworkStage] {
    var stages: [NetworkStage] = []
    for (i, layer) in layers.enumerated() {
      switch layer {
      case .norm(.none, _, _): break
      case .norm(let kind, let name, let channels):
        let norm = ChannelNorm(kind: kind, name: name, channels: channels)
        stages.joinPrologue {
          $0.norm == nil && $0.slope == 1 && $0.padding == 0
        } with: {
          $0.norm = norm
        }
      case .relu: stages.joinActivation(slope: 0)
      case .leakyReLU(let slope): stages.joinActivation(slope: slope)
      case .reflectionPadding(let padding):
        stages.joinPrologue {
          $0.padding == 0
        } with: {
          $0.padding = padding
        }
      case .convolution(let convolution):
        let padding = if case .prologue(let prologue)? = stages.last { prologue.padding } else { 0 }
        let context = ConvolutionContext(
          reflectionPadding: padding, isInstanceNormalized: layers.hasInstanceNorm(at: i + 1))
        stages.append(.convolution(convolution, context))
      case .transposedConvolution(let convolution):
        let context = ConvolutionContext(
          isTransposed: true, isInstanceNormalized: layers.hasInstanceNorm(at: i + 1))
        stages.append(.convolution(convolution, context))
      case .nearestUpsampling: stages.append(.nearestUpsampling)
      case .tanh: stages.append(.tanh)
      case .dropout(let probability): stages.append(.dropout(probability: probability))
      case .residual(let inner):
        let inner = recognized(in: inner)
        stages.append(.residual(inner, block: ResidualBlock(inner)))
      case .skip(let inner): stages.append(.skip(recognized(in: inner)))
      }
    }
    return stages
  }
}

extension [NetworkStage] {
  /// Changes the prologue at the end if it fits, and else begins one.
  fileprivate mutating func joinPrologue(
    where fits: (NetworkStage.Prologue) -> Bool, with change: (inout NetworkStage.Prologue) -> Void
  ) {
    var prologue = NetworkStage.Prologue()
    if case .prologue(let last)? = self.last, fits(last) {
      prologue = last
      removeLast()
    }
    change(&prologue)
    append(.prologue(prologue))
  }

  fileprivate mutating func joinActivation(slope: Float) {
    joinPrologue {
      $0.slope == 1 && $0.padding == 0
    } with: {
      $0.slope = slope
    }
  }
}

extension [Layer] {
  fileprivate func hasInstanceNorm(at index: Int) -> Bool {
    guard index < count, case .norm(.instance, _, _) = self[index] else { return false }
    return true
  }
}

extension NetworkStage.ResidualBlock {
  /// Recognizes a block by the stages inside of it; nil where they are others.
  fileprivate init?(_ stages: [NetworkStage]) {
    guard stages.count == 5,
      stages[0] == .prologue(NetworkStage.Prologue(padding: 1)),
      case .convolution(let first, let context) = stages[1], first.fitsBlock,
      case .prologue(let between) = stages[2], between.norm?.kind == .instance,
      between.slope == 0, between.padding == 1,
      case .convolution(let second, context) = stages[3], second.fitsBlock,
      context == Self.context,
      case .prologue(let last) = stages[4], last.norm?.kind == .instance, last.slope == 1,
      last.padding == 0
    else { return nil }
    (self.first, self.second) = (first, second)
  }
}

extension Convolution {
  fileprivate var fitsBlock: Bool {
    kernel == 3 && stride == 1 && padding == 0 && inputChannels == outputChannels
  }
}
