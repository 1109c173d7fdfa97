/// How two weights files differ.
package struct WeightsComparison: Sendable {
  /// A tensor of both files with other elements.
  package struct Difference: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// The largest difference; NaN where only one of two values is NaN.
    package let largest: Double
    /// The mean of all differences.
    package let mean: Double
    /// How many elements differ.
    package let count: Int
    /// How many there are.
    package let total: Int
  }

  /// Tensors that only one of the files has, or that have other shapes; a sentence each.
  package private(set) var misfits: [String] = []
  /// Tensors with other elements, in the order of the first file.
  package private(set) var differences: [Difference] = []
  /// Keys of the metadata with other values: nil where a file has none.
  package private(set) var metadata: [(key: String, first: String?, second: String?)] = []
  /// Tensors that both have in the same shape.
  package private(set) var compared = 0

  /// Compares tensors by their names, and metadata by their keys.
  ///
  /// - Parameters:
  ///   - first: A file.
  ///   - second: Another, in any container.
  /// - Throws: `OutOfMemory`.
  package init(_ first: WeightsFile, _ second: WeightsFile) throws(OutOfMemory) {
    let (first, second) = (first.unwrapped(), second.unwrapped())
    var others = second.byName
    for tensor in first.tensors {
      guard let other = others.removeValue(forKey: tensor.name) else {
        misfits.append("\(tensor.printableName) is only in the first, \(tensor.shape)")
        continue
      }
      guard other.shape == tensor.shape else {
        misfits.append("\(tensor.printableName) is \(tensor.shape) and \(other.shape)")
        continue
      }
      compared += 1
      if let difference = try Difference(tensor, other) { differences.append(difference) }
    }
    for tensor in second.tensors where others[tensor.name] != nil {
      misfits.append("\(tensor.printableName) is only in the second, \(tensor.shape)")
    }
    let keys = Set(first.metadata.keys).union(second.metadata.keys).sorted()
    metadata = keys.map { ($0, first.metadata[$0], second.metadata[$0]) }.filter { $0.1 != $0.2 }
  }

  /// Whether tensors and metadata are the same.
  package var isEmpty: Bool { misfits.isEmpty && differences.isEmpty && metadata.isEmpty }

  /// The largest difference of all tensors.
  package var largest: Double {
    differences.reduce(0) { $1.largest.isNaN ? .nan : max($0, $1.largest) }
  }
}

extension WeightsComparison.Difference {
  /// Compares the elements of two tensors of one shape; nil where all are the same.
  fileprivate init?(_ first: NamedTensor, _ second: NamedTensor) throws(OutOfMemory) {
    if let a = try first.integers, let b = try second.integers {
      // Single precision would round large counters.
      self.init(first.name, a, b) { Double($0) }
    } else {
      self.init(first.name, try first.values, try second.values) { Double($0) }
    }
  }

  @inline(__always)
  private init?<Element>(
    _ name: String, _ first: Buffer<Element>, _ second: Buffer<Element>,
    _ double: (Element) -> Double
  ) {
    var (largest, sum, count) = (0.0, 0.0, 0)
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        for i in first.indices {
          let (a, b) = (double(first[i]), double(second[i]))
          guard a != b && !(a.isNaN && b.isNaN) else { continue }
          let difference = abs(a - b)
          largest = difference.isNaN || largest.isNaN ? .nan : max(largest, difference)
          sum += difference
          count += 1
        }
      }
    }
    guard count > 0 else { return nil }
    let mean = sum / Double(first.count)
    self.init(name: name, largest: largest, mean: mean, count: count, total: first.count)
  }
}
