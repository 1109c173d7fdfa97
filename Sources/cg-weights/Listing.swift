import CycleGAN

/// What `show` prints about one file, for people.
struct Listing {
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
      tell(summary.metadata, "  ")
    }
    tell(
      [
        ("container", weights.container.rawValue), ("bytes", String(file.byteCount)),
        ("checksum", file.checksumText),
        ("crc32", "\(hexadecimal(file.crc32)), of the whole file as it is"),
      ], "  ")
    if verbose { text += "\n" + TensorTable(weights).text }
  }

  /// A whole training run's state.
  private mutating func describeCheckpoint(_ weights: WeightsFile) {
    tell([("kind", "checkpoint of a training run")], "  ")
    tell(
      weights.metadata.filter { !$0.key.contains("/") }.sorted { $0.key < $1.key }
        .map { ($0.key, $0.value) }, "  ")
    let numbers = weights.besides.reduce(0) { $0 + $1.elements.count }
    tell(
      [
        ("besides", "\(weights.besides.count) tensors of \(numbers) elements: optimizers, pools")
      ], "  ")
    tell(Self.finiteness(NetworkSummary.notFinite(weights.besides)), "  ")
    for role in weights.roles {
      text += "  \(role.rawValue)\n"
      weights.network(role).map { describe(NetworkSummary($0), $0, indent: "    ") }
    }
  }

  /// What another program keeps together.
  private mutating func describeSeveral(_ weights: WeightsFile) {
    let networks = weights.networks
    tell([("kind", "\(networks.count) networks; --entry NAME takes one")], "  ")
    tell(weights.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, "  ")
    for (name, network) in networks {
      text += "  \(escaped(Array(name.utf8)))\n"
      describe(NetworkSummary(network), network, indent: "    ")
    }
  }

  /// One network.
  private mutating func describe(
    _ summary: NetworkSummary, _ weights: WeightsFile, indent: String
  ) {
    let place = weights.place.map { $0.key == "domain" ? ", judges \($0.value)" : ", \($0.value)" }
    tell([("kind", (summary.kind ?? "unknown") + (place ?? ""))], indent)
    tell(summary.problems.map { ("problem", $0) }, indent, isSafe: true)
    tell(summary.words, indent)
    tell(summary.parameterCount.map { [("parameters", String($0))] } ?? [], indent)
    let types = summary.tensors.types.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    tell([("tensors", "\(summary.tensors.count) (\(types))")], indent)
    tell(Self.finiteness(summary.notFinite), indent, isSafe: true)
  }

  private static func finiteness(_ points: [String]) -> [(String, String)] {
    points.isEmpty ? [("values", "all finite")] : points.map { ("not finite", $0) }
  }

  /// Adds lines.
  ///
  /// - Parameters:
  ///   - pairs: Keys and values.
  ///   - indent: Blanks in front.
  ///   - isSafe: Whether what came from the file is safe to print already.
  private mutating func tell(_ pairs: [(String, String)], _ indent: String, isSafe: Bool = false) {
    for (key, value) in pairs {
      let (key, value) =
        isSafe ? (key, value) : (escaped(Array(key.utf8)), escaped(Array(value.utf8)))
      let blanks = String(repeating: " ", count: max(1, 14 - key.count))
      text += indent + key + blanks + value + "\n"
    }
  }
}

extension ReadFile {
  /// What is known about damage to the numbers.
  fileprivate var checksumText: String {
    if let checksum = weights.checksum {
      return "\(hexadecimal(checksum)), stored in the file and right"
    }
    return weights.isChecked ? "one for each tensor, all right" : "none stored"
  }
}
