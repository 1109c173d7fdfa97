import CTorch
import CycleGAN

/// What one step measured.
public struct StepMeasurement: Sendable, Equatable {
  /// The eight losses.
  public let losses: Losses
  /// The Euclidean length of all gradients of each network, in the order of `NetworkRole`.
  public let gradientNorms: [Float]
  /// The same of all learned parameters as the step leaves them; empty until it has.
  public var parameterNorms: [Float] = []
  /// The longest gradients that a step may learn from: the optimizer squares every element, and what
  /// overflows then would hold its parameter still for good.
  public var longestGradient = Float.greatestFiniteMagnitude.squareRoot()

  /// The Euclidean lengths of all gradients and of all learned parameters of one network.
  func norms(_ role: NetworkRole) -> (gradient: Float, parameters: Float) {
    guard let place = NetworkRole.allCases.firstIndex(of: role) else { return (0, 0) }
    return (gradientNorms[place], parameterNorms[place])
  }

  /// The Euclidean length of all gradients of some networks together.
  func gradientNorm(of roles: [NetworkRole]) -> Double {
    zip(NetworkRole.allCases, gradientNorms).filter { roles.contains($0.0) }
      .reduce(0) { $0 + Double($1.1) * Double($1.1) }.squareRoot()
  }

  /// The first thing that is NaN, infinite or too large, such as `cycle_A is not a number`; nil where
  /// all is well.
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
    if let (name, value) = (parameters + measured + gradients).first(where: { !$0.1.isFinite }) {
      return "\(name) is \(value.isNaN ? "not a number" : "infinite")"
    }
    return zip(NetworkRole.allCases, gradientNorms).first { $0.1 > longestGradient }.map {
      "the gradients of \($0.rawValue) are \($1) long, too much to be squared"
    }
  }
}

extension CycleGANModel {
  /// Measures the losses and, after both backward passes, all gradients.
  ///
  /// - Parameter losses: In the order of `Losses.names`, each `[]`.
  /// - Returns: All numbers but those of the parameters, read from the device at once.
  /// - Throws: `TorchError` if the device fails.
  func measured(_ losses: [Tensor]) throws(TorchError) -> StepMeasurement {
    let handles = losses.map { Optional($0.handle) }
    let networks = networkHandles
    let numbers = try Tensor("measuring a step") {
      ct_step_norms(
        handles, Int32(handles.count), networks, Int32(networks.count), &$0, &$1)
    }.values()
    var measurement = StepMeasurement(
      losses: Losses(Array(numbers.prefix(losses.count))),
      gradientNorms: Array(numbers.dropFirst(losses.count)))
    // They are shortened before they are squared.
    if options.gradientLimit != nil { measurement.longestGradient = .greatestFiniteMagnitude }
    return measurement
  }

  /// Measures all learned parameters of each network, in the order of `NetworkRole`.
  ///
  /// - Returns: Their Euclidean lengths.
  /// - Throws: `TorchError` if the device fails.
  func parameterNorms() throws(TorchError) -> [Float] {
    let networks = networkHandles
    return try Tensor("measuring the networks") {
      ct_networks_norms(networks, Int32(networks.count), &$0, &$1)
    }.values()
  }

  private var networkHandles: [OpaquePointer?] { NetworkRole.allCases.map { network($0).handle } }
}
