import Foundation
import Testing

/// The order of the folders, held by the compiler: the files of a folder are type-checked together
/// with those of the folders to its left and nothing else, so that a type, a member of an extension
/// or a free function from the right is an error.
@Suite struct LayeringTests {
  /// The folders of a library from left to right; those on one line do not see each other.
  struct Library: Sendable, CustomTestStringConvertible {
    let name: String
    let ranks: [[String]]
    /// C modules that its files import.
    let modules: [String]
    var testDescription: String { name }

    /// Whether this build has what the library imports.
    var isBuilt: Bool { modules.allSatisfy { TypeCheck.hasModuleMap($0) } }
  }

  static let core = Library(
    name: "CycleGAN",
    ranks: [
      ["Bytes"], ["Image"], ["Stream"], ["Architecture"], ["Weights"], ["Runtime"], ["Metrics"],
      ["Filter/Console"], ["Filter/Options"], ["Filter/Source"], ["Filter/Pipeline"],
      ["Filter/Sink"], ["Filter/."],
    ],
    modules: ["CCodecs", "CKernels", "CSystem"])

  static let training = Library(
    name: "CycleGANTraining",
    ranks: [
      ["Tensor"], ["Network"], ["Data"], ["Training"], ["Health", "Validation"], ["Report"],
      ["Run"],
    ],
    modules: ["CCodecs", "CKernels", "CSystem", "CTorch"])

  @Test func `no file of the core uses what a folder on its right declares`() throws {
    try check(Self.core)
  }

  @Test(.enabled(if: training.isBuilt, "this build leaves out the trainer"))
  func `no file of the trainer uses what a folder on its right declares`() throws {
    try check(Self.training)
  }

  private func check(_ library: Library) throws {
    var left: [String] = []
    for rank in library.ranks {
      let files = rank.map { swiftPaths(in: "\(library.name)/\($0)") }
      for (folder, checked) in zip(rank, files) {
        #expect(!checked.isEmpty, "\(library.name)/\(folder) has no Swift files")
        let check = TypeCheck(module: library.name, modules: library.modules)
        let errors = try check.errors(in: checked, with: left)
        #expect(errors.isEmpty, "\(folder) does not compile without the folders on its right")
      }
      left += files.joined()
    }
  }

  @Test func `the check finds a member and a function of a folder on the right`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "layers-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ text: String) throws -> String {
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      return file.path()
    }
    let left = try write("left.swift", "func left() -> Int { 1 }")
    let member = try write("member.swift", "extension Int { func twice() -> Int { 2 * self } }")
    let function = try write("function.swift", "func four() -> Int { left().twice() * 2 }")
    let check = TypeCheck(module: "Layers", modules: [])
    #expect(try check.errors(in: [function], with: [left, member]).isEmpty)
    #expect(try check.errors(in: [function], with: [left]).joined().contains("'twice'"))
    #expect(try check.errors(in: [function], with: [member]).joined().contains("'left'"))
  }

  @Test(arguments: [core, training])
  func `every file is in a folder that the order names`(library: Library) throws {
    let files = swiftPaths(in: library.name)
    #expect(!files.isEmpty)
    let ordered = library.ranks.joined().flatMap { swiftPaths(in: "\(library.name)/\($0)") }
    #expect(ordered.count == Set(ordered).count, "a file is in two folders of the order")
    let others = Set(files).subtracting(ordered)
    #expect(others.isEmpty, "no folder of the order has \(others.sorted())")
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
      let target = file.path.split(separator: "/").first ?? ""
      let allowed: Set<String> =
        switch target {
        case "CycleGAN": ["CCodecs", "CKernels", "CSystem"]
        case "CycleGANTraining": ["CTorch"]
        default: []
        }
      let seen = file.imports.intersection(["CCodecs", "CKernels", "CSystem", "CTorch"])
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

/// Type-checks Swift files with the modules of the build that runs this test.
private struct TypeCheck {
  /// Name of the module that the files belong to.
  let module: String
  /// C modules that they may import.
  let modules: [String]

  /// Folder of the build, which has the running test, `Modules/` and a folder for each C module.
  private static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  private static func moduleMap(_ module: String) -> String {
    build.appending(path: "\(module).build/module.modulemap").path()
  }

  /// Returns whether the build has a C module.
  static func hasModuleMap(_ module: String) -> Bool {
    FileManager.default.fileExists(atPath: moduleMap(module))
  }

  /// SwiftPM's name for the package, which decides what `package` lets a file see.
  private static var package: String {
    let name = sources.deletingLastPathComponent().lastPathComponent.lowercased()
    return String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// Returns what the compiler has against files that see themselves and `others`, a line each.
  func errors(in files: [String], with others: [String]) throws -> [String] {
    let process = Process()
    let messages = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    var arguments = ["swiftc", "-frontend", "-typecheck", "-parse-as-library"]
    arguments += ["-suppress-warnings"]
    arguments += ["-swift-version", "6", "-diagnostic-style", "llvm"]
    arguments += ["-module-name", module, "-package-name", Self.package]
    arguments += ["-I", Self.build.appending(path: "Modules").path()]
    arguments += ["-module-cache-path", Self.build.appending(path: "ModuleCache").path()]
    for module in modules { arguments += ["-Xcc", "-fmodule-map-file=" + Self.moduleMap(module)] }
    for file in files { arguments += ["-primary-file", file] }
    process.arguments = arguments + others
    process.standardInput = FileHandle.nullDevice
    process.standardError = messages
    try process.run()
    let text = String(
      decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let errors = text.split(separator: "\n").filter { $0.contains("error:") }.map(String.init)
    guard process.terminationStatus == 0 || !errors.isEmpty else {
      return ["the compiler ended with \(process.terminationStatus): \(text)"]
    }
    return errors
  }
}

/// A Swift file, reduced to what its imports say.
private struct SourceFile {
  /// Path below Sources, or below the repository's root where it is not a source.
  let path: String
  /// Lines without comments and string literals, which may name what they like.
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    let code = text.replacing(#/"(\\.|[^"\\\n])*"|//[^\n]*/#, with: "")
    lines = code.split(separator: "\n")
  }

  var imports: Set<String> {
    Set(lines.compactMap { $0.prefixMatch(of: #/[@\w ]*\bimport (\w+)/#).map { String($0.1) } })
  }
}

private let sources = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../Sources").standardizedFileURL

/// Paths of every Swift file below a folder of Sources; of the folder alone where it ends in `/.`.
private func swiftPaths(in folder: String) -> [String] {
  let root = sources.appending(path: folder).standardizedFileURL.path()
  guard let names = FileManager.default.enumerator(atPath: root) else { return [] }
  return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
    .filter { !folder.hasSuffix("/.") || !$0.contains("/") }
    .map { URL(filePath: root).appending(path: $0).path() }.sorted()
}

/// Reads every Swift file below a folder of Sources.
private func swiftFiles(in folder: String) throws -> [SourceFile] {
  let depth = sources.pathComponents.count
  return try swiftPaths(in: folder).map { path in
    let isSource = path.hasPrefix(sources.path())
    return SourceFile(
      path: URL(filePath: path).pathComponents.dropFirst(isSource ? depth : depth - 1)
        .joined(separator: "/"),
      text: try String(contentsOfFile: path, encoding: .utf8))
  }
}
