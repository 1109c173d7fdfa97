import Foundation
import Testing

/// What the Markdown files name has to exist.
@Suite struct DocumentationTests {
  @Test func `every path, link and suite that a page names exists`() throws {
    let decisions = try names(below: "docs").filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
    #expect(decisions.count > 6)
    let suites = Set(
      try names(below: "Tests").filter { $0.hasSuffix("Tests.swift") }
        .map { URL(filePath: $0).deletingPathExtension().lastPathComponent })
    for page in ["README.md", "CONTRIBUTING.md", "examples/README.md"] + decisions {
      let text = try String(contentsOfFile: Shell.root + page, encoding: .utf8)
      for path in paths(in: text, of: page) {
        #expect(FileManager.default.fileExists(atPath: path), "\(page) names \(path)")
      }
      let named = Set(text.matches(of: #/`(\w+Tests)`/#).map { String($0.1) })
      #expect(named.isSubset(of: suites), "\(page) names \(named.subtracting(suites).sorted())")
    }
  }

  /// Links to files, and paths in backticks up to a placeholder or an argument.
  private func paths(in text: String, of page: String) -> [String] {
    let folder = URL(filePath: Shell.root + page).deletingLastPathComponent()
    let links = text.matches(of: #/\]\(([^)#:]+)\)/#)
      .map { folder.appending(path: String($0.1)).path() }
    let quoted = text.matches(of: #/`((?:Sources|Tests|examples|docs|man)/[\w./+-]*\w)(?=[`/ ])/#)
      .map { Shell.root + $0.1 }
    return links + quoted
  }

  private func names(below folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: Shell.root + folder)
  }
}
