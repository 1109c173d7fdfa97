/// Computes the mean and the standard deviation of a population.
///
/// - Parameter values: At least one number.
/// - Returns: Both, summed in Double.
package func meanAndDeviation(
  _ values: some Collection<Float>
) -> (mean: Double, deviation: Double) {
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  return (mean, (squares / Double(values.count)).squareRoot())
}

/// Computes the mean absolute difference of two lists.
///
/// - Parameters:
///   - x: At least one number.
///   - y: As many.
/// - Returns: L1 by element, summed in Double.
package func meanDifference(_ x: [Float], _ y: [Float]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += Double(abs(x[i] - y[i])) }
  return sum / Double(x.count)
}
