import CTorch
import CycleGAN
import Glibc

/// How parameters start.
///
/// Source: `init_weights` in the official networks.py.
package struct Initialization: Sendable, Equatable {
  /// The four distributions, by the names of the official option.
  package enum Kind: String, Sendable, CaseIterable {
    /// Normal with standard deviation `gain`.
    case normal
    /// Normal with variance 2 gain² / (fan in + fan out). Source: Glorot and Bengio 2010.
    case xavier
    /// Normal with variance 2 / fan in; `gain` is ignored. Source: He et al. 2015.
    case kaiming
    /// Orthonormal rows or columns times `gain`. Source: Saxe et al. 2013, arXiv 1312.6120.
    case orthogonal
  }

  /// The distribution of convolutions' weights; biases are 0.
  package var kind: Kind
  /// Its scale, and the standard deviation of a batch norm's factors around 1.
  package var gain: Double

  /// Chooses; the defaults are the official ones.
  ///
  /// - Parameters:
  ///   - kind: The distribution of convolutions' weights.
  ///   - gain: Its scale.
  package init(_ kind: Kind = .normal, gain: Double = 0.02) {
    self.kind = kind
    self.gain = gain
  }

  /// Draws starting values.
  ///
  /// - Parameters:
  ///   - parameter: Which tensor of a network.
  ///   - random: Where from; equal sources give equal values.
  /// - Returns: As many values as the parameter has; nil where a new network's own are right.
  /// - Throws: `TorchError` if the host is out of memory.
  func values(
    for parameter: ParameterDescription, random: inout RandomSource
  ) throws(TorchError) -> [Float]? {
    let count = parameter.shape.reduce(1, *)
    switch parameter.role {
    case .convolutionWeight: return try weights(parameter.shape, random: &random)
    case .normWeight: return random.gaussians(count, mean: 1, deviation: gain)
    case .convolutionBias, .normBias: return [Float](repeating: 0, count: count)
    case .runningMean, .runningVariance, .batchesTracked: return nil
    }
  }

  private func weights(
    _ shape: [Int], random: inout RandomSource
  ) throws(TorchError) -> [Float] {
    let count = shape.reduce(1, *)
    let (rows, columns) = (shape[0], count / shape[0])
    // PyTorch takes the second axis for the inputs even where a convolution is transposed.
    let fanIn = Double(columns)
    let fanOut = Double(rows * shape[2] * shape[3])
    switch kind {
    case .normal: return random.gaussians(count, deviation: gain)
    case .xavier: return random.gaussians(count, deviation: gain * sqrt(2 / (fanIn + fanOut)))
    case .kaiming: return random.gaussians(count, deviation: sqrt(2 / fanIn))
    case .orthogonal:
      let draw = try Tensor(
        random.gaussians(count, deviation: 1), shape: [rows, columns], device: .cpu)
      let basis = try Tensor("orthogonalizing") {
        ct_tensor_orthogonal(draw.handle, &$0, &$1)
      }
      return Array(try (basis * gain).values())
    }
  }
}

extension RandomSource {
  /// Draws from a normal distribution.
  ///
  /// Source: Box and Muller 1958.
  fileprivate mutating func gaussians(
    _ count: Int, mean: Double = 0, deviation: Double
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      for i in stride(from: 0, to: count, by: 2) {
        let radius = deviation * sqrt(-2 * log(1 - unit()))
        let angle = 2 * Double.pi * unit()
        values[i] = Float(mean + radius * cos(angle))
        if i + 1 < count { values[i + 1] = Float(mean + radius * sin(angle)) }
      }
      initialized = count
    }
  }
}

extension TrainableNetwork {
  /// Gives every parameter its starting values, in the order of the description.
  func initialize(
    _ initialization: Initialization, random: inout RandomSource
  ) throws(TorchError) {
    for parameter in description.parameters {
      guard let values = try initialization.values(for: parameter, random: &random) else {
        continue
      }
      try tensor(parameter.name).write(values)
    }
  }
}
