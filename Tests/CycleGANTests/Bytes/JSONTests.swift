import CycleGAN
import Testing

@Suite struct JSONTests {
  static func parse(_ text: String) throws(JSONError) -> JSON {
    try JSON(parsing: Array(text.utf8))
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "\"\"", "[]", "{}", "[1,[2,[]]]",
    #"{"a":1,"b":{"c":[null]}}"#, #""\"\\\n\t\r\u0001""#, #""ö漢😀""#, "1.5", "-0.25",
  ])
  func `what was written is read, and written again the same`(text: String) throws {
    #expect(try Self.parse(text).text == text)
  }

  @Test(arguments: [
    ("1.0", JSON.number(1)), ("1e3", .number(1000)), ("-0", .number(-0.0)),
    ("18446744073709551616", .number(18_446_744_073_709_551_616)),
    (#""\u00f6\ud83d\ude00\/""#, .string("ö😀/")),
    (" [ 1 , 2 ] ", .array([.integer(1), .integer(2)])),
  ])
  func `values are what they say`(text: String, value: JSON) throws {
    #expect(try Self.parse(text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "True", "+1", "01", "1.", ".5", "1e", "1e999", "--1", "NaN", "Infinity",
    "[1,]", "[,1]", "[1", "[1 2]", "{", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
    #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "\"", "\"\n\"", #""\x""#, #""\u12""#, #""\u+123""#,
    #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "1 1", "{} x", "\u{FEFF}1", "//\n1", "[1]]",
  ])
  func `what RFC 8259 does not allow is refused`(text: String) {
    #expect(throws: JSONError.self) { try Self.parse(text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x31, 0],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
  }

  @Test func `nesting of 64 is read, any more refused before the stack ends`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try Self.parse(nested(64)) }
    #expect(throws: JSONError.self) { try Self.parse(nested(66)) }
    #expect(throws: JSONError.self) { try Self.parse(nested(1_000_000)) }
  }

  @Test func `every prefix of a text is refused`() {
    let text = Array(#"{"a":[1.5e3,true,null,"\u00f6\\ö"],"b":{}}"#.utf8)
    for count in text.indices {
      #expect(throws: JSONError.self) { try JSON(parsing: Array(text.prefix(count))) }
    }
  }
}
