import ArgumentParser
import CycleGAN

/// Shows what files contain.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what weights files and checkpoints contain.",
    discussion: """
      cg-weights show gen_AB.bin
      cg-weights show run/*.bin | grep -E 'netG|steps'
      cg-weights show --verbose gen_AB.bin | grep conv_block
      cg-weights show --json run/*.bin | jq -r '[.file, .netG, .metadata.steps] | @tsv'

      Architectures are printed as values of the official options (netG, ngf, norm, ...).
      """)

  @Flag(name: .shortAndLong, help: "List every tensor: type, shape, minimum, maximum, mean.")
  var verbose = false

  @Flag(help: "Print one JSON object per file, on a line each.")
  var json = false

  @Option(help: NetworkChoice.entryHelp)
  var entry: String?

  @OptionGroup var operands: Operands

  func run() throws {
    var isFirst = true
    try operands.forEach { path throws(ToolError) in
      let file = try ReadFile(path, entry: entry)
      guard !json else {
        try StandardOutput.write(file.json(verbose: verbose).text + "\n")
        return
      }
      let listing = Listing(file, verbose: verbose)
      try StandardOutput.write((isFirst ? "" : "\n") + listing.text)
      isFirst = false
    }
  }
}

/// What `show` prints about one file without `--json`.
private struct Listing {
  /// Lines: the file's name, then pairs of a key and its value.
  private(set) var text: String

  /// Describes a file.
  ///
  /// - Parameters:
  ///   - file: As it was read.
  ///   - verbose: Whether every tensor gets a line.
  init(_ file: ReadFile, verbose: Bool) {
    text = file.name + "\n"
    let weights = file.weights
    if !weights.roles.isEmpty {
      describeCheckpoint(weights)
    } else if !weights.networks.isEmpty {
      describeSeveral(weights)
    } else {
      let summary = NetworkSummary(weights)
      describe(summary, weights, indent: "  ")
      add(summary.metadata, "  ")
    }
    add(
      [
        ("container", weights.container.rawValue), ("bytes", String(file.byteCount)),
        ("checksum", file.checksumText),
        ("crc32", "\(hexadecimal(file.crc32)), of the whole file as it is"),
      ], "  ")
    if verbose { text += "\n" + TensorTable(weights).text }
  }

  /// A whole training run's state.
  private mutating func describeCheckpoint(_ weights: WeightsFile) {
    add([("kind", "checkpoint of a training run")], "  ")
    add(
      weights.metadata.filter { !$0.key.contains("/") }.sorted { $0.key < $1.key }
        .map { ($0.key, $0.value) }, "  ")
    let numbers = weights.besides.reduce(0) { $0 + $1.elements.count }
    add(
      [
        ("besides", "\(weights.besides.count) tensors of \(numbers) elements: optimizers, pools")
      ], "  ")
    add(Self.finiteness(WeightsFile.nonfinitePoints(weights.besides)), "  ")
    for role in weights.roles {
      text += "  \(role.rawValue)\n"
      weights.network(role).map { describe(NetworkSummary($0), $0, indent: "    ") }
    }
  }

  /// What another program keeps together.
  private mutating func describeSeveral(_ weights: WeightsFile) {
    let networks = weights.networks
    add([("kind", "\(networks.count) networks; --entry NAME takes one")], "  ")
    add(weights.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, "  ")
    for (name, network) in networks {
      text += "  \(escaped(Array(name.utf8)))\n"
      describe(NetworkSummary(network), network, indent: "    ")
    }
  }

  /// One network.
  private mutating func describe(
    _ summary: NetworkSummary, _ weights: WeightsFile, indent: String
  ) {
    let identity = weights.identity.map {
      $0.key == "domain" ? ", judges \($0.value)" : ", \($0.value)"
    }
    add([("kind", (summary.kind ?? "unknown") + (identity ?? ""))], indent)
    add(summary.problems.map { ("problem", $0) }, indent, isSafe: true)
    add(summary.words, indent)
    add(summary.parameterCount.map { [("parameters", String($0))] } ?? [], indent)
    let types = summary.tensors.types.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    add([("tensors", "\(summary.tensors.count) (\(types))")], indent)
    add(Self.finiteness(summary.notFinite), indent, isSafe: true)
  }

  private static func finiteness(_ points: [String]) -> [(String, String)] {
    points.isEmpty ? [("values", "all finite")] : points.map { ("not finite", $0) }
  }

  /// Adds lines.
  ///
  /// - Parameters:
  ///   - pairs: Keys and values.
  ///   - indent: Blanks in front.
  ///   - isSafe: Whether keys and values are safe to print already.
  private mutating func add(_ pairs: [(String, String)], _ indent: String, isSafe: Bool = false) {
    for (key, value) in pairs {
      let (key, value) =
        isSafe ? (key, value) : (escaped(Array(key.utf8)), escaped(Array(value.utf8)))
      let blanks = String(repeating: " ", count: max(1, 14 - key.count))
      text += indent + key + blanks + value + "\n"
    }
  }
}

extension ReadFile {
  /// Which checksums the file has.
  fileprivate var checksumText: String {
    if let checksum = weights.checksum {
      return "\(hexadecimal(checksum)), stored in the file and right"
    }
    return weights.isChecked ? "one for each tensor, all right" : "none stored"
  }
}

/// What `show` prints about one network, with or without `--json`.
private struct NetworkSummary {
  /// Generator, discriminator, or nil where it is neither.
  let kind: String?
  /// The architecture in the official options' words.
  let words: [(key: String, value: String)]
  /// Number of trainable parameters.
  let parameterCount: Int?
  /// Why the architecture is unknown.
  let problems: [String]
  /// Metadata that are not in `words`.
  let metadata: [(key: String, value: String)]
  /// How many tensors there are, and how many of each type, the commonest first.
  let tensors: (count: Int, types: [(word: String, count: Int)])
  /// Tensors with NaN or infinity.
  let notFinite: [String]

  /// Summarizes a network.
  ///
  /// - Parameter weights: Its tensors.
  init(_ weights: WeightsFile) {
    do throws(WeightsError) {
      let network = try RecognizedNetwork(weights)
      (kind, words) = (network.kind, Self.words(network, weights))
      (parameterCount, problems) = (network.description.parameterCount, [])
    } catch {
      (kind, words, parameterCount, problems) = (nil, [], nil, error.pointsWithHints())
    }
    metadata = weights.metadata.filter { !Self.printed.contains($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    tensors = (weights.tensors.count, Self.types(weights))
    notFinite = WeightsFile.nonfinitePoints(weights.tensors)
  }

  /// The official options, in the order of the output.
  private static let order = [
    "netG", "ngf", "netD", "n_layers_D", "ndf", "norm", "dropout", "upsample", "input_nc",
    "output_nc",
  ]
  private static let printed = Set(order + ["role", "direction", "domain"])

  private static func words(
    _ network: RecognizedNetwork, _ weights: WeightsFile
  ) -> [(key: String, value: String)] {
    var words = network.metadata
    if case .generator(let architecture) = network, case .unet = architecture.kind,
      weights.metadata["dropout"] == nil
    {
      words["dropout"] = "unknown, which makes no difference to cg-apply"
    }
    return order.compactMap { key in words[key].map { (key, $0) } }
  }

  private static func types(_ weights: WeightsFile) -> [(word: String, count: Int)] {
    Dictionary(grouping: weights.tensors) { weights.type(of: $0) }
      .map { ($0.key, $0.value.count) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}

extension WeightsFile {
  /// The type of a tensor's elements in the file.
  fileprivate func type(of tensor: NamedTensor) -> String {
    storedTypes[tensor.name] ?? tensor.elements.typeName
  }
}

/// The tensors of a file in a table: name, type, shape, minimum, maximum and mean.
private struct TensorTable {
  /// A heading and a line for each tensor, in aligned columns.
  let text: String

  /// Lists tensors in the file's order.
  ///
  /// - Parameter weights: What was read.
  init(_ weights: WeightsFile) {
    var rows = [["tensor", "type", "shape", "min", "max", "mean"]]
    rows += weights.tensors.map { tensor in
      let shape = tensor.shape.map { String($0) }.joined(separator: "x")
      return [
        tensor.printableName, weights.type(of: tensor), shape.isEmpty ? "-" : shape,
      ] + Self.statistics(tensor)
    }
    text = Columns(rows).lines.map { "  \($0)\n" }.joined()
  }

  private static func statistics(_ tensor: NamedTensor) -> [String] {
    let statistics = TensorStatistics(tensor)
    return [statistics.minimum, statistics.maximum, statistics.mean].map { value in
      switch value {
      case .integer(let integer): "\(integer)"
      case .number(let number): "\(Float(number))"
      default: "-"
      }
    }
  }
}

/// Minimum, maximum and mean of the finite elements; null where there are none.
private struct TensorStatistics {
  private(set) var minimum = JSON.null
  private(set) var maximum = JSON.null
  private(set) var mean = JSON.null

  /// Computes them.
  ///
  /// - Parameter tensor: Of any type.
  init(_ tensor: NamedTensor) {
    switch tensor.elements {
    case .float32(let values): values.withUnsafeBufferPointer { add(floats: $0) }
    case .int64(let integers): integers.withUnsafeBufferPointer { add(integers: $0) }
    case .uint8(let bytes): bytes.withUnsafeBufferPointer { add(integers: $0) }
    }
  }

  private mutating func add(integers: UnsafeBufferPointer<some FixedWidthInteger>) {
    guard let minimum = integers.min(), let maximum = integers.max() else { return }
    (self.minimum, self.maximum) = (.integer(Int(minimum)), .integer(Int(maximum)))
    mean = .number(integers.reduce(0.0) { $0 + Double($1) } / Double(integers.count))
  }

  private mutating func add(floats: UnsafeBufferPointer<Float>) {
    var (minimum, maximum, sum, count) = (Float.infinity, -Float.infinity, 0.0, 0)
    for value in floats where value.isFinite {
      (minimum, maximum) = (min(minimum, value), max(maximum, value))
      sum += Double(value)
      count += 1
    }
    guard count > 0 else { return }
    (self.minimum, self.maximum) = (.number(Double(minimum)), .number(Double(maximum)))
    mean = .number(sum / Double(count))
  }
}

extension ReadFile {
  /// What `show --json` prints about a file: an object on a line.
  ///
  /// - Parameter verbose: Whether every tensor is listed.
  /// - Returns: Members that are not known are left out.
  fileprivate func json(verbose: Bool) -> JSON {
    var members: [(String, JSON)] = [
      ("file", .string(name)), ("container", .string(weights.container.rawValue)),
      ("bytes", .integer(byteCount)), ("crc32", .string(hexadecimal(crc32))),
      ("checked", .bool(weights.isChecked)),
    ]
    if !weights.roles.isEmpty {
      members += checkpointMembers
    } else if !weights.networks.isEmpty {
      let networks = weights.networks.map {
        ($0.name, JSON.object(NetworkSummary($0.weights).members))
      }
      members += [("kind", .string("networks")), ("networks", .object(networks))]
    } else {
      members += NetworkSummary(weights).members
      members += weights.identity.map { [($0.key, .string($0.value))] } ?? []
    }
    if verbose {
      members.append(
        ("tensors", .array(weights.tensors.map { $0.json(type: weights.type(of: $0)) })))
    }
    return .object(members)
  }

  private var checkpointMembers: [(String, JSON)] {
    let metadata = weights.metadata.filter { !$0.key.contains("/") }.sorted { $0.key < $1.key }
    let networks = weights.roles.map { role in
      (role.rawValue, JSON.object(weights.network(role).map { NetworkSummary($0).members } ?? []))
    }
    return [
      ("kind", .string("checkpoint")),
      ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
      ("networks", .object(networks)), ("besides", .integer(weights.besides.count)),
    ]
  }
}

extension NetworkSummary {
  /// Members of JSON; numbers as numbers where the official option takes one.
  fileprivate var members: [(String, JSON)] {
    var members: [(String, JSON)] = [("kind", kind.map { .string($0) } ?? .null)]
    members += words.map { key, value in
      (key, Int(value).map { .integer($0) } ?? Bool(value).map { .bool($0) } ?? .string(value))
    }
    if let parameterCount { members.append(("parameters", .integer(parameterCount))) }
    members += [
      ("count", .integer(tensors.count)),
      ("types", .object(tensors.types.map { ($0.word, .integer($0.count)) })),
      ("finite", .bool(notFinite.isEmpty)),
      ("problems", .array((problems + notFinite).map { .string($0) })),
      ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
    ]
    return members
  }
}

extension NamedTensor {
  /// A tensor's line in a table, as an object.
  fileprivate func json(type: String) -> JSON {
    let statistics = TensorStatistics(self)
    return .object([
      ("name", .string(name)), ("type", .string(type)),
      ("shape", .array(shape.map { .integer($0) })),
      ("min", statistics.minimum), ("max", statistics.maximum), ("mean", statistics.mean),
    ])
  }
}
