import ArgumentParser

/// The architecture of a generator, where its weights file does not say it, and how it runs.
package struct GeneratorOptions: ParsableArguments, Sendable {
  @Option(
    name: .customLong("netG"),
    help: ArgumentHelp("Architecture: resnet_Nblocks or unet_S.", valueName: "word"))
  var kind: GeneratorWord?

  @Option(help: ArgumentHelp("Channels of the first layer.", valueName: "channels"))
  var ngf: Int?

  @Option(help: "Normalization layers.")
  var norm: Word<Norm>?

  @Option(help: ArgumentHelp("Input channels.", valueName: "n"))
  var inputNc: Int?

  @Option(help: ArgumentHelp("Output channels.", valueName: "n"))
  var outputNc: Int?

  @Flag(inversion: .prefixedNo, help: "Whether it has dropout layers.")
  var dropout: Bool?

  @Option(help: "Upsampling layers.")
  var upsample: Word<GeneratorArchitecture.Upsampling>?

  @Option(help: "Arithmetic of the convolutions; bf16 is faster and less exact.")
  var precision = Word(Precision.float32)

  @Flag(
    inversion: .prefixedNo,
    help: "Use the running statistics of batch norms; without, each image's own.")
  var eval = true

  @Flag(help: "Accept NaN and infinite weights.")
  var allowNonfinite = false

  /// Nothing but what the file says.
  package init() {}

  var overrides: ArchitectureOverrides {
    ArchitectureOverrides(
      kind: kind?.kind, width: ngf, norm: norm?.value, dropout: dropout,
      upsampling: upsample?.value, inputChannels: inputNc, outputChannels: outputNc)
  }

  /// The weights file to read where a folder is named.
  ///
  /// - Parameters:
  ///   - path: A file, a run's folder or one of the official code.
  ///   - direction: The generator's; nil where the user does not say.
  /// - Returns: The path itself if it is no folder.
  /// - Throws: `ToolError` if the folder has no such generator, or two and no direction.
  package func file(_ path: FilePath, _ direction: Direction?) throws(ToolError) -> FilePath {
    let folder: WeightsFolder?
    do throws(SystemError) { folder = try WeightsFolder(path) } catch {
      throw ToolError(path, error, .noInput)
    }
    guard let folder else { return path }
    if let file = folder.file(of: direction?.generator) { return file }
    guard !folder.isEmpty else { throw ToolError(.noInput, folder.emptyReason) }
    guard let direction else {
      throw ToolError(
        .usage, "\(path): two generators are in this folder; choose one with --direction AB or BA")
    }
    throw ToolError(.noInput, "\(path): no generator \(direction.rawValue) is in this folder")
  }

  /// Reads a generator.
  ///
  /// - Parameters:
  ///   - path: A weights file, a checkpoint, or a folder with one.
  ///   - direction: What the generator has to be; nil takes a weights file as it is.
  /// - Returns: The generator, ready to run.
  /// - Throws: `ToolError` with every point that is wrong.
  package func generator(
    _ path: FilePath, direction: Direction? = nil
  ) throws(ToolError) -> Generator {
    try requirePrecision()
    let path = try file(path, direction)
    return try naming(path) { try generator(try WeightsFile.read(path).generator(direction)) }
  }

  /// Reads the two generators of a cycle, which have to be each other's opposite.
  ///
  /// - Parameters:
  ///   - path: The first generator: a weights file, a checkpoint, or a folder with one.
  ///   - back: The second one.
  ///   - direction: The first generator's; nil takes what the files say, and of checkpoints AB first.
  /// - Returns: Both, ready to run.
  /// - Throws: `ToolError` with every point that is wrong, such as the same generator twice.
  package func generators(
    _ path: FilePath, back: FilePath, from direction: Direction?
  ) throws(ToolError) -> (Generator, Generator) {
    try requirePrecision()
    let path = try self.file(path, direction ?? .AB)
    let back = try self.file(back, (direction ?? .AB).opposite)
    let (file, other) = (
      try naming(path) { try WeightsFile.read(path) },
      try naming(back) {
        try WeightsFile.read(back)
      }
    )
    let forward =
      direction ?? file.ownDirection ?? (file.roles.isEmpty ? nil : .AB)
      ?? other.ownDirection?.opposite ?? (other.roles.isEmpty ? nil : .AB)
    let first = try naming(path) { try file.generator(forward) }
    let second = try naming(back) {
      if let forward, let own = other.ownDirection, own == forward {
        throw WeightsError.unrecognized(
          "this generator's direction is \(own.rawValue); -W needs \(forward.opposite.rawValue)")
      }
      let second = try other.generator(forward?.opposite)
      guard first.tensors != second.tensors else {
        throw WeightsError.unrecognized(
          "this is the generator of -w; -W needs the one for the other direction")
      }
      return second
    }
    return (try naming(path) { try generator(first) }, try naming(back) { try generator(second) })
  }

  /// Reads both generators of a checkpoint.
  ///
  /// - Parameters:
  ///   - path: A checkpoint, or a folder with both generators.
  ///   - direction: The first generator's.
  /// - Returns: That generator and the other one, ready to run.
  /// - Throws: `ToolError` with every point that is wrong.
  package func generators(
    ofCheckpoint path: FilePath, from direction: Direction
  ) throws(ToolError) -> (Generator, Generator) {
    try requirePrecision()
    let back = direction.opposite
    let paths = (try self.file(path, direction), try self.file(path, back))
    guard paths.0 == paths.1 else {
      return (
        try generator(paths.0, direction: direction), try generator(paths.1, direction: back)
      )
    }
    let path = paths.0
    let file = try naming(path) { try WeightsFile.read(path) }
    guard !file.roles.isEmpty else {
      throw ToolError(
        .usage,
        "\(path): the generator of the way back is missing, name its file with -W; only a checkpoint or a "
          + "run's folder has both")
    }
    return try naming(path) {
      (
        try generator(try file.generator(direction)),
        try generator(try file.generator(back))
      )
    }
  }

  private func requirePrecision() throws(ToolError) {
    guard precision.value.isAvailable else {
      throw ToolError(
        .unavailable,
        "--precision bf16: this processor has no bfloat16 arithmetic (AVX512-BF16), "
          + "leave the option out")
    }
  }

  private func generator(_ weights: WeightsFile) throws -> Generator {
    let architecture = try GeneratorArchitecture(inferringFrom: weights, overrides: overrides)
    let fitted = try weights.fitted(to: architecture.network, allowNonfinite: allowNonfinite)
    return try Generator(
      fitted, architecture: architecture, precision: precision.value, usesRunningStatistics: eval)
  }

  /// Says which file it was, and with which status the tool ends.
  private func naming<Result>(
    _ path: FilePath, _ body: () throws -> Result
  ) throws(ToolError) -> Result {
    do { return try body() } catch let error as WeightsError {
      throw ToolError(
        error.status,
        lines: error.pointsWithHints(allowNonfinite: true).map { "\(path): \($0)" })
    } catch GeneratorError.outOfMemory {
      throw ToolError(
        .outOfMemory,
        "\(path): not enough memory for these weights; free memory, or raise its limit (ulimit -v)")
    } catch {
      throw ToolError(.internalError, "\(path): \(error); please report this")
    }
  }
}

extension Direction {
  /// The way back.
  fileprivate var opposite: Direction { self == .AB ? .BA : .AB }
}

extension WeightsFolder {
  /// What a folder of weights would have had in it.
  package var emptyReason: String {
    "\(path): no weights are in this folder, neither gen_AB.bin and gen_BA.bin nor checkpoints of a run, "
      + "nor latest_net_G_A.pth and its like of the official code"
  }
}

extension WeightsFile {
  /// What the metadata of a single generator say; nil where they say nothing.
  fileprivate var ownDirection: Direction? {
    roles.isEmpty ? metadata["direction"].flatMap { Direction(rawValue: $0) } : nil
  }

  /// Takes out the generator for a direction.
  ///
  /// - Parameter direction: Of a checkpoint's two; nil where the file has only one.
  /// - Returns: Its weights.
  /// - Throws: `WeightsError.unrecognized` if it is not there.
  fileprivate func generator(_ direction: Direction?) throws(WeightsError) -> WeightsFile {
    guard let direction else { return self }
    if let network = network(direction.generator) { return network }
    guard roles.isEmpty else {
      throw .unrecognized("this checkpoint has no \(direction.generator.rawValue)")
    }
    if let own = metadata["direction"], own != direction.rawValue {
      throw .unrecognized("this generator's direction is \(own), not \(direction.rawValue)")
    }
    return self
  }
}

/// The official `--netG`.
package struct GeneratorWord: ExpressibleByArgument, Sendable {
  /// What the word stands for.
  package let kind: GeneratorArchitecture.Kind

  /// Takes a kind.
  ///
  /// - Parameter kind: What the word stands for.
  package init(_ kind: GeneratorArchitecture.Kind) { self.kind = kind }

  /// Reads the official word.
  ///
  /// - Parameter argument: `resnet_Nblocks` or `unet_S`.
  package init?(argument: String) {
    guard let kind = GeneratorArchitecture.Kind(argument) else { return nil }
    self.kind = kind
  }

  /// The word, for help.
  package var defaultValueDescription: String { kind.description }

  /// Those of the official code.
  package static var defaultCompletionKind: CompletionKind {
    .list(["resnet_9blocks", "resnet_6blocks", "unet_128", "unet_256"])
  }
}
