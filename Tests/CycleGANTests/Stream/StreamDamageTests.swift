import CycleGAN
import Testing

@Suite struct StreamDamageTests {
  @Test func `a stream cut anywhere gives the whole frames before the cut and then says so`()
    throws
  {
    let stream = try SmallStream()
    var whole = 0
    for count in 1..<stream.bytes.count {
      whole = stream.boundaries[count] ?? whole
      let reading = try Reading(Array(stream.bytes.prefix(count)))
      #expect(reading.frames == Array(stream.frames.prefix(whole)), "cut at \(count)")
      guard case .truncated(let position, _) = reading.error else {
        Issue.record("cut at \(count): \(String(describing: reading.error))")
        continue
      }
      #expect(position.offset == count)
    }
    #expect(try Reading(stream.bytes).error == nil)
  }

  @Test func `a plain stream cut inside a frame is truncated, between frames it is whole`()
    throws
  {
    let frames = try SmallStream().frames
    let bytes = try written(plain: true) { writer throws(SystemError) in
      for frame in frames { try writer.write(frame, name: nil) }
      try writer.finish()
    }
    let lengths = try frames.map { try NPY.record(of: $0).count }
    #expect(bytes.count == lengths.reduce(0, +))
    for count in 0..<bytes.count {
      let reading = try Reading(Array(bytes.prefix(count)))
      let isBoundary = [0, lengths[0], lengths[0] + lengths[1]].contains(count)
      #expect((reading.error == nil) == isBoundary, "cut at \(count)")
    }
  }

  @Test func `every bit that flips is noticed`() throws {
    let stream = try SmallStream()
    for bit in 0..<8 * stream.bytes.count {
      var bytes = stream.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      let reading = try Reading(bytes)
      #expect(reading.error != nil, "bit \(bit % 8) of byte \(bit / 8)")
    }
  }

  @Test func `thousands of longer errors are noticed`() throws {
    let stream = try SmallStream()
    var random = RandomSource(seed: 9)
    for _ in 0..<5000 {
      var bytes = stream.bytes
      let start = random.integer(below: bytes.count)
      for i in start..<min(bytes.count, start + 1 + random.integer(below: 64)) {
        bytes[i] = UInt8(truncatingIfNeeded: random.next())
      }
      guard bytes != stream.bytes else { continue }
      #expect(try Reading(bytes).error != nil, "from byte \(start), seed 9")
    }
  }

  @Test func `a frame that is missing, twice or at another position is noticed`() throws {
    let stream = try SmallStream()
    let ends = stream.boundaries.filter { $0.value > 0 || $0.key == 0 }.keys.sorted()
    // Every second record is a frame; its note stands before it.
    let records = zip(ends, ends.dropFirst()).map { Array(stream.bytes[$0..<$1]) }
    let end = Array(stream.bytes[(ends.last ?? 0)...])
    for i in 0..<records.count {
      var without = records
      without.remove(at: i)
      #expect(try Reading(without.joined() + end).error != nil)
      var twice = records
      twice.insert(records[i], at: i)
      #expect(try Reading(twice.joined() + end).error != nil)
    }
    #expect(try Reading(records.joined() + end).error == nil)
    #expect(try Reading(records.reversed().joined() + end).error != nil)
  }

  @Test func `an error stays an error`() throws {
    let reader = try StreamReader(MemoryPipe.reader(of: Array("rubbish".utf8)))
    for _ in 0..<2 {
      #expect(throws: StreamError.self) { try reader.next() }
    }
  }
}
