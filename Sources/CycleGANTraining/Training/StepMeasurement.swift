import CTorch
import CycleGAN

/// What one step measured, before anything is learned from it.
public struct StepMeasurement: Sendable, Equatable {
  /// The eight losses.
  public let losses: Losses
  /// The Euclidean length of all gradients of each network, in the order of `NetworkRole`.
  public let gradientNorms: [Float]
  /// The same of all learned parameters.
  public let parameterNorms: [Float]

  /// The Euclidean lengths of all gradients and of all learned parameters of one network.
  func norms(_ role: NetworkRole) -> (gradient: Float, parameters: Float) {
    guard let place = NetworkRole.allCases.firstIndex(of: role) else { return (0, 0) }
    return (gradientNorms[place], parameterNorms[place])
  }

  /// The first thing that is NaN or infinite, such as `cycle_A is nan`; nil where all is well.
  ///
  /// Parameters come first, since they make the losses and gradients what they are, and the
  /// gradients last.
  public var trouble: String? {
    let parameters = zip(NetworkRole.allCases, parameterNorms).map {
      ("a weight of \($0.rawValue)", $1)
    }
    let measured = Losses.columns.map { ($0.name, losses[keyPath: $0.loss]) }
    let gradients = zip(NetworkRole.allCases, gradientNorms).map {
      ("a gradient of \($0.rawValue)", $1)
    }
    return (parameters + measured + gradients).first { !$0.1.isFinite }.map { name, value in
      "\(name) is \(value.isNaN ? "not a number" : "infinite")"
    }
  }
}

extension CycleGANModel {
  /// Measures the losses and, after both backward passes, all gradients and parameters.
  ///
  /// - Parameter losses: In the order of `Losses.names`, each `[]`.
  /// - Returns: All numbers, read from the device at once.
  /// - Throws: `TorchError` if the device fails.
  func measured(_ losses: [Tensor]) throws(TorchError) -> StepMeasurement {
    let handles = losses.map { Optional($0.handle) }
    let networks = NetworkRole.allCases.map { Optional(network($0).handle) }
    let numbers = try Tensor("measuring a step") {
      ct_step_measure(
        handles, Int32(handles.count), networks, Int32(networks.count), &$0, &$1)
    }.values()
    let norms = numbers.dropFirst(losses.count)
    return StepMeasurement(
      losses: Losses(Array(numbers.prefix(losses.count))),
      gradientNorms: stride(from: norms.startIndex, to: norms.endIndex, by: 2).map { norms[$0] },
      parameterNorms: stride(from: norms.startIndex + 1, to: norms.endIndex, by: 2).map {
        norms[$0]
      })
  }
}
