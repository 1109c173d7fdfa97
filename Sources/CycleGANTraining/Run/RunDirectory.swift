import CycleGAN
import Glibc

/// The folder of one run, locked for as long as this lives.
package final class RunDirectory {
  /// Its path.
  package let path: FilePath
  private let lock: RunLock
  /// Folders that this process made, the run's first; a start that fails removes them again.
  private let made: [FilePath]
  /// Whether there was nothing in the folder before.
  private let wasEmpty: Bool

  /// Opens a run's folder, making it where it is missing, locks it, and removes what a killed process
  /// left half written.
  ///
  /// - Parameter path: The folder.
  /// - Throws: `TrainingError.locked` naming who trains there, or `.cannotCreate`, also where the folder
  ///   has files and no run.
  package init(_ path: FilePath) throws(TrainingError) {
    self.path = path
    let made = Self.missingFolders(path)
    self.made = made
    do throws(TrainingError) {
      try Self.makeFolder(path)
      wasEmpty = try Self.requireOwn(path)
      lock = try RunLock(path)
    } catch {
      for folder in made { _ = folder.withCString { rmdir($0) } }
      throw error
    }
    for folder in [checkpoints, samples] { try Self.makeFolder(folder) }
    for folder in [path, checkpoints, samples, best] where Folder.isFolder(folder) {
      AtomicFile.removeLeftovers(in: folder)
      for name in try Self.names(in: folder) where Self.isLeftover(name) {
        _ = folder.appending(name).withCString { unlink($0) }
      }
    }
  }

  deinit {
    // What cannot be listed may be of value.
    guard wasEmpty, let steps = try? checkpointSteps(), steps.isEmpty, !best.exists else { return }
    for name in Self.beginnings { _ = path.appending(name).withCString { unlink($0) } }
    for folder in [checkpoints, samples] + made { _ = folder.withCString { rmdir($0) } }
  }

  /// The files that a run has before its first checkpoint; none is of value without one.
  private static let beginnings =
    RunTables.names.map { $0 + ".tsv" }
    + ["config.json", "index.html", TimingLog.name, TensorBoardLog.name, RunLock.name]

  /// A folder and those it lies in, as far as they are missing, the innermost first.
  private static func missingFolders(_ path: FilePath) -> [FilePath] {
    var (missing, folder): ([FilePath], FilePath) = ([], path)
    while !folder.exists, folder.directory != folder {
      missing.append(folder)
      folder = folder.directory
    }
    return missing
  }

  /// Refuses a folder with files that are not a run's.
  ///
  /// - Parameter path: A folder.
  /// - Returns: Whether it is empty.
  /// - Throws: `TrainingError.cannotCreate` naming one of the files.
  private static func requireOwn(_ path: FilePath) throws(TrainingError) -> Bool {
    let found = try names(in: path).filter { $0 != "lost+found" }
    guard !found.isEmpty else { return true }
    let networks = NetworkRole.allCases.flatMap { role in
      [weights(of: role, in: path), emaWeights(of: role, in: path)].map(\.lastComponent.string)
    }
    let own = Set(beginnings + networks + ["checkpoints", "samples", "best"])
    guard !isRun(path),
      let other = found.sorted().first(where: { !own.contains($0) && !isLeftover($0) })
    else { return false }
    throw .cannotCreate(
      "\(path.appending(other)) is there, and no run; a run needs a new or empty folder, or its own"
    )
  }

  /// Whether a folder holds a run that has begun.
  ///
  /// - Parameter path: Anything.
  /// - Returns: True where there is a checkpoint beside config.json, damaged ones included.
  package static func isRun(_ path: FilePath) -> Bool {
    guard path.appending("config.json").exists || path.appending(RunLock.name).exists else {
      return false
    }
    // What cannot be listed is no run that could be resumed.
    let names = (try? names(in: path.appending("checkpoints"))) ?? []
    return names.contains { $0.contains(/^\d{8,}\.ckpt/) }
  }

  private var config: FilePath { path.appending("config.json") }
  private var checkpoints: FilePath { path.appending("checkpoints") }
  private var samples: FilePath { path.appending("samples") }
  /// Where the generators of the best epoch are kept.
  var best: FilePath { path.appending("best") }

  func checkpoint(step: Int) -> FilePath {
    checkpoints.appending(padded(step, to: 8) + ".ckpt")
  }

  func sample(step: Int) -> FilePath {
    samples.appending(padded(step, to: 8) + ".png")
  }

  /// The file of a network.
  ///
  /// - Parameters:
  ///   - role: Which network.
  ///   - path: A run's folder.
  /// - Returns: `gen_AB.bin` and its like.
  package static func weights(of role: NetworkRole, in path: FilePath) -> FilePath {
    switch role {
    case .generatorAB: path.appending("gen_AB.bin")
    case .generatorBA: path.appending("gen_BA.bin")
    case .discriminatorA: path.appending("disc_A.bin")
    case .discriminatorB: path.appending("disc_B.bin")
    }
  }

  /// The file of the EMA of a generator.
  ///
  /// - Parameters:
  ///   - role: Which generator.
  ///   - path: A run's folder.
  /// - Returns: `gen_AB_ema.bin` or `gen_BA_ema.bin`.
  package static func emaWeights(of role: NetworkRole, in path: FilePath) -> FilePath {
    path.appending(role == .generatorAB ? "gen_AB_ema.bin" : "gen_BA_ema.bin")
  }

  /// Steps that have a checkpoint, newest first.
  func checkpointSteps() throws(TrainingError) -> [Int] {
    try Self.steps(in: checkpoints, suffix: ".ckpt")
  }

  /// Steps that have a sample grid, newest first.
  func sampleSteps() throws(TrainingError) -> [Int] {
    try Self.steps(in: samples, suffix: ".png")
  }

  private static func steps(in folder: FilePath, suffix: String) throws(TrainingError) -> [Int] {
    try names(in: folder).filter { $0.hasSuffix(suffix) }
      .compactMap { Int($0.dropLast(suffix.count)) }.filter { $0 >= 0 }.sorted(by: >)
  }

  /// The seed that the run in this folder was started with.
  ///
  /// - Returns: Nil where no run began.
  package func recordedSeed() -> UInt64? {
    // What is wrong with either file is reported when the run is resumed from its checkpoint.
    let configuration =
      (try? JSON(parsing: ByteReader(config).readAll(limit: 1 << 20)))
      ?? (try? Checkpoint.firstReadable(in: self, warn: { _ in }))?.checkpoint?.configuration
    return configuration?["options"]?["seed"]?.string.flatMap { UInt64($0) }
  }

  /// Whether a file is one of ours that was not finished: `.NAME.….tmp`.
  private static func isLeftover(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(".tmp") else { return false }
    let own = ["config.json", "index.html", "gen_", "disc_"]
    let rest = name.dropFirst()
    return own.contains(where: rest.hasPrefix)
      || rest.contains(/^\d{8,}\.(ckpt|png)\./)
  }

  /// A file that a run would overwrite, although it belongs to another run or to the user.
  ///
  /// A run that was killed before its first checkpoint leaves nothing but tables without rows.
  ///
  /// - Returns: Nil where a run may begin.
  func remains() -> FilePath? {
    let weights = NetworkRole.allCases.map { Self.weights(of: $0, in: path) }
    let reports = ["index.html", TimingLog.name, TensorBoardLog.name].map { path.appending($0) }
    return ([config] + weights + reports + [best]).first(where: \.exists)
      ?? RunTables.withRows(in: path)
  }

  /// Writes config.json as this process understands it; the checkpoints carry their own.
  func write(_ configuration: RunConfiguration) throws(TrainingError) {
    do {
      try AtomicFile.write(configuration.text, to: config, synchronized: true)
    } catch {
      throw .writing(config, error)
    }
  }

  /// Makes the folder of the best generators.
  func makeBest() throws(TrainingError) { try Self.makeFolder(best) }

  /// Waits until the disk has the names of the files in a folder.
  static func synchronize(_ path: FilePath) throws(TrainingError) {
    do { try AtomicFile.synchronize(path) } catch { throw .writing(path, error) }
  }

  private static func makeFolder(_ folder: FilePath) throws(TrainingError) {
    do throws(ToolError) { try OutputFolder.make(folder) } catch {
      throw error.status == .inputOutput
        ? .system(error.description) : .cannotCreate(error.description)
    }
  }

  private static func names(in folder: FilePath) throws(TrainingError) -> [String] {
    do throws(SystemError) { return try folder.listed().names.map(\.string) } catch {
      throw .system("\(folder): \(error)")
    }
  }
}

/// Locks a run's folder against a second trainer; the kernel releases the lock when the process ends.
private final class RunLock {
  /// The file's name.
  static let name = ".lock"

  private let descriptor: Int32

  /// Locks a folder.
  ///
  /// - Parameter directory: A folder that exists.
  /// - Throws: `TrainingError.locked` naming who holds it, or `.cannotCreate`.
  init(_ directory: FilePath) throws(TrainingError) {
    let file = directory.appending(Self.name)
    descriptor = file.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .writing(file, .current) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // deinit closes the file: it runs where an initializer throws after all properties are set.
      let error = SystemError.current
      let holder = holder()
      guard error.code == EWOULDBLOCK else { throw .writing(file, error) }
      throw .locked("\(directory): another cg-train is at work here, \(holder)")
    }
    // A start that failed may have removed the file between the two calls.
    var (locked, named) = (stat(), stat())
    guard fstat(descriptor, &locked) == 0, file.withCString({ stat($0, &named) }) == 0,
      locked.st_ino == named.st_ino
    else { throw .locked("\(directory): another cg-train was at work here; try again") }
    // Nothing depends on the text: a full disk shows when the first checkpoint is written.
    let text = Array(Self.introduction.utf8)
    if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, text, text.count) }
  }

  deinit { close(descriptor) }

  /// Reads who has the lock, who may only just have got it and not have written yet.
  private func holder() -> String {
    do {
      var text: [UInt8] = []
      for _ in 0..<20 where text.isEmpty {
        usleep(50_000)
        text = Array(try ByteReader(descriptor: descriptor).readAll(limit: 200))
      }
      return escaped(text.filter { $0 != UInt8(ascii: "\n") })
    } catch {
      return "its name cannot be read: \(error)"
    }
  }

  /// Who this is and since when: `process 123 on host since 2026-11-24T17:08:22Z`.
  private static var introduction: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "process \(getpid()) on \(host) since \(universalTime("%Y-%m-%dT%H:%M:%SZ"))\n"
  }
}
