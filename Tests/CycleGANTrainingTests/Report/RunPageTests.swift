import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct RunPageTests {
  private func page(
    name: String = "run", samples: [Int] = [], curves: [Curve] = [], alarms: AlarmHistory = .init(),
    options: [(String, JSON)] = []
  ) -> RunPage {
    RunPage(
      name: name, state: .training,
      progress: RunProgress(step: 30, totalSteps: 100, epoch: 1, totalEpochs: 4),
      throughput: Throughput(steps: 10, images: 20, seconds: 5, waitedSeconds: 0.5),
      curves: [("Losses", curves)], alarms: alarms, samples: samples,
      configuration: .object([("options", .object(options))]), time: "2026-01-01 00:00:00")
  }

  @Test func `a run leaves a page with its curves, its newest grid and its options`() throws {
    var small = try SmallRun()
    small.options.saveEvery = 5
    try small.run()
    let bytes = Array(try ByteReader(small.path.appending("index.html")).readAll())
    let parsed = ParsedPage(String(decoding: bytes, as: UTF8.self))
    #expect(parsed.error == nil)
    #expect(parsed.count("polyline") == 1 + 8 + 2)
    #expect(parsed.element("sample")?["src"] == "samples/00000012.png")
    #expect(parsed.element("slider")?["data-steps"] == "5 10 12")
    #expect(parsed.text.contains("finished, step 12 of 12, epoch 3 of 3"))
    #expect(parsed.text.contains("resnet_1blocks"))
    // Everything that a page can load is beside it.
    for (name, attributes) in parsed.elements {
      for link in [attributes["src"], attributes["href"]].compactMap(\.self) {
        #expect(link.hasPrefix("samples/"), "\(name) loads \(link)")
      }
    }
    #expect(!String(decoding: bytes, as: UTF8.self).contains("//"))
  }

  @Test func `a page after a resume has the grids and the curves of before`() throws {
    var small = try SmallRun()
    small.options.saveEvery = 3
    try small.run(stoppingAfter: 7)
    let stopped = try ByteReader(small.path.appending("index.html")).readAll()
    #expect(
      String(decoding: stopped, as: UTF8.self).contains("stopped, step 7 of 12, epoch 2 of 3"))
    try small.run()
    let bytes = Array(try ByteReader(small.path.appending("index.html")).readAll())
    let parsed = ParsedPage(String(decoding: bytes, as: UTF8.self))
    #expect(parsed.element("slider")?["data-steps"] == "3 6 9 12")
    let line = try #require(parsed.elements.first { $0.name == "polyline" }?.attributes["points"])
    #expect(line.split(separator: " ").count == 12)
  }

  @Test func `names, options and columns cannot break out of the page`() {
    let evil = "</td><script>alert('\"&1')</script>\u{1}\u{FFFE}"
    var curve = Curve(name: evil)
    curve.append(step: 1, value: 1)
    var alarms = AlarmHistory()
    alarms.append(step: 10, [evil])
    let html = page(
      name: evil, curves: [curve], alarms: alarms, options: [(evil, .string(evil))]
    ).html
    let parsed = ParsedPage(html)
    #expect(parsed.error == nil)
    #expect(parsed.count("script") == 1)
    #expect(parsed.text.contains("alert('\"&1')"))
  }

  @Test func `alarms are listed with their steps and marked on every chart`() {
    var alarms = AlarmHistory()
    for step in [10, 20] { alarms.append(step: step, ["mode-collapse"]) }
    var curves = ["cycle_A", "identity_A"].map(Curve.init)
    for i in curves.indices { curves[i].append(step: 1, value: 1) }
    let parsed = ParsedPage(page(curves: curves, alarms: alarms).html)
    #expect(parsed.text.contains("mode-collapse10 to 20"))
    #expect(parsed.count("line", "alarm") == 2)
  }

  @Test func `a page without rows, grids and alarms is whole`() {
    let parsed = ParsedPage(page().html)
    #expect(parsed.error == nil)
    #expect(parsed.element("slider") == nil)
    #expect(parsed.text.contains("none yet"))
    #expect(parsed.text.contains("4 images of each domain a second, 10 % of the time waiting"))
    #expect(parsed.text.contains("0:35 left"))
  }

  @Test func `a hundred thousand rows and grids make a page of bounded size`() throws {
    let folder = try TemporaryFolder()
    let log = folder.path.appending("log.tsv")
    let names = ["step", "epoch", "images", "learning_rate"] + Losses.columns.map(\.name)
    var text = names.joined(separator: "\t") + "\n"
    for row in 1...100_000 {
      let value = "0.\((row &* 7919) % 99_991)"
      text += "\(row)\t1\t\(row)\t0.0002" + String(repeating: "\t\(value)", count: 8) + "\n"
    }
    try AtomicFile.write(Array(text.utf8), to: log)
    var table = TableCurves(log)
    try table.refresh()
    let html = page(samples: Array(1...100_000), curves: table.curves).html
    #expect(html.utf8.count < 300_000)
    let steps = try #require(ParsedPage(html).element("slider")?["data-steps"]).split(
      separator: " ")
    #expect(steps.count == 1000 && steps.first == "1" && steps.last == "100000")
  }
}
