import Glibc

/// Curves of one kind over the steps, drawn as SVG.
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

extension CurveChart {
  private static let (left, right, top, bottom) = (80.0, 456.0, 8.0, 172.0)

  private func x(_ step: Double) -> String {
    let share = min(step / Double(max(lastStep, 1)), 1)
    return (Self.left + (Self.right - Self.left) * share).tenths
  }

  private func y(_ value: Double) -> String {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return (Self.bottom - (Self.bottom - Self.top) * min(max(share, 0), 1)).tenths
  }

  /// Lines and numbers at round values and steps.
  var axes: String {
    let values = Self.ticks(range, about: 5).map { value in
      """
      <line class="grid" x1="\(Self.left)" x2="\(Self.right)" y1="\(y(value))" y2="\(y(value))"/>\
      <text x="\(Self.left - 6)" y="\(y(value))" dy="5" text-anchor="end">\(value.text(digits: 6))\
      </text>
      """
    }
    let steps = Self.ticks(0...Double(max(lastStep, 1)), about: 4).filter { $0 == $0.rounded() }.map
    {
      """
      <text x="\(x($0))" y="\(Self.bottom + 20)" text-anchor="middle">\($0.text(digits: 6))</text>
      """
    }
    return (values + steps).joined()
  }

  /// A line where each alarm began.
  var marks: String {
    alarms.map { span in
      """
      <line class="alarm" x1="\(x(Double(span.first)))" x2="\(x(Double(span.first)))" \
      y1="\(Self.top)" y2="\(Self.bottom)"><title>\(span.word.escapedForHTML) at step \
      \(span.first)</title></line>
      """
    }.joined()
  }

  /// The means as a line, and behind it what lies between the least and greatest of the rows.
  func drawing(_ curve: Curve, number: Int) -> String {
    let points = curve.points
    let line = points.map { "\(x($0.step)),\(y($0.mean))" }.joined(separator: " ")
    guard points.count > 1 else {
      return points.first.map {
        "<circle class=\"c\(number % 4)\" r=\"2\" cx=\"\(x($0.step))\" cy=\"\(y($0.mean))\"/>"
      } ?? ""
    }
    var band = ""
    if points.contains(where: { $0.count > 1 }) {
      let (upper, lower) = (
        points.map { ($0.step, $0.greatest) }, points.map { ($0.step, $0.least) }
      )
      let edge = (upper + lower.reversed()).map { "\(x($0.0)),\(y($0.1))" }
      band = "<polygon class=\"c\(number % 4)\" points=\"\(edge.joined(separator: " "))\"/>"
    }
    return "\(band)<polyline class=\"c\(number % 4)\" points=\"\(line)\"/>"
  }

  /// Round numbers: 1, 2 or 5 times a power of ten apart.
  static func ticks(_ range: ClosedRange<Double>, about count: Double) -> [Double] {
    let rough = (range.upperBound - range.lowerBound) / count
    guard rough.isFinite, rough > 0 else { return [] }
    let power = pow(10, floor(log10(rough)))
    let step = power * ([1, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10)
    let first = (range.lowerBound / step).rounded(.up),
      last = (range.upperBound / step).rounded(.down)
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }
}

extension Double {
  /// As a coordinate.
  fileprivate var tenths: String { "\((self * 10).rounded() / 10)" }
}
