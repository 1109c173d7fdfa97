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
