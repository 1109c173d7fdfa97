import Foundation

/// A folder of its own in which bash runs commands, with the built tools first on the PATH.
final class Shell {
  /// What a command left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Where the commands run; removed at the end.
  let folder: URL

  /// The folder of the built executables, which is the one of the running test.
  static let tools = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path()

  /// The repository's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardizedFileURL.path()

  /// Whether a command is on the PATH or beside the tools.
  static func has(_ command: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return (path.split(separator: ":").map(String.init) + [tools]).contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(command)")
    }
  }

  /// Whether this build has cg-train.
  static var hasTrainer: Bool { has("cg-train") }

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "cyclegan-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs one command line; both streams go to files, so that no pipe can fill up.
  ///
  /// Signals do what they do in a new shell, whatever the test runner does with them. What takes longer
  /// than `seconds` hangs: it is killed with all its children, and the status is 124.
  func callAsFunction(_ command: String, seconds: Int = 300) throws -> Outcome {
    let streams = try FileManager.default.url(
      for: .itemReplacementDirectory, in: .userDomainMask, appropriateFor: folder, create: true)
    defer { try? FileManager.default.removeItem(at: streams) }
    let files = ["output", "errors"].map { streams.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    let process = process(
      command, with: ["--default-signal", "timeout", "--kill-after=2", "\(seconds)"])
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self))
  }

  /// Prepares one command line, to be run in the folder without standard input.
  ///
  /// - Parameters:
  ///   - command: Of bash.
  ///   - prefix: Options and a command of env.
  /// - Returns: What is left is to say where its output goes, and to run it.
  func process(_ command: String, with prefix: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = prefix + ["/bin/bash", "-eu", "-o", "pipefail", "-c", command]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(Self.tools):\(environment["PATH"] ?? "/usr/bin:/bin")"
    environment["MAKEFLAGS"] = nil
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Paths of the files below a folder, sorted.
  func files(in name: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.appending(path: name).path())
    return (names?.compactMap { $0 as? String } ?? []).sorted().filter { path in
      var isFolder: ObjCBool = false
      let whole = folder.appending(path: name).appending(path: path).path()
      return FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder)
        && !isFolder.boolValue
    }
  }

  /// Bytes of a file.
  func bytes(of name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
}
