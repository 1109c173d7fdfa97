import CycleGAN

/// The networks that a run starts from, as the words of `--init-from` name them.
///
///     run/                               gen_AB.bin, gen_BA.bin, disc_A.bin, disc_B.bin
///     checkpoints/zebra/                 latest_net_G_A.pth and its three like, of the official code
///     checkpoints/zebra/50_net_G_A.pth   the four files of that epoch
///     run/checkpoints/00005000.ckpt      all four networks
///     AB=horse2zebra.pth                 one network: AB, BA, A or B
package struct InitialWeights {
  /// The tensors of each network that was found.
  private(set) var networks: [NetworkRole: WeightsFile] = [:]
  /// What each of them is called in messages.
  private var names: [NetworkRole: String] = [:]

  /// Reads everything.
  ///
  /// - Parameter words: As on the command line; later ones replace networks of earlier ones.
  /// - Throws: `TrainingError` if a file is missing, damaged, or does not say which network it is.
  package init(_ words: [String]) throws(TrainingError) {
    for word in words {
      if let (role, path) = Self.assignment(word) {
        try add(path, as: role)
      } else if Folder.isFolder(FilePath(word)) {
        try addFolder(FilePath(word))
      } else {
        try addFile(FilePath(word))
      }
    }
  }

  /// Copies the networks into a model.
  ///
  /// - Parameters:
  ///   - model: The other networks in it keep their random weights.
  ///   - note: Told of each of those.
  /// - Throws: `TrainingError.images` if a network does not fit the model's options, `.outOfMemory` if the
  ///   device has no room for it.
  func load(into model: CycleGANModel, note: (String) -> Void) throws(TrainingError) {
    for role in NetworkRole.allCases {
      guard let network = networks[role] else {
        note("no weights for \(role.rawValue) were given, so it starts from random weights")
        continue
      }
      do {
        try model.load(network, into: role)
      } catch {
        let name = names[role] ?? role.rawValue
        throw TrainingError.shortage(error, name)
          ?? .images("\(name): \(model.options.misfit(network, role, error))")
      }
    }
  }

  /// Sets what the networks are to what the files have.
  ///
  /// - Parameters:
  ///   - options: Gain the architecture of every network that was found.
  ///   - given: Names of options that the user gave, which have to agree with the files.
  /// - Throws: `TrainingError.misfits` with every option that contradicts a file, and every file that
  ///   contradicts another one.
  package func setArchitecture(
    of options: inout ModelOptions, besides given: Set<String>
  ) throws(TrainingError) {
    var points: [String] = []
    var settled: [String: (value: String, file: String)] = [:]
    for role in NetworkRole.allCases {
      guard let network = networks[role], let file = names[role] else { continue }
      let upsampling = given.contains("upsample") ? options.upsampling : nil
      for property in try Self.properties(of: network, role, upsampling, file) {
        if let other = settled[property.name] {
          guard other.value != property.value else { continue }
          points.append(
            "\(file): \(property.name) is \(property.value) there and \(other.value) in "
              + "\(other.file), and must be the same")
          continue
        }
        settled[property.name] = (property.value, file)
        let asked = property.read(options)
        if !given.isDisjoint(with: property.options), asked != property.value {
          points.append(
            "\(file): \(property.name) is \(property.value) there, \(asked) by the options")
        } else {
          property.write(&options)
        }
      }
    }
    guard points.isEmpty else { throw .misfits(points) }
  }

  private static func properties(
    of network: WeightsFile, _ role: NetworkRole, _ upsampling: GeneratorArchitecture.Upsampling?,
    _ file: String
  ) throws(TrainingError) -> [ArchitectureProperty] {
    let recognized: RecognizedNetwork
    do throws(WeightsError) {
      // What the user says decides only where the file does not.
      do throws(WeightsError) { recognized = try RecognizedNetwork(network) } catch {
        guard case .architecture(.ambiguousUpsampling) = error, upsampling != nil else {
          throw error
        }
        recognized = try RecognizedNetwork(network, overrides: .init(upsampling: upsampling))
      }
    } catch {
      throw .images("\(file): \(error.pointsWithHints().joined(separator: "; "))")
    }
    guard recognized.isGenerator == role.isGenerator else {
      throw .images("\(file): this is a \(recognized.kind), not \(role.rawValue)")
    }
    switch recognized {
    case .generator(let found):
      let isForward = role == .generatorAB
      let channels =
        isForward
        ? (\ModelOptions.channelsA, \ModelOptions.channelsB)
        : (\ModelOptions.channelsB, \ModelOptions.channelsA)
      let common: [ArchitectureProperty] = [
        .init("netG", \.generatorKind, found.kind), .init("ngf", \.generatorWidth, found.width),
        .init("norm", \.norm, found.norm),
        .init(isForward ? "input-nc" : "output-nc", channels.0, found.inputChannels),
        .init(isForward ? "output-nc" : "input-nc", channels.1, found.outputChannels),
      ]
      // Of a U-Net nothing tells whether it had dropout, and it fits either way.
      guard case .resnet = found.kind else { return common }
      return common + [
        .init("dropout", \.dropout, found.dropout),
        .init("upsample", \.upsampling, found.upsampling),
      ]
    case .discriminator(let found):
      let isOfA = role == .discriminatorA
      return [
        .init(
          "netD", also: ["n-layers-D"], \.discriminatorKind, found.kind, text: \.words),
        .init("ndf", \.discriminatorWidth, found.width), .init("norm", \.norm, found.norm),
        .init(
          isOfA ? "input-nc" : "output-nc", isOfA ? \.channelsA : \.channelsB,
          found.inputChannels),
      ]
    }
  }

  /// Reads `AB=FILE` and its like.
  private static func assignment(_ word: String) -> (NetworkRole, FilePath)? {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    let role = Direction(rawValue: parts[0])?.generator ?? Domain(rawValue: parts[0])?.discriminator
    return role.map { ($0, FilePath(parts[1])) }
  }

  private mutating func addFolder(_ folder: FilePath) throws(TrainingError) {
    let own = { (role: NetworkRole) in RunDirectory.weights(of: role, in: folder) }
    let official = { (role: NetworkRole) in
      folder.appending("latest_net_\(role.officialName).pth")
    }
    let isOfficial = !own(.generatorAB).exists && official(.generatorAB).exists
    for role in NetworkRole.allCases {
      let path = isOfficial ? official(role) : own(role)
      guard role.isGenerator || path.exists else { continue }
      try add(path, as: role)
    }
  }

  private mutating func addFile(_ path: FilePath) throws(TrainingError) {
    if let role = NetworkRole(officialFile: path) {
      try add(path, as: role)
      return try addNeighbors(of: path, role)
    }
    let file = try Self.read(path)
    for role in file.roles {
      (networks[role], names[role]) = (file.network(role), "\(path)")
    }
    guard file.roles.isEmpty else { return }
    guard let word = file.metadata["role"], let role = NetworkRole(rawValue: word) else {
      try Self.requireNetwork(file, path)
      throw .options(
        "\(path) does not say which network it is; write AB=\(path), or BA, A or B")
    }
    (networks[role], names[role]) = (file, "\(path)")
  }

  /// The other files of the same epoch of the official code.
  private mutating func addNeighbors(
    of path: FilePath, _ role: NetworkRole
  ) throws(TrainingError) {
    let stem = path.lastComponent.stem.bytes.dropLast(role.officialName.utf8.count)
    for other in NetworkRole.allCases where other != role {
      let name = Array(stem) + Array("\(other.officialName).\(path.fileExtension)".utf8)
      let neighbor = path.directory.appending(FilePath(bytes: name))
      if neighbor.exists { try add(neighbor, as: other) }
    }
  }

  private mutating func add(_ path: FilePath, as role: NetworkRole) throws(TrainingError) {
    let file = try Self.read(path)
    (networks[role], names[role]) = (file.network(role) ?? file, "\(path)")
  }

  /// Refuses what is no network, whatever it would be called.
  private static func requireNetwork(
    _ file: WeightsFile, _ path: FilePath
  ) throws(TrainingError) {
    do throws(WeightsError) { _ = try RecognizedNetwork(file) } catch {
      guard case .architecture(let reason) = error, reason.isUnrecognized else { return }
      throw .images("\(path): \(error.pointsWithHints().joined(separator: "; "))")
    }
  }

  private static func read(_ path: FilePath) throws(TrainingError) -> WeightsFile {
    do { return try WeightsFile.read(path) } catch {
      if let shortage = TrainingError.shortage(error, "\(path)") { throw shortage }
      guard case WeightsError.system(let reason) = error else { throw .images("\(path): \(error)") }
      throw .input(
        "\(path): \(reason); initial weights are a run's folder, the official code's, a checkpoint, or "
          + "AB=FILE")
    }
  }
}

/// Something that a weights file says about its network, and where the options say it.
private struct ArchitectureProperty {
  /// The option's name.
  let name: String
  /// All options that say it.
  let options: Set<String>
  /// What the file says.
  let value: String
  /// Reads what the options say.
  let read: (ModelOptions) -> String
  /// Gives the options what the file says.
  let write: (inout ModelOptions) -> Void

  init<Value>(
    _ name: String, also others: Set<String> = [], _ path: WritableKeyPath<ModelOptions, Value>,
    _ value: Value, text: @escaping (Value) -> String = { "\($0)" }
  ) {
    self.name = name
    options = others.union([name])
    self.value = text(value)
    read = { text($0[keyPath: path]) }
    write = { $0[keyPath: path] = value }
  }
}

extension DiscriminatorArchitecture.Kind {
  /// The official options' words.
  fileprivate var words: String {
    switch self {
    case .patch(layers: 3): "basic"
    case .patch(let layers): "n_layers of \(layers) layers"
    case .pixel: "pixel"
    }
  }
}

extension ModelOptions {
  /// Why a network cannot be what the options ask for, in their words where these tell it.
  fileprivate func misfit(_ weights: WeightsFile, _ role: NetworkRole, _ error: Error) -> String {
    guard case WeightsError.differences = error else {
      return (error as? WeightsError)?.pointsWithHints().joined(separator: "; ") ?? "\(error)"
    }
    let found: RecognizedNetwork
    do throws(WeightsError) { found = try RecognizedNetwork(weights) } catch {
      return error.pointsWithHints().joined(separator: "; ")
    }
    guard found.isGenerator == role.isGenerator else {
      return "this is a \(found.kind), not \(role.rawValue)"
    }
    var words = found.metadata
    // Of a U-Net nothing tells whether it had dropout, and it fits either way.
    if words["netG"]?.hasPrefix("unet") ?? false { words["dropout"] = nil }
    let points = metadata(of: role).sorted { $0.key < $1.key }.compactMap { key, value in
      guard let word = words[key], word != value else { return nil as String? }
      return "\(key) is \(word) there, \(value) by the options"
    }
    return points.isEmpty ? "\(error)" : points.joined(separator: "; ")
  }
}
