import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct TableCurvesTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder.path.appending("t.tsv") }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String) throws { try AtomicFile.write(Array(text.utf8), to: path) }

  @Test
  func `a table that grows is read on from where it was, a row half written when it is whole`()
    throws
  {
    var table = TableCurves(path)
    try table.refresh()
    #expect(table.curves.isEmpty)
    try write("step\tepoch\timages\tcycle_A\n1\t1\t1\t4\n2\t1\t2\t0.")
    try table.refresh()
    #expect(table.curves.map(\.name) == ["cycle_A"])
    #expect(table.curves[0].points.map(\.mean) == [4])
    try write("step\tepoch\timages\tcycle_A\n1\t1\t1\t4\n2\t1\t2\t0.5\n")
    try table.refresh()
    try table.refresh()
    #expect(table.curves[0].points.map(\.mean) == [4, 0.5])
  }

  @Test func `a table that became shorter is read from its beginning`() throws {
    var table = TableCurves(path)
    try write("step\ta\n1\t4\n2\t5\n")
    try table.refresh()
    try write("step\ta\n1\t4\n")
    try table.refresh()
    #expect(table.curves[0].points.map(\.mean) == [4])
  }

  @Test func `alarms that follow each other are one, and rows of another width are passed over`()
    throws
  {
    var table = TableCurves(path)
    try write(
      "step\ta\talarms\n5\t1\t\n10\t1\tcollapse\n15\t1\tcollapse,color\n20\t1\n25\t1\t\n30\t1\tcollapse\n"
    )
    try table.refresh()
    let spans = table.alarms.spans.map { "\($0.word) \($0.first) \($0.last)" }
    #expect(spans == ["collapse 10 15", "color 15 15", "collapse 30 30"])
    #expect(table.curves.map(\.name) == ["a"])
  }

  @Test func `of very many alarms the newest stay, and the others are counted`() {
    var alarms = AlarmHistory()
    for step in 1...1000 { alarms.append(step: step, step % 2 == 0 ? ["x"] : []) }
    #expect(alarms.spans.count == 100 && alarms.forgotten == 400)
    #expect(alarms.spans.last?.first == 1000)
  }
}
