import CycleGAN
import Glibc

/// The curves of a table that grows; only new rows are read.
struct TableCurves {
  /// The columns but for step, epoch, images and alarms.
  private(set) var curves: [Curve] = []
  private(set) var alarms = AlarmHistory()

  private let path: FilePath
  private let hidden: Set<String>
  private var offset = 0
  private var names: [String] = []

  /// Names a table; nothing is read.
  ///
  /// - Parameters:
  ///   - path: Names in the first row, `step` the first of them; tabs between cells. It may be missing.
  ///   - hidden: Columns that become no curve.
  init(_ path: FilePath, hiding hidden: Set<String> = []) {
    self.path = path
    self.hidden = hidden.union(["step", "epoch", "images", "alarms"])
  }

  /// Forgets what was read, where rows are taken back.
  mutating func reset() { self = TableCurves(path, hiding: hidden) }

  /// Reads the rows that are new; a row half written waits.
  ///
  /// - Throws: `SystemError` if the table is there and cannot be read.
  mutating func refresh() throws(SystemError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw .current
    }
    let reader = ByteReader(descriptor: descriptor, closes: true)
    if lseek(descriptor, 0, SEEK_END) < offset { reset() }
    guard lseek(descriptor, off_t(offset), SEEK_SET) == offset else { throw .current }
    let bytes = Array(try reader.readAll())
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
    offset += end + 1
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) { append(line) }
  }

  private mutating func append(_ line: ArraySlice<UInt8>) {
    let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if names.isEmpty {
      names = cells
      curves = names.filter { !hidden.contains($0) }.map(Curve.init)
      return
    }
    guard cells.count == names.count, let step = Int(cells[0]) else { return }
    var curve = 0
    for (name, cell) in zip(names, cells) {
      if name == "alarms" { alarms.append(step: step, cell.split(separator: ",").map(String.init)) }
      guard !hidden.contains(name) else { continue }
      if let value = Double(cell) { curves[curve].append(step: Double(step), value: value) }
      curve += 1
    }
  }
}

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

  /// Adds a row; where there are too many, pairs of neighbors become one point.
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

/// When alarms were on, by the rows of a log.
struct AlarmHistory {
  /// Rows in a row that have an alarm.
  struct Span: Equatable {
    let word: String
    let first: Int
    var last: Int
    fileprivate var lastRow: Int
  }

  /// In the order in which they began; only the newest if there are many.
  private(set) var spans: [Span] = []
  /// How many older ones are not in `spans`.
  private(set) var forgotten = 0
  private var rows = 0

  private static let maximumSpans = 100

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - step: The row's.
  ///   - words: The alarms that are on; often none.
  mutating func append(step: Int, _ words: [String]) {
    rows += 1
    for word in words {
      let open = spans.lastIndex { $0.word == word && $0.lastRow == rows - 1 }
      if let open {
        (spans[open].last, spans[open].lastRow) = (step, rows)
      } else {
        spans.append(Span(word: word, first: step, last: step, lastRow: rows))
      }
    }
    let many = spans.count - Self.maximumSpans
    guard many > 0 else { return }
    spans.removeFirst(many)
    forgotten += many
  }
}
