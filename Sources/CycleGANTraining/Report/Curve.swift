/// A column of a table over the steps, in a bounded number of points however long the table gets.
struct Curve {
  /// Some rows that follow each other.
  struct Point {
    private(set) var count = 1
    private var steps: Double
    private var sum: Double
    private(set) var least: Double, greatest: Double

    init(step: Double, value: Double) {
      (steps, sum, least, greatest) = (step, value, value, value)
    }

    /// Their mean step and value.
    var step: Double { steps / Double(count) }
    var mean: Double { sum / Double(count) }

    mutating func add(_ other: Point) {
      (count, steps, sum) = (count + other.count, steps + other.steps, sum + other.sum)
      (least, greatest) = (min(least, other.least), max(greatest, other.greatest))
    }
  }

  let name: String
  private(set) var points: [Point] = []
  /// The value of the last row.
  private(set) var newest: Double?
  private var rowsPerPoint = 1

  /// More cannot be told apart on a page; even, so that all find a partner.
  private static let maximumPoints = 256

  init(name: String) { self.name = name }

  /// Adds a row; where there are too many, each point takes in its neighbour.
  ///
  /// - Parameters:
  ///   - step: Not less than the last.
  ///   - value: Left out if it is not finite.
  mutating func append(step: Double, value: Double) {
    guard value.isFinite else { return }
    newest = value
    let row = Point(step: step, value: value)
    if let last = points.last, last.count < rowsPerPoint {
      points[points.count - 1].add(row)
      return
    }
    if points.count == Self.maximumPoints { join() }
    points.append(row)
  }

  private mutating func join() {
    points = stride(from: 0, to: points.count, by: 2).map { i in
      var point = points[i]
      point.add(points[i + 1])
      return point
    }
    rowsPerPoint *= 2
  }
}
