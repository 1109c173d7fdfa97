import Glibc

/// The networks in a folder: a run's, its folder of checkpoints, or one of the official code.
package struct WeightsFolder {
  /// The folder.
  package let path: FilePath
  /// The checkpoint to take instead of files of one network; it is newer, or there are none.
  package let checkpoint: FilePath?
  /// Files of one network each.
  private let networks: [NetworkRole: FilePath]
  /// A generator whose file name does not say its direction.
  private let other: FilePath?

  /// Looks into a folder.
  ///
  /// - Parameter path: Anything; a file gives nil.
  /// - Throws: `SystemError` if a folder cannot be read.
  package init?(_ path: FilePath) throws(SystemError) {
    var status = stat()
    let isThere = path.withCString { stat($0, &status) } == 0
    guard isThere, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    self.path = path
    let names = try path.listed().names.map(\.string)
    let own = Self.ownNames.filter { names.contains($0.value) }.mapValues { path.appending($0) }
    let newest = try Self.newestCheckpoint(below: path, names)
    if let newest, (own[.generatorAB].flatMap(Self.steps) ?? -1) < newest.step {
      (checkpoint, networks, other) = (newest.path, [:], nil)
      return
    }
    checkpoint = nil
    networks = own.isEmpty ? Self.official(names).mapValues { path.appending($0) } : own
    let single = "latest_net_G.pth"
    other = networks.isEmpty && names.contains(single) ? path.appending(single) : nil
  }

  /// Whether no weights were found.
  package var isEmpty: Bool { files.isEmpty }

  /// All files that were found: a checkpoint, or one for each network.
  package var files: [FilePath] {
    if let checkpoint { return [checkpoint] }
    return NetworkRole.allCases.compactMap { networks[$0] } + (other.map { [$0] } ?? [])
  }

  /// The file with a network.
  ///
  /// - Parameter role: Which; nil where the user does not say.
  /// - Returns: Nil if it is not there, or if there are several and no `role`.
  package func file(of role: NetworkRole?) -> FilePath? {
    if let checkpoint { return checkpoint }
    if let role { return networks[role] ?? (role.isGenerator ? other : nil) }
    let generators = networks.filter { $0.key.isGenerator }.map(\.value)
    return generators.isEmpty ? other : generators.count == 1 ? generators[0] : nil
  }

  private static let ownNames: [NetworkRole: String] = [
    .generatorAB: "gen_AB.bin", .generatorBA: "gen_BA.bin", .discriminatorA: "disc_A.bin",
    .discriminatorB: "disc_B.bin",
  ]

  /// The files of the official code's epoch `latest`, or of the newest one.
  private static func official(_ names: [String]) -> [NetworkRole: String] {
    var found: [NetworkRole: String] = [:]
    for role in NetworkRole.allCases {
      let end = "_net_\(role.officialName).pth"
      let epochs = names.filter { $0.hasSuffix(end) }.map { $0.dropLast(end.count) }
      let newest = epochs.compactMap { Int($0) }.max().map { "\($0)" }
      guard let epoch = epochs.contains("latest") ? "latest" : newest else { continue }
      found[role] = epoch + end
    }
    return found
  }

  /// The checkpoint with the highest step, in the folder or in its `checkpoints`.
  private static func newestCheckpoint(
    below path: FilePath, _ names: [String]
  ) throws(SystemError) -> (step: Int, path: FilePath)? {
    func newest(_ folder: FilePath, _ names: [String]) -> (step: Int, path: FilePath)? {
      let end = ".ckpt"
      let found = names.filter { $0.hasSuffix(end) }
        .compactMap { name in Int(name.dropLast(end.count)).map { ($0, name) } }
      return found.max { $0.0 < $1.0 }.map { ($0.0, folder.appending($0.1)) }
    }
    if let here = newest(path, names) { return here }
    guard names.contains("checkpoints") else { return nil }
    let folder = path.appending("checkpoints")
    return newest(folder, try folder.listed().names.map(\.string))
  }

  /// The steps that a file's network was trained for, by its metadata.
  private static func steps(of path: FilePath) -> Int? {
    var steps: Int?
    do {
      _ = try WeightsFile.read(
        from: ByteReader(path),
        check: { outline throws(WeightsError) in
          steps = outline.metadata["steps"].flatMap { Int($0) }
          throw .unrecognized("only the metadata are wanted")
        })
    } catch {
      // What is wrong with the file is said when it is read.
    }
    return steps
  }
}
