/// Curves of one kind over the steps, as a picture that stands in a page.
struct CurveChart {
  let title: String
  /// The curves and what tells them apart: a domain or a direction; empty where there is one.
  let curves: [(label: String, curve: Curve)]
  /// The step at the right edge.
  let lastStep: Int
  let alarms: [AlarmHistory.Span]
  /// From the least to the greatest mean, and from 0 where none is less, so that noise looks its size.
  let range: ClosedRange<Double>

  init(
    title: String, curves: [(label: String, curve: Curve)], lastStep: Int,
    alarms: [AlarmHistory.Span]
  ) {
    (self.title, self.curves, self.lastStep, self.alarms) = (title, curves, lastStep, alarms)
    let means = curves.flatMap { $0.curve.points.map(\.mean) }
    let (least, greatest) = (min(means.min() ?? 0, 0), max(means.max() ?? 1, 0))
    range = greatest > least ? least...greatest : 0...1
  }

  /// Puts columns together that differ in the domain or direction at their end: `cycle_A`, `cycle_B`.
  static func all(
    _ curves: [Curve], lastStep: Int, alarms: [AlarmHistory.Span]
  ) -> [CurveChart] {
    var kinds: [(title: String, curves: [(label: String, curve: Curve)])] = []
    for curve in curves {
      let words = curve.name.split(separator: "_")
      let label =
        ["A", "B", "AB", "BA", "truth"].first { words.count > 1 && words.last == $0[...] } ?? ""
      let title = (label.isEmpty ? words : words.dropLast()).joined(separator: " ")
      if let kind = kinds.firstIndex(where: { $0.title == title && !label.isEmpty }) {
        kinds[kind].curves.append((label, curve))
      } else {
        kinds.append((title, [(label, curve)]))
      }
    }
    return kinds.map {
      CurveChart(title: $0.title, curves: $0.curves, lastStep: lastStep, alarms: alarms)
    }
  }

  /// The figure, with the newest values in its caption.
  var html: String {
    let values = curves.enumerated().map { i, curve in
      let value = curve.curve.newest.map { $0.text(digits: 4) } ?? "none yet"
      let label = curve.label.isEmpty ? "" : "\(curve.label.escapedForHTML) "
      return "<span class=\"c\(i % 4)\">\(label)\(value)</span>"
    }
    return """
      <figure><figcaption><b>\(title.escapedForHTML)</b> \(values.joined(separator: " "))\
      </figcaption><svg viewBox="0 0 480 200" role="img">
      \(axes)\(marks)\(curves.enumerated().map { drawing($1.curve, number: $0) }.joined())</svg></figure>

      """
  }
}
