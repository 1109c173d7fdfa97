import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct CurveTests {
  @Test(arguments: [1, 255, 256, 257, 1000, 100_000])
  func `a curve keeps every row in its means and extremes, in a bounded number of points`(
    rows: Int
  ) {
    var curve = Curve(name: "a")
    for row in 1...rows { curve.append(step: Double(row), value: Double(row % 7)) }
    #expect(curve.points.count == rows || (128...256).contains(curve.points.count))
    #expect(curve.points.reduce(0) { $0 + $1.count } == rows)
    let sum = curve.points.reduce(0) { $0 + $1.mean * Double($1.count) }
    #expect(abs(sum - Double((1...rows).reduce(0) { $0 + $1 % 7 })) < 0.01)
    #expect(curve.points.allSatisfy { $0.least <= $0.mean && $0.mean <= $0.greatest })
    #expect(curve.points.map(\.step) == curve.points.map(\.step).sorted())
    #expect(curve.newest == Double(rows % 7))
  }

  @Test func `what is not finite leaves no point`() {
    var curve = Curve(name: "psnr_A")
    curve.append(step: 1, value: .infinity)
    curve.append(step: 2, value: .nan)
    #expect(curve.points.isEmpty && curve.newest == nil)
  }

  @Test func `columns that differ in their domain or direction share a chart`() {
    let names = ["learning_rate", "cycle_A", "kid_AB", "cycle_B", "kid_BA", "A"]
    let charts = CurveChart.all(names.map(Curve.init), lastStep: 1, alarms: [])
    #expect(charts.map(\.title) == ["learning rate", "cycle", "kid", "A"])
    #expect(charts.map { $0.curves.map(\.label) } == [[""], ["A", "B"], ["AB", "BA"], [""]])
  }

  @Test func `a chart runs from step 0 at the left to the last at the right, from 0 to the most`() {
    var curve = Curve(name: "cycle_A")
    for (step, value) in [(0.0, 4.0), (5, 2), (10, 0)] { curve.append(step: step, value: value) }
    let chart = CurveChart(title: "cycle", curves: [("A", curve)], lastStep: 10, alarms: [])
    #expect(chart.html.contains("points=\"66.0,8.0 261.0,90.0 456.0,172.0\""))
  }

  @Test func `ticks are round and inside`() {
    #expect(
      CurveChart.ticks(0...1, about: 5).map { $0.text(digits: 6) } == [
        "0", "0.2", "0.4", "0.6", "0.8", "1",
      ])
    #expect(CurveChart.ticks(-3...4, about: 4) == [-2, 0, 2, 4])
    #expect(CurveChart.ticks(0...0.00021, about: 4).map { $0.text(digits: 6) }.last == "0.0002")
    #expect(CurveChart.ticks(0...0, about: 4).isEmpty)
  }
}
