import CycleGAN

/// A line for every tensor: name, type, shape, least, largest and mean of its numbers.
struct TensorTable {
  /// The columns, aligned by blanks, under a line of their names.
  let text: String

  /// Lists tensors in the file's order.
  ///
  /// - Parameter weights: What was read.
  init(_ weights: WeightsFile) {
    var rows = [["tensor", "type", "shape", "min", "max", "mean"]]
    rows += weights.tensors.map { tensor in
      let shape = tensor.shape.map { String($0) }.joined(separator: "x")
      return [
        tensor.printableName, weights.type(of: tensor), shape.isEmpty ? "-" : shape,
      ] + Self.statistics(tensor)
    }
    let widths = rows[0].indices.map { column in
      rows.reduce(0) { max($0, $1[column].count) }
    }
    text = rows.map { row in
      let cells = zip(row, widths).dropLast().map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "  " + (cells + row.suffix(1)).joined(separator: "  ") + "\n"
    }.joined()
  }

  /// Least, largest and mean of the numbers that are finite.
  private static func statistics(_ tensor: NamedTensor) -> [String] {
    switch tensor.elements {
    case .float32(let values):
      var (least, largest, sum, count) = (Float.infinity, -Float.infinity, 0.0, 0)
      for value in values where value.isFinite {
        least = min(least, value)
        largest = max(largest, value)
        sum += Double(value)
        count += 1
      }
      guard count > 0 else { return ["-", "-", "-"] }
      return ["\(least)", "\(largest)", "\(Float(sum / Double(count)))"]
    case .int64(let integers):
      return summary(
        integers.min(), integers.max(), integers.reduce(0.0) { $0 + Double($1) }, integers.count)
    case .uint8(let bytes):
      return summary(bytes.min(), bytes.max(), bytes.reduce(0.0) { $0 + Double($1) }, bytes.count)
    }
  }

  private static func summary(
    _ least: (some BinaryInteger)?, _ largest: (some BinaryInteger)?, _ sum: Double, _ count: Int
  ) -> [String] {
    guard let least, let largest else { return ["-", "-", "-"] }
    return ["\(least)", "\(largest)", "\(Float(sum / Double(count)))"]
  }
}
