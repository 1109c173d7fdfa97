import CycleGAN
import Foundation
import Testing

@Suite struct SafetensorsTests {
  /// Puts a header and data together; nothing is checked.
  static func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
    file(Array(header.utf8), data: data)
  }

  static func file(_ header: [UInt8], length: UInt64? = nil, data: [UInt8] = []) -> [UInt8] {
    let length = length ?? UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header + data
  }

  /// A tensor "x" of two floats, with some text of its description replaced.
  static func changed(_ old: String = "", _ new: String = "") -> String {
    let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    guard let range = header.firstRange(of: old) else { return header }
    return header.replacingCharacters(in: range, with: new)
  }

  @Test func `the plain file that the others are changed from is read`() throws {
    let file = try WeightsFile(
      parsing: Self.file(Self.changed(), data: .init(repeating: 0, count: 8)))
    #expect(file.tensors == [NamedTensor("x", shape: [2], values: [0, 0])])
  }

  @Test(
    arguments: [
      (0, "a header of 0 bytes"), (1, "a header of 1 bytes"), (55, "ends within its header"),
      (1 << 31, "above the limit"), (100_000_001, "above the limit"), (1 << 63, "above the limit"),
      (.max, "above the limit"),
    ] as [(UInt64, String)])
  func `a header's length that lies is refused`(length: UInt64, reason: String) {
    expect(reason, Self.file(Array(Self.changed().utf8), length: length))
  }

  static let y = #""y":{"dtype":"F32","shape":[2],"data_offsets":["#
  @Test(arguments: [
    ("{\"x\"", " {\"x\"", "does not begin with {"), ("{\"x\"", "\u{FEFF}{\"x\"", "does not begin"),
    ("{\"x\"", "[\"x\"", "does not begin with {"), ("\"x\"", "\"\\u0000\"", "contains NUL"),
    ("\"x\"", "\"\"", "name is empty"), ("\"x\"", "\"\\ud800\"", "half a surrogate pair"),
    ("[2]", "[2,]", "not a value"), ("}}", "},}", "expected a name"),
    ("}}", "}", "expected , or }"),
    ("}}", "}} x", "header: "), ("}}", "},\"x\":{}}", "the name x occurs twice"),
    ("}}", "},\"x\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", "occurs twice"),
    ("}}", "},\(y)4,12]}}", "y overlaps the tensor before it"),
    ("}}", "},\(y)12,20]}}", "4 bytes in front of y belong to no tensor"),
    ("[0,8]", "[8,0]", "ends at byte 0, before its start at 8"),
    ("[0,8]", "[4,12]", "4 bytes in front of x belong to no tensor"),
    ("[2],\"data_offsets\":[0,8]", "[3],\"data_offsets\":[0,12]", "the file ends at byte"),
    ("[2],\"data_offsets\":[0,8]", "[1],\"data_offsets\":[0,4]", "after the last tensor"),
    ("[2]", "[3]", "x has 8 bytes; F32 [3] takes 12"),
    ("[2]", "[4194305,4194305,211106198978564]", "impossible shape"),
    ("[2]", "[-2]", "no shape of whole numbers"), ("[2]", "[2.0]", "no shape of whole numbers"),
    ("[2]", "[2e0]", "no shape of whole numbers"), ("[2]", "2", "no shape of whole numbers"),
    ("[2]", "[18446744073709551616]", "no shape of whole numbers"),
    ("[2]", "[\"2\"]", "no shape of whole numbers"), ("[2]", "[02]", "header: "),
    ("[0,8]", "[0]", "no pair of data_offsets"), ("[0,8]", "[0,8,8]", "no pair of data_offsets"),
    ("[0,8]", "[0.0,8]", "no pair of data_offsets"), ("[0,8]", "[-8,0]", "no pair of data_offsets"),
    ("F32", "F8_E4M3", "unknown dtype F8_E4M3"), ("F32", "f32", "unknown dtype f32"),
    ("F32", "F64", "x has 8 bytes; F64 [2] takes 16"), ("\"F32\"", "32", "x has no dtype"),
    ("\"dtype\":\"F32\",", "", "x has no dtype"), ("\"dtype\"", "\"type\"", "unknown member type"),
    ("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}", "7", "x is not an object"),
    ("{\"x\"", "{\"__metadata__\":[],\"x\"", "__metadata__ is not an object"),
    ("{\"x\"", "{\"__metadata__\":{\"a\":1},\"x\"", "__metadata__: a is not text"),
    ("{\"x\"", "{\"__metadata__\":{},\"__metadata__\":{},\"x\"", "occurs twice"),
    (
      "{\"x\"",
      "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
        + "\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"x\"",
      "shares its position"
    ),
  ])
  func `a malformed header is refused with its own reason`(
    old: String, new: String, reason: String
  ) {
    expect(reason, Self.file(Self.changed(old, new), data: .init(repeating: 0, count: 8)))
  }

  @Test func `of several networks in one file one is taken by its names' beginning`() throws {
    let names = ["module.netG.model.1.bias", "module.netD.net.0.bias"]
    let tensors = names.enumerated().map {
      NamedTensor($1, shape: [1], values: [Float($0)])
    }
    let file = try WeightsFile(metadata: ["steps": "5"], tensors: tensors).serialized()
    let second = try WeightsFile(parsing: file, entry: "netD")
    #expect(second.tensors == [NamedTensor("net.0.bias", shape: [1], values: [1])])
    #expect(second.metadata == ["steps": "5"] && second.isChecked)
    #expect(try WeightsFile(parsing: file).networks.map(\.name) == ["netG", "netD"])
    #expect(throws: WeightsError.architecture(.noEntry("no entry netX; there are netG, netD"))) {
      try WeightsFile(parsing: file, entry: "netX")
    }
  }

  @Test func `short integers that become far longer than the file are refused`() {
    let count = 3 << 20
    let header = #"{"x":{"dtype":"I8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#
    expect("far more memory than the file is long", Self.file(header))
  }

  @Test func `names and shapes are checked before any element is read`() throws {
    let header = Self.file(
      Self.changed("[2],\"data_offsets\":[0,8]", "[9],\"data_offsets\":[0,36]"))
    let reader = try MemoryPipe.reader(of: header)
    #expect {
      try WeightsFile.read(
        from: reader,
        check: { outline throws(WeightsError) in
          do throws(ArchitectureError) { _ = try RecognizedNetwork(outline) } catch {
            throw .architecture(error)
          }
        })
    } throws: { "\($0)".hasSuffix("its 1 tensors begin with x") }
  }

  @Test func `bytes that are not text, deep nesting and endless tensors are refused`() {
    expect("not UTF-8", Self.file(Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8)))
    let deep = String(repeating: "[", count: 100_000)
    expect("nesting deeper", Self.file("{\"x\":" + deep))
    let many = (0..<100_000).map { "\"\($0)\":{}" }.joined(separator: ",")
    expect("0 has no dtype", Self.file("{" + many + "}"))
    expect("are too few", Array("GIF89a".utf8))
    expect("not a file of weights", Array("\u{89}PNG\r\n\u{1A}\nxxxxxxxxxxxxxxxxx".utf8))
  }

  private func expect(_ reason: String, _ bytes: [UInt8]) {
    #expect {
      try WeightsFile(parsing: bytes)
    } throws: { error in
      let text = "\(error)"
      let isRight = text.contains(reason)
      if !isRight { Issue.record("the reason is: \(text)") }
      return isRight
    }
  }
}
