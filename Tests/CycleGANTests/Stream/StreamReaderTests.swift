import CycleGAN
import Testing

@Suite struct StreamReaderTests {
  let levels = Frame(Image(width: 3, height: 2, channels: 3, pixels: Array(0..<18)))
  let values = Frame(
    width: 2, height: 2, channels: 3, samples: .float32(Buffer((0..<12).map { Float($0) / 64 - 1 }))
  )

  @Test func `what NumPy writes is read, with notes and without`() throws {
    let noted = try Reading(Fixtures.bytes("streams/notes.npys"))
    #expect(noted.error == nil)
    #expect(
      noted.records == [
        .frame(levels, name: FilePath("photos/a.jpg")),
        .failure(name: FilePath("photos/ö.jpg"), reason: "damaged JPEG: premature end"),
        .frame(values, name: nil), .end(frames: 2, failed: 1),
      ])
    let plain = try Reading(Fixtures.bytes("streams/plain.npys"))
    #expect(plain.error == nil)
    #expect(plain.records == [.frame(levels, name: nil), .frame(values, name: nil)])
  }

  @Test func `no bytes are no frames`() throws {
    let reading = try Reading([])
    #expect(reading.error == nil && reading.records.isEmpty)
  }

  @Test(arguments: [
    ["plain", "plain"], ["notes", "notes"], ["notes", "plain"], ["plain", "notes"],
    ["plain", "notes", "plain", "notes"],
  ])
  func `concatenated streams are a stream`(names: [String]) throws {
    let bytes = try names.flatMap { try Fixtures.bytes("streams/\($0).npys") }
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(reading.frames == names.flatMap { _ in [levels, values] })
  }

  @Test func `formats 2.0 and 3.0, any spacing and any order are read`() throws {
    let description = "{\"shape\":(1,1,1), 'descr' : 'u1','fortran_order':False}"
    for version in [1, 2, 3] as [UInt8] {
      let reading = try Reading(record(description, [7], version: version))
      #expect(reading.error == nil)
      #expect(reading.frames == [Frame(Image(width: 1, height: 1, channels: 1, pixels: [7]))])
    }
  }

  @Test(arguments: [
    ("'descr': '>f4', 'fortran_order': False, 'shape': (1, 1, 1), ", ">f4"),
    ("'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1), ", "<f8"),
    ("'descr': '|O', 'fortran_order': False, 'shape': (1, 1, 1), ", "|O"),
    ("'descr': '|u1', 'fortran_order': True, 'shape': (1, 1, 1), ", "Fortran order"),
    ("'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 4), ", "4 channels"),
    ("'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), ", "2 dimensions"),
    ("'descr': '|u1', 'fortran_order': False, 'shape': (), ", "0 dimensions"),
    ("'descr': '<f4', 'fortran_order': False, 'shape': (1,), ", "1 dimensions"),
  ])
  func `another kind of array is refused by name`(description: String, name: String) throws {
    let reading = try Reading(record("{\(description)}", [0, 0, 0, 0]))
    guard case .unsupported(_, let reason) = reading.error else {
      Issue.record("\(String(describing: reading.error))")
      return
    }
    #expect(reason.contains(name), "\(reason)")
  }

  static let extents = [
    "0", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    "-1", "1.0", "1e3", "99999999999999999999999999", "True", "",
  ]

  @Test(arguments: extents)
  func `a lie about the size is refused before memory is taken`(extent: String) throws {
    for element in ["|u1", "<f4"] {
      for shape in ["\(extent), 1, 1", "1, \(extent), 1", "1, 1, \(extent)", "\(extent),"] {
        let header = record(
          "{'descr': '\(element)', 'fortran_order': False, 'shape': (\(shape)), }")
        let reading = try Reading(header)
        #expect(reading.records.isEmpty && reading.error != nil, "\(element) \(shape)")
      }
    }
  }

  @Test(arguments: [
    "", "{", "{}", "{'descr': '|u1'}", "[]", "{'descr': '|u1', 'shape': (1, 1, 1)}",
    "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1), }",
    "{'descr': '|u1', 'fortran_order': 0, 'shape': (1, 1, 1), }",
    "{'descr': ['|u1'], 'fortran_order': False, 'shape': (1, 1, 1), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1 1, 1), }",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1), 'x': 1}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1), } x",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 255))), }",
  ])
  func `a header that is not NumPy's is refused`(description: String) throws {
    let reading = try Reading(record(description, [7]))
    #expect(reading.records.isEmpty && reading.error != nil)
  }

  @Test func `limits are named with the number that was wrong`() throws {
    let limits = StreamLimits(maximumPixels: 20, maximumSide: 10)
    let large = try Reading(NPY.header(.uint8, shape: [7, 3, 3]), limits: limits)
    let message = large.error.map(describedWithHint)
    #expect(message?.contains("3 x 7 pixels; the limit is 20, see --max-pixels") == true)
    let long = try Reading(NPY.header(.uint8, shape: [1, 11, 3]), limits: limits)
    #expect(long.error?.description.contains("11 x 1 pixels; the limit is 10 per side") == true)
    let note = try Reading(NPY.header(.uint8, shape: [1 << 40]))
    #expect(note.error?.description.contains("a note of 1099511627776 bytes") == true)
    let header = try Reading(NPY.magic + [2, 0, 0, 0, 0, 128] + [UInt8](repeating: 32, count: 99))
    #expect(header.error?.description.contains("a header of 2147483648 bytes") == true)
  }

  @Test func `a value that is not a number is refused with its index`() throws {
    let frame = Frame(width: 2, height: 1, channels: 1, samples: .float32([0, .nan]))
    let reading = try Reading(Array(NPY.record(of: frame)))
    #expect(reading.error?.description.contains("value at index 1 is nan") == true)
  }

  @Test func `rubbish after a stream is damage, after its frames were delivered`() throws {
    let reading = try Reading(Fixtures.bytes("streams/notes.npys") + Array("rubbish".utf8))
    #expect(reading.frames.count == 2)
    guard case .damaged(let position, _) = reading.error else {
      Issue.record("\(String(describing: reading.error))")
      return
    }
    #expect(position.record == 6)
  }
}
