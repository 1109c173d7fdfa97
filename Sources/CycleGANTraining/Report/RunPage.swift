import CycleGAN

/// index.html: loss curves, sample grids and options of a run.
///
/// One file that needs no server and nothing from elsewhere; only the grids stay in samples/. It is
/// XML, too, so that a test can parse it.
struct RunPage {
  /// The state of a run.
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
      <figcaption>above: an image of A, its translation, and its reconstruction; below: the same for \
      an image of B</figcaption></figure>

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

extension RunPage {
  /// Light or dark as the reader has it.
  static let style = """
    :root{color-scheme:light dark;--ink:#1b1f24;--faint:#667;--line:#d8dce2;--ground:#fff;\
    --alarm:#c2185b;--c0:#1f6fd0;--c1:#d9660a;--c2:#2a8a4a;--c3:#8a4fc0}
    @media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--faint:#9aa3ad;--line:#343b44;\
    --ground:#15181c;--alarm:#ff6b9d;--c0:#6aaeff;--c1:#ffa25c;--c2:#6fd08c;--c3:#c49bf0}}
    body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--ground);\
    max-width:1100px;margin:0 auto;padding:1rem}
    h1{font-size:1.3rem;margin:0 0 .5rem;overflow-wrap:anywhere}
    h2{font-size:1.05rem;margin:1.6rem 0 .5rem}p{margin:.3rem 0}
    progress,#slider{width:100%;accent-color:var(--c0)}
    figure{margin:0}figcaption{font-size:.85rem;color:var(--faint)}
    figcaption b{color:var(--ink);margin-right:.6em}figcaption span{margin-right:.6em}
    .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:1.1rem}
    .sample img{display:block;width:100%;max-width:768px}
    svg{display:block;width:100%}svg text{font-size:15px;fill:var(--faint)}
    .grid{stroke:var(--line)}.alarm{stroke:var(--alarm);stroke-dasharray:3 3}
    polyline{fill:none;stroke-width:1.5;stroke-linejoin:round}polygon{opacity:.22}
    span.c0{color:var(--c0)}polyline.c0{stroke:var(--c0)}polygon.c0,circle.c0{fill:var(--c0)}
    span.c1{color:var(--c1)}polyline.c1{stroke:var(--c1)}polygon.c1,circle.c1{fill:var(--c1)}
    span.c2{color:var(--c2)}polyline.c2{stroke:var(--c2)}polygon.c2,circle.c2{fill:var(--c2)}
    span.c3{color:var(--c3)}polyline.c3{stroke:var(--c3)}polygon.c3,circle.c3{fill:var(--c3)}
    table{border-collapse:collapse;font-size:.85rem}th{text-align:left}
    td,th{padding:.1rem .8rem .1rem 0;vertical-align:top;overflow-wrap:anywhere}
    #alarms td:first-child{color:var(--alarm)}
    .options{columns:330px}.options table{margin-bottom:.8rem}
    """

  /// Moves through the grids, and loads the page again while the run is not finished.
  ///
  /// The position of the slider is kept behind the address's #, which every browser lets a file change.
  /// No character here means something in XML.
  static let script = """
    'use strict';
    const slider = document.getElementById('slider');
    const steps = slider ? slider.dataset.steps.split(' ') : [];
    let touched = 0;
    function show() {
      const step = steps[slider.value];
      document.getElementById('step').textContent = step;
      document.getElementById('sample').src = 'samples/' + step.padStart(8, '0') + '.png';
    }
    if (slider) {
      const chosen = steps.indexOf(location.hash.slice(1));
      if (chosen !== -1) slider.value = chosen;
      else slider.value = steps.length - 1;
      show();
      slider.oninput = () => {
        touched = Date.now();
        show();
        const isNewest = Number(slider.value) === steps.length - 1;
        location.replace('#' + (isNewest ? 'newest' : steps[slider.value]));
      };
    }
    if (document.documentElement.dataset.state !== 'finished') {
      setInterval(() => {
        if (!document.hidden) if (Date.now() - touched > 5000) location.reload();
      }, 30000);
    }
    """
}

extension String {
  /// The text with what HTML and XML would take for their own, or refuse, replaced.
  var escapedForHTML: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      case _
      where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || scalar.value & 0xFFFE == 0xFFFE:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
