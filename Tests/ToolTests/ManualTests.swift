import Foundation
import Testing

/// Every example in examples/ is run, with a tiny generator, in a folder of its own.
@Suite struct ManualTests {
  static let examples = Shell.root + "examples"

  @Test func `the demo's scenes are pairs under one seed and strangers under two`() throws {
    let shell = try Shell()
    let draw = "awk -v count=1 -v size=32 -f \(Self.examples)/demo/scenes.awk"
    let outcome = try shell(
      """
      mkdir a b other
      \(draw) -v domain=A -v seed=3 -v folder=a
      \(draw) -v domain=B -v seed=3 -v folder=b
      \(draw) -v domain=A -v seed=4 -v folder=other
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (a, b) = (try shell.bytes(of: "a/0001.ppm"), try shell.bytes(of: "b/0001.ppm"))
    let corner = a.prefix(60)
    #expect(a != b)
    #expect(b.prefix(60) == corner)
    #expect(try shell.bytes(of: "other/0001.ppm").prefix(60) != corner)
  }
}
