/// The mean of several weights files of one network, element by element.
///
/// The mean of a run's last checkpoints has less of the noise of single steps. One file is in memory at
/// a time.
///
/// Source: Izmailov et al. 2018, arXiv 1803.05407, with equal weights.
package struct WeightsAverage {
  private var first: WeightsFile?
  private var sums: [MutableBuffer<Double>] = []
  private var count = 0

  /// Starts without a file.
  package init() {}

  /// Adds a file.
  ///
  /// - Parameter weights: A network's tensors in the same order every time, as `fitted` gives them.
  /// - Throws: `WeightsError.contradictions` if the metadata say that they are another network's;
  ///   `WeightsError.differences` if they are not those of the first file; `WeightsError.outOfMemory`.
  package mutating func add(_ weights: WeightsFile) throws(WeightsError) {
    guard let known = first else {
      for tensor in weights.tensors {
        let sum = try WeightsError.allocating(
          try MutableBuffer<Double>(repeating: 0, count: tensor.elements.count))
        tensor.add(to: sum)
        sums.append(sum)
      }
      (first, count) = (weights, 1)
      return
    }
    try requireSameNetwork(known, weights)
    let points = zip(known.tensors, weights.tensors)
      .filter { $0.name != $1.name || $0.shape != $1.shape }
      .map { "\($1.printableName) is \($1.shape); in the first file \($0.shape)" }
    guard points.isEmpty, known.tensors.count == weights.tensors.count else {
      throw .differences(points.isEmpty ? ["the first file has another network"] : points)
    }
    for (tensor, sum) in zip(weights.tensors, sums) { tensor.add(to: sum) }
    count += 1
    keepWhatAgrees(with: weights)
  }

  /// The mean.
  ///
  /// - Returns: A counter is the mean too, rounded down; metadata that differed are left out.
  ///   Nil where no file was added.
  /// - Throws: `WeightsError.outOfMemory`.
  package func mean() throws(WeightsError) -> WeightsFile? {
    guard var result = first else { return nil }
    for (i, sums) in sums.enumerated() {
      let means = try WeightsError.allocating(try means(sums, of: result.tensors[i].elements))
      result.tensors[i].elements = means
    }
    return result
  }

  private func means(
    _ sums: MutableBuffer<Double>, of elements: NamedTensor.Elements
  ) throws(OutOfMemory) -> NamedTensor.Elements {
    try sums.withElements { sums throws(OutOfMemory) in
      guard case .float32 = elements else {
        return .int64(
          try Buffer(count: sums.count) { means in
            for i in means.indices {
              // A mean that no Int64 holds.
              means[i] = Int64(exactly: (sums[i] / Double(count)).rounded(.down)) ?? .max
            }
          })
      }
      return .float32(
        try Buffer(count: sums.count) { means in
          for i in means.indices { means[i] = Float(sums[i] / Double(count)) }
        })
    }
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
  /// Adds the elements in double precision, which holds counters up to 2^53.
  fileprivate func add(to sums: MutableBuffer<Double>) {
    switch elements {
    case .float32(let values): values.add(to: sums) { Double($0) }
    case .int64(let integers): integers.add(to: sums) { Double($0) }
    case .uint8(let bytes): bytes.add(to: sums) { Double($0) }
    }
  }
}

extension Buffer {
  @inline(__always)
  fileprivate func add(to sums: MutableBuffer<Double>, _ double: (Element) -> Double) {
    withUnsafeBufferPointer { elements in
      sums.withElements { sums in
        for i in sums.indices { sums[i] += double(elements[i]) }
      }
    }
  }
}
