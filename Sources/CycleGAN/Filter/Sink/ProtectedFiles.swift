import Glibc

/// Files that no output may replace: inputs, lists and weights, known by device and inode, so that a
/// link is the same file.
package struct ProtectedFiles: Sendable {
  private var files: [FileIdentity: String] = [:]
  /// Whether outputs may replace anything but each other.
  private let isForced: Bool
  /// Outputs by their names, since most are still to be made.
  private var outputs: Set<FilePath> = []

  /// Nothing is protected but outputs from each other.
  package init() { isForced = true }

  /// Protects what a filter reads.
  ///
  /// - Parameters:
  ///   - selection: What the user asked for.
  ///   - images: What is known of folders and lists.
  ///   - weights: What else every output is made from.
  init(_ selection: InputSelection, images: [FilePath], weights: [FilePath]) {
    isForced = false
    for path in weights { add(path, "the weights file \(path)") }
    for list in selection.lists { add(list.path, "the list \(list.path)") }
    let readsStandardInput = selection.operands.isEmpty && selection.lists.isEmpty
    for path in selection.operands + (readsStandardInput ? [FilePath("-")] : []) + images {
      add(path, "the input \(path)")
    }
  }

  /// Protects files that are read.
  ///
  /// - Parameter inputs: Their paths; `-` is standard input.
  package init(inputs: [FilePath]) {
    isForced = false
    for path in inputs { add(path, "the input \(path)") }
  }

  private mutating func add(_ path: FilePath, _ what: String) {
    let isStandardInput = path == FilePath("-")
    guard
      let identity =
        isStandardInput
        ? FileIdentity(STDIN_FILENO, kind: S_IFREG) : FileIdentity(path, kind: S_IFREG),
      files[identity] == nil
    else { return }
    files[identity] = isStandardInput ? "the file on standard input" : what
  }

  /// Finds what an output would replace.
  ///
  /// - Parameter output: Its path; links are followed.
  /// - Returns: What the file is, such as `the weights file a.bin`; nil where nothing is lost.
  func victim(of output: FilePath) -> String? {
    guard !files.isEmpty else { return nil }
    return FileIdentity(output, kind: S_IFREG).flatMap { files[$0] }
  }

  /// Whether an image's output would replace the file that the image is named after.
  ///
  /// - Parameters:
  ///   - output: Its path.
  ///   - name: The image's name; a frame's file may be known to an earlier filter only.
  /// - Returns: False where nothing is lost.
  func isOwnOutput(_ output: FilePath, of name: FilePath) -> Bool {
    guard !isForced, let file = FileIdentity(output, kind: S_IFREG) else { return false }
    return FileIdentity(name) == file
  }

  /// Refuses an output that would replace a file, and protects it from the next ones.
  ///
  /// - Parameter output: A file to be written; nil for none.
  /// - Throws: `ToolError` naming both.
  package mutating func require(_ output: FilePath?) throws(ToolError) {
    guard let output, output != FilePath("-") else { return }
    if let victim = victim(of: output) {
      throw ToolError(
        .cannotCreate,
        "\(output): this output would replace \(victim); choose another name, or force it with -f")
    }
    let isReplaced = !output.exists || FileIdentity(output, kind: S_IFREG) != nil
    guard !isReplaced || outputs.insert(output).inserted else {
      throw ToolError(
        .cannotCreate, "\(output): two outputs would have this name; choose another name")
    }
    add(output, "the output \(output)")
  }
}
