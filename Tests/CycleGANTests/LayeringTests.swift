import Foundation
import Testing

@Suite struct LayeringTests {
  /// The stations of a library; folders on one line stand beside each other.
  struct Library: Sendable, CustomTestStringConvertible {
    let name: String
    let stations: [[String]]
    var testDescription: String { name }
  }

  static let libraries = [
    Library(
      name: "CycleGAN",
      stations: [
        ["Bytes"], ["Image"], ["Stream"], ["Architecture"], ["Weights"], ["Runtime"], ["Metrics"],
        ["Filter"],
      ]),
    Library(
      name: "CycleGANTraining",
      stations: [
        ["Tensor"], ["Network"], ["Data"], ["Training"], ["Health", "Validation"], ["Report"],
        ["Run"],
      ]),
  ]

  @Test(arguments: libraries)
  func `no file refers to a folder on its right`(library: Library) throws {
    for (rank, folders) in library.stations.enumerated() {
      let right = library.stations.dropFirst(rank + 1).joined()
      let types = try right.flatMap { try declared(in: swiftFiles(in: "\(library.name)/\($0)")) }
      for file in try folders.flatMap({ try swiftFiles(in: "\(library.name)/\($0)") }) {
        let found = file.words.intersection(types).subtracting(file.types)
        #expect(found.isEmpty, "\(file.path) refers to \(found.sorted())")
      }
    }
  }

  @Test(arguments: libraries)
  func `every file stands in a folder that has a place in the order`(library: Library) throws {
    let files = try swiftFiles(in: library.name)
    #expect(!files.isEmpty)
    for file in files {
      let folder = file.path.split(separator: "/")[1]
      #expect(library.stations.joined().contains(String(folder)), "\(file.path) has no place")
    }
  }

  @Test func `the core starts without Foundation`() throws {
    for file in try swiftFiles(in: "CycleGAN") {
      let foundation = file.imports.filter { $0.hasPrefix("Foundation") }
      #expect(foundation.isEmpty, "\(file.path) imports Foundation")
    }
  }

  @Test func `only the core sees the codecs and the kernels, only the trainer sees LibTorch`()
    throws
  {
    for file in try swiftFiles(in: ".") + swiftFiles(in: "../Tests/ToolTests") {
      let target = file.path.split(separator: "/").first { $0 != ".." && $0 != "." } ?? ""
      let allowed: Set<String> =
        switch target {
        case "CycleGAN": ["CCodecs", "CKernels"]
        case "CycleGANTraining": ["CTorch"]
        default: []
        }
      let seen = file.imports.intersection(["CCodecs", "CKernels", "CTorch"])
      #expect(seen.isSubset(of: allowed), "\(file.path) imports \(seen.sorted())")
    }
  }

  @Test(arguments: ["cg-prep", "cg-apply", "cg-cycle", "cg-weights"])
  func `a filter needs no trainer`(tool: String) throws {
    for file in try swiftFiles(in: tool) {
      #expect(!file.imports.contains("CycleGANTraining"), "\(file.path) imports the trainer")
    }
  }
}

/// A Swift file, reduced to what layering is about.
private struct SourceFile {
  /// Path below Sources.
  let path: String
  /// Lines without comments and string literals, which may name what they like.
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    let code = text.replacing(#/"(\\.|[^"\\\n])*"|//[^\n]*/#, with: "")
    lines = code.split(separator: "\n")
  }

  var words: Set<String> {
    Set(lines.flatMap { $0.matches(of: #/\w+/#).map { String($0.output) } })
  }

  var imports: Set<String> {
    Set(lines.compactMap { $0.prefixMatch(of: #/[@\w ]*\bimport (\w+)/#).map { String($0.1) } })
  }

  /// Types declared at the top of the file that others can see.
  var types: [String] {
    let declaration =
      #/(?:@\w+ )*(?:public |package |final |indirect )*(?:struct|enum|class|actor|protocol|typealias) (\w+)/#
    return lines.compactMap { $0.prefixMatch(of: declaration).map { String($0.1) } }
  }
}

/// Reads every Swift file below a folder of Sources.
private func swiftFiles(in folder: String) throws -> [SourceFile] {
  let sources = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources").standardizedFileURL
  let root = sources.appending(path: folder).path()
  guard let names = FileManager.default.enumerator(atPath: root) else { return [] }
  return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.map { name in
    let text = try String(contentsOfFile: root + "/" + name, encoding: .utf8)
    return SourceFile(path: "\(folder)/\(name)", text: text)
  }
}

/// Names the types that files declare.
private func declared(in files: [SourceFile]) -> [String] { files.flatMap(\.types) }
