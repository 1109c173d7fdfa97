/// The mean of several weights files of one network, element by element.
///
/// The mean of a run's last checkpoints has less of the noise of single steps. One file is in memory at
/// a time.
///
/// Source: Izmailov et al. 2018, arXiv 1803.05407, with equal weights.
package struct WeightsAverage {
  private var first: WeightsFile?
  private var sums: [[Double]] = []
  private var count = 0

  /// Starts without a file.
  package init() {}

  /// Adds a file.
  ///
  /// - Parameter weights: A network's tensors in the same order every time, as `fitted` gives them.
  /// - Throws: `WeightsError.contradictions` if the metadata say that they are another network's;
  ///   `WeightsError.differences` if they are not those of the first file.
  package mutating func add(_ weights: WeightsFile) throws(WeightsError) {
    guard let known = first else {
      first = weights
      sums = weights.tensors.map(\.doubles)
      count = 1
      return
    }
    try requireSameNetwork(known, weights)
    let points = zip(known.tensors, weights.tensors)
      .filter { $0.name != $1.name || $0.shape != $1.shape }
      .map { "\($1.printableName) is \($1.shape); in the first file \($0.shape)" }
    guard points.isEmpty, known.tensors.count == weights.tensors.count else {
      throw .differences(points.isEmpty ? ["the first file has another network"] : points)
    }
    for (i, tensor) in weights.tensors.enumerated() {
      for (j, value) in tensor.doubles.enumerated() { sums[i][j] += value }
    }
    count += 1
    keepWhatAgrees(with: weights)
  }

  /// The mean.
  ///
  /// - Returns: A counter is the mean too, rounded down; metadata that differed are left out.
  ///   Nil where no file was added.
  package func mean() -> WeightsFile? {
    guard var result = first else { return nil }
    result.tensors = zip(result.tensors, sums).map { tensor, sums in
      guard case .float32 = tensor.elements else {
        // A mean that no Int64 holds.
        let means = sums.map { Int64(exactly: ($0 / Double(count)).rounded(.down)) ?? .max }
        return NamedTensor(tensor.name, shape: tensor.shape, .int64(means))
      }
      let means = sums.map { Float($0 / Double(count)) }
      return NamedTensor(tensor.name, shape: tensor.shape, values: means)
    }
    return result
  }

  /// Metadata that say which of the four networks a file holds; not every file has them.
  private static let identifyingKeys = ["direction", "domain", "role"]

  private func requireSameNetwork(
    _ first: WeightsFile, _ weights: WeightsFile
  ) throws(WeightsError) {
    let points = Self.identifyingKeys.compactMap { key -> String? in
      guard let own = weights.metadata[key], let known = first.metadata[key], own != known else {
        return nil
      }
      let (shown, knownShown) = (escaped(Array(own.utf8)), escaped(Array(known.utf8)))
      return "its \(key) is \(shown), that of the files before it \(knownShown)"
    }
    // A direction and a role say the same.
    guard points.isEmpty else { throw .contradictions(Array(points.prefix(1))) }
  }

  private mutating func keepWhatAgrees(with weights: WeightsFile) {
    let metadata = first?.metadata.filter { key, value in
      weights.metadata[key] == value || Self.identifyingKeys.contains(key)
    }
    let identifying = weights.metadata.filter { Self.identifyingKeys.contains($0.key) }
    first?.metadata = (metadata ?? [:]).merging(identifying) { own, _ in own }
  }
}

extension NamedTensor {
  /// The elements in double precision, which holds counters up to 2^53.
  fileprivate var doubles: [Double] {
    integers?.map(Double.init) ?? values.map(Double.init)
  }
}
