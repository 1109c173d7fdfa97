import Foundation
import Testing

@testable import CycleGAN

@Suite struct FreshnessTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (i, name) in ["old", "output", "new"].enumerated() {
      let file = folder.path.appending(name)
      try AtomicFile.write([], to: file)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1000 + Double(i))],
        ofItemAtPath: file.string)
    }
  }

  @Test(
    arguments: [
      (.remake, "old", "old", true), (.skipExisting, "new", "new", false),
      (.update, "old", "old", false), (.update, "new", "old", true), (.update, "old", "new", true),
      (.update, "output", "output", false), (.update, "none", "none", false),
    ] as [(FreshnessRule, String, String, Bool)])
  func `an output is made again as its rule says`(
    rule: FreshnessRule, input: String, weights: String, isWanted: Bool
  ) {
    let freshness = Freshness(rule, prerequisites: [folder.path.appending(weights)])
    let output = folder.path.appending("output")
    #expect(freshness.isWanted(output, from: folder.path.appending(input)) == isWanted)
    #expect(freshness.isWanted(folder.path.appending("none"), from: output))
  }
}
