import CycleGAN

/// What one step measured.
package struct StepMeasurement: Sendable, Equatable {
  /// The eight losses.
  package let losses: Losses
  /// The Euclidean norm of all gradients of each network, in the order of `NetworkRole`.
  package let gradientNorms: [Float]
  /// The same of all parameters after the step; empty before it.
  package var parameterNorms: [Float] = []
  /// The largest gradient norm that a step may apply: the optimizer squares every element, and what
  /// overflows then would hold its parameter still for good.
  package var largestGradientNorm = Float.greatestFiniteMagnitude.squareRoot()

  /// The Euclidean norms of all gradients and of all parameters of one network.
  func norms(_ role: NetworkRole) -> (gradient: Float, parameters: Float) {
    guard let index = NetworkRole.allCases.firstIndex(of: role) else { return (0, 0) }
    return (gradientNorms[index], parameterNorms[index])
  }

  /// The Euclidean norm of all gradients of some networks together.
  func gradientNorm(of roles: [NetworkRole]) -> Double {
    zip(NetworkRole.allCases, gradientNorms).filter { roles.contains($0.0) }
      .reduce(0) { $0 + Double($1.1) * Double($1.1) }.squareRoot()
  }

  /// The first thing that is NaN, infinite or too large, such as `cycle_A is not a number`; nil if all
  /// is finite.
  ///
  /// Parameters come first, since losses and gradients follow from them, and gradients last.
  package var nonFinite: String? {
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
    return zip(NetworkRole.allCases, gradientNorms).first { $0.1 > largestGradientNorm }.map {
      "the gradients of \($0.rawValue) are \($1) long, too much to be squared"
    }
  }
}
