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
    text = Columns(rows).lines.map { "  \($0)\n" }.joined()
  }

  private static func statistics(_ tensor: NamedTensor) -> [String] {
    let statistics = TensorStatistics(tensor)
    return [statistics.least, statistics.largest, statistics.mean].map { value in
      switch value {
      case .integer(let integer): "\(integer)"
      case .number(let number): "\(Float(number))"
      default: "-"
      }
    }
  }
}

/// Least, largest and mean of the numbers that are finite; null where there are none.
struct TensorStatistics {
  private(set) var least = JSON.null
  private(set) var largest = JSON.null
  private(set) var mean = JSON.null

  /// Looks at every element.
  ///
  /// - Parameter tensor: Numbers of any form.
  init(_ tensor: NamedTensor) {
    if let integers = tensor.integers {
      guard let least = integers.min(), let largest = integers.max() else { return }
      (self.least, self.largest) = (.integer(Int(least)), .integer(Int(largest)))
      mean = .number(integers.reduce(0.0) { $0 + Double($1) } / Double(integers.count))
      return
    }
    var (least, largest, sum, count) = (Float.infinity, -Float.infinity, 0.0, 0)
    for value in tensor.values where value.isFinite {
      (least, largest) = (min(least, value), max(largest, value))
      sum += Double(value)
      count += 1
    }
    guard count > 0 else { return }
    (self.least, self.largest) = (.number(Double(least)), .number(Double(largest)))
    mean = .number(sum / Double(count))
  }
}

/// Rows of cells, aligned by blanks.
struct Columns {
  /// A line for each row.
  let lines: [String]

  /// Aligns cells.
  ///
  /// - Parameter rows: All of one length, at least one.
  init(_ rows: [[String]]) {
    let widths = rows[0].indices.map { column in
      rows.reduce(0) { max($0, $1[column].count) }
    }
    lines = rows.map { row in
      let cells = zip(row, widths).dropLast().map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return (cells + row.suffix(1)).joined(separator: "  ")
    }
  }
}
