import CycleGAN

/// index.html: what a person sees of a run.
///
/// One file that needs no server and nothing from elsewhere; only the grids stay in samples/. It is
/// XML, too, so that a test can take it apart.
struct RunPage {
  /// Where a run is.
  enum State: String {
    case training, stopped, finished, failed
  }

  /// The run's folder.
  let name: String
  let state: State
  let progress: RunProgress
  /// Of this process's steps.
  let throughput: Throughput
  /// The curves of the tables, those left out that have no number.
  let curves: [(heading: String, curves: [Curve])]
  let alarms: AlarmHistory
  /// Steps that have a grid, in order.
  let samples: [Int]
  /// What config.json has.
  let configuration: JSON
  /// When it was written, as UTC.
  let time: String

  /// The whole page.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en" data-state="\(state.rawValue)"><head><meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width"/>
    <title>\(name.escapedForHTML): step \(progress.step)</title>
    <style>\(Self.style)</style></head><body>
    <header><h1>\(name.escapedForHTML)</h1>
    <progress max="\(max(progress.totalSteps, 1))" value="\(progress.step)"></progress>
    <p id="state">\(sentence)</p></header>
    \(alarmSection)\(sampleSection)\(curves.map(section).joined())
    <h2>Options</h2>\(configurationTables)
    <script>\(Self.script)</script></body></html>

    """
  }

  private var sentence: String {
    var parts = [
      state.rawValue, "step \(progress.step) of \(progress.totalSteps)",
      "epoch \(progress.epoch) of \(progress.totalEpochs)",
    ]
    let written = "written \(time) UTC"
    guard throughput.steps > 0 else { return "\(parts.joined(separator: ", ")); \(written)" }
    parts += [
      "\(throughput.imagesPerSecond.text(digits: 3)) images of each domain a second",
      "\((throughput.waitedShare * 100).text(digits: 2)) % of the time waiting for data",
    ]
    if state == .training {
      let left = Double(progress.totalSteps - progress.step) * throughput.secondsPerStep
      parts.append("\(ProgressBar.clock(left)) left")
    }
    return "\(parts.joined(separator: ", ")); \(written)"
  }

  private var alarmSection: String {
    guard !alarms.spans.isEmpty else { return "" }
    let rows = alarms.spans.reversed().map { span in
      let steps = span.first == span.last ? "\(span.first)" : "\(span.first) to \(span.last)"
      return "<tr><td>\(span.word.escapedForHTML)</td><td>\(steps)</td></tr>"
    }
    let older = alarms.forgotten > 0 ? "<p>and \(alarms.forgotten) before these</p>" : ""
    return """
      <h2>Alarms</h2><table id="alarms"><tr><th>alarm</th><th>steps</th></tr>
      \(rows.joined(separator: "\n"))</table>\(older)

      """
  }

  /// The newest grid, and a slider to the older ones.
  private var sampleSection: String {
    let shown = Self.thinned(samples)
    guard let newest = shown.last else { return "<h2>Samples</h2><p>none yet</p>\n" }
    return """
      <h2>Samples</h2><p><label>after step <output id="step">\(newest)</output>
      <input id="slider" type="range" min="0" max="\(shown.count - 1)" value="\(shown.count - 1)" \
      data-steps="\(shown.map { "\($0)" }.joined(separator: " "))"/></label></p>
      <figure class="sample"><img id="sample" src="samples/\(padded(newest, to: 8)).png" alt="grid"/>
      <figcaption>above: an image of A, translated to B, and back to A; below: an image of B, \
      translated to A, and back to B</figcaption></figure>

      """
  }

  /// Of very many grids so many that a slider can still choose.
  private static func thinned(_ samples: [Int]) -> [Int] {
    let (most, last) = (1000, samples.count - 1)
    guard samples.count > most else { return samples }
    return (0..<most).map { samples[$0 * last / (most - 1)] }
  }

  private func section(_ part: (heading: String, curves: [Curve])) -> String {
    let curves = part.curves.filter { !$0.points.isEmpty }
    guard !curves.isEmpty else { return "" }
    let charts = CurveChart.all(curves, lastStep: progress.step, alarms: alarms.spans)
    return "<h2>\(part.heading)</h2><div class=\"charts\">\(charts.map(\.html).joined())</div>\n"
  }

  /// A table for each member of config.json.
  private var configurationTables: String {
    guard case .object(let groups) = configuration else { return "" }
    let tables = groups.map { name, group in
      var rows = ""
      if case .object(let members) = group {
        rows = members.map { member, value in
          "<tr><td>\(member.escapedForHTML)</td><td>\(value.shown.escapedForHTML)</td></tr>"
        }.joined(separator: "\n")
      }
      return "<table><tr><th colspan=\"2\">\(name.escapedForHTML)</th></tr>\n\(rows)</table>"
    }
    return "<div class=\"options\">\(tables.joined(separator: "\n"))</div>"
  }
}

extension JSON {
  /// Without the quotes around text, and a dash where nothing was given.
  fileprivate var shown: String {
    switch self {
    case .string(let text): text
    case .null: "–"
    default: text
    }
  }
}
