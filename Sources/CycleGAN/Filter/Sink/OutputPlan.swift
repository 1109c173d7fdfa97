import Glibc

/// Where pictures go, found out and checked before the first one is read.
struct OutputPlan {
  /// Where pictures go.
  let output: any PictureOutput
  /// How many pictures there will be, where that is known.
  let total: Int?

  /// Makes the output that the options ask for.
  ///
  /// - Parameters:
  ///   - options: The options.
  ///   - entries: The inputs; read to their end only if outputs have to be planned.
  ///   - prerequisites: What every output is made from besides its own input.
  /// - Throws: `ToolError` if outputs collide or make no sense.
  init(
    _ options: OutputOptions, _ entries: InputEntries, prerequisites: [FilePath]
  ) throws(ToolError) {
    guard let path = options.output, !options.isStandardOutput else {
      output = try Self.standardOutput(options)
      total = nil
      return
    }
    let freshness = options.freshness(prerequisites)
    let depfile = options.depfile.map { Depfile($0, prerequisites: prerequisites) }
    let files = try entries.collected()
    total = files.contains(.standardInput) ? nil : files.count
    guard !OutputOptions.isFolder(path) else {
      let folder = FolderOutput(
        path, format: options.format?.value, encoding: options.encoding, freshness: freshness,
        depfile: depfile, terminator: options.print0 ? 0 : 0x0A)
      try folder.plan(files.compactMap(\.picture))
      output = folder
      return
    }
    let pictures = files.compactMap(\.picture)
    guard pictures.count <= 1 else {
      throw ToolError(
        .usage,
        "\(path) can hold one picture, and there are \(pictures.count); for a folder write \(path)/"
      )
    }
    output = FileOutput(
      path, format: try options.fileFormat(path), encoding: options.encoding,
      freshness: freshness, depfile: depfile)
  }

  private static func standardOutput(
    _ options: OutputOptions
  ) throws(ToolError) -> any PictureOutput {
    if let format = options.format?.value, format != .npy {
      guard options.isStandardOutput else {
        throw ToolError(.usage, "--format says how pictures are written; it needs -o, perhaps -o -")
      }
      try requireNoTerminal("an image", options.force)
      return EncodedOutput(format: format, encoding: options.encoding)
    }
    try requireNoTerminal("a tensor stream", options.force)
    return StreamOutput(isPlain: options.plain)
  }

  private static func requireNoTerminal(_ what: String, _ force: Bool) throws(ToolError) {
    guard !force, isatty(STDOUT_FILENO) == 1 else { return }
    throw ToolError(
      .usage, "refusing to write \(what) to a terminal; use -o DIR/, redirect it, or -f")
  }
}

extension InputEntry {
  /// The path of what is one picture; nil for a stream.
  var picture: FilePath? {
    guard case .path(let path, let isNamed) = self, !(isNamed && path.isStreamFile) else {
      return nil
    }
    return path
  }
}

extension FilePath {
  /// Whether this is a regular file that begins as a tensor stream does.
  var isStreamFile: Bool {
    var status = stat()
    guard withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return false
    }
    // What cannot be opened now fails with its reason when its turn comes.
    return (try? ByteReader(self).peek(NPY.magic.count)) == NPY.magic
  }
}
