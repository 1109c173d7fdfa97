import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct TensorBoardLogTests {
  private func events(_ small: SmallRun) throws -> [EventFile.Event] {
    try EventFile(Array(ByteReader(small.path.appending(TensorBoardLog.name)).readAll())).events
  }

  @Test func `the checksum of the reader here is that of the standard`() {
    let bytes = Array("123456789".utf8)
    let (whole, mask): (UInt32, UInt32) = (0xE306_9283, 0xA282_EAD8)
    #expect(EventFile.checksum(bytes) == UInt64((whole >> 15 | whole << 17) &+ mask))
  }

  @Test func `a run leaves its losses, its rate, its throughput and its grids for TensorBoard`()
    throws
  {
    var small = try SmallRun()
    small.options.saveEvery = 5
    try small.run()
    let events = try events(small)
    #expect(events.first?.version == "brain.Event:2")
    let scalars = events.filter { !$0.scalars.isEmpty }
    #expect(scalars.map(\.step) == Array(1...12))
    #expect(scalars.allSatisfy { $0.scalars.count == 11 })
    let log = String(decoding: try small.results[4], as: UTF8.self).split(separator: "\n")
    for (row, event) in zip(log.dropFirst(), scalars) {
      let cells = row.split(separator: "\t").compactMap { Float($0) }
      #expect(event.scalars["learning_rate"] == cells[3])
      for (i, column) in Losses.columns.enumerated() {
        #expect(event.scalars["loss/\(column.name)"] == cells[4 + i])
      }
    }
    let images = events.filter { !$0.images.isEmpty }
    #expect(images.map(\.step) == [5, 10, 12])
    for event in images {
      let image = try #require(event.images["samples"])
      let file = small.path.appending("samples/\(padded(event.step, to: 8)).png")
      #expect(try ByteReader(file).readAll() == image.png)
      let decoded = try Image(decoding: Array(image.png))
      #expect(image.sizes == [UInt64(decoded.width), UInt64(decoded.height), 3])
    }
  }

  @Test func `a run that goes on shows every step once, whatever a killed process left`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 5)
    let path = small.path.appending(TensorBoardLog.name)
    let later = EventRecord(content: .scalars([("loss/cycle_A", 1)]), step: 6, time: 1).bytes
    let bytes = Array(try ByteReader(path).readAll()) + later + later.prefix(20)
    try AtomicFile.write(bytes, to: path)
    try small.run()
    let steps = try events(small).filter { !$0.scalars.isEmpty }.map(\.step)
    #expect(steps == Array(1...12))
    #expect(try events(small).filter { $0.version != nil }.count == 1)
    let names = try small.names.filter { $0.contains("tfevents") }
    #expect(names == [TensorBoardLog.name])
  }

  @Test func `every cut of a file goes back to whole events, and a damaged one ends it`() {
    let records = [
      EventRecord(content: .version, step: 0, time: 1),
      EventRecord(content: .scalars([("a", 1), ("b", .nan)]), step: 300, time: 2),
      EventRecord(content: .image(tag: "i", width: 1, height: 1, png: [1]), step: 300, time: 3),
      EventRecord(content: .scalars([("a", 1)]), step: 70_000, time: 4),
    ].map(\.bytes)
    let whole = records.flatMap(\.self)
    let ends = records.indices.map { records[...$0].reduce(0) { $0 + $1.count } }
    for count in 0...whole.count {
      let cut = EventRecord.end(ofStep: .max, in: Array(whole.prefix(count)))
      #expect(cut == ends.last { $0 <= count } ?? 0)
    }
    #expect(EventRecord.end(ofStep: 69_999, in: whole) == ends[2])
    #expect(EventRecord.end(ofStep: 299, in: whole) == ends[0])
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 1
      let end = EventRecord.end(ofStep: .max, in: damaged)
      #expect(end == ends.last { $0 <= place } ?? 0)
    }
    #expect(EventRecord.end(ofStep: .max, in: Array(whole.dropFirst(ends[0]))) == 0)
  }
}
