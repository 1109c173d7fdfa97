import CycleGAN

/// What `show` prints about one file.
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
    if weights.roles.isEmpty {
      describe(weights, indent: "  ")
      tell(Self.untold(weights.metadata), "  ")
    } else {
      describeCheckpoint(weights)
    }
    tell(
      [
        ("bytes", String(file.byteCount)),
        (
          "checksum",
          weights.checksum.map { "\(digits($0)), stored in the file and right" } ?? "none stored"
        ),
        ("crc32", "\(digits(file.crc32)), of the whole file as it is"),
      ], "  ")
    if verbose { text += "\n" + TensorTable(weights).text }
  }

  /// A whole training run's state.
  private mutating func describeCheckpoint(_ weights: WeightsFile) {
    tell([("kind", "checkpoint of a training run")], "  ")
    tell(Self.untold(weights.metadata.filter { !$0.key.contains("/") }), "  ")
    let rest = weights.tensors.filter { tensor in
      !NetworkRole.allCases.contains { tensor.name.hasPrefix($0.rawValue + "/") }
    }
    let numbers = rest.reduce(0) { $0 + $1.elements.count }
    tell([("besides", "\(rest.count) tensors of \(numbers) elements: optimizers, pools")], "  ")
    tell(Self.finiteness(of: WeightsFile(tensors: rest)), "  ")
    for role in weights.roles {
      text += "  \(role.rawValue)\n"
      weights.network(role).map { describe($0, indent: "    ") }
    }
  }

  /// One network.
  private mutating func describe(_ weights: WeightsFile, indent: String) {
    do throws(WeightsError) {
      let network = try RecognizedNetwork(weights)
      tell([("kind", network.kind + Self.place(weights.metadata))], indent)
      tell(network.words(of: weights), indent)
      tell([("parameters", String(network.description.parameterCount))], indent)
    } catch {
      tell([("kind", "unknown")] + error.points.map { ("problem", $0) }, indent)
    }
    tell([("tensors", Self.types(weights))], indent)
    tell(Self.finiteness(of: weights), indent)
  }

  /// A generator's direction, a discriminator's domain.
  private static func place(_ metadata: [String: String]) -> String {
    if let direction = metadata["direction"] { return ", " + escaped(Array(direction.utf8)) }
    return metadata["domain"].map { ", judges \(escaped(Array($0.utf8)))" } ?? ""
  }

  /// How many tensors there are of each type.
  private static func types(_ weights: WeightsFile) -> String {
    let words = Dictionary(grouping: weights.tensors) { weights.type(of: $0) }
    let counts = words.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { "\($0.value.count) \($0.key)" }
    return "\(weights.tensors.count) (\(counts.joined(separator: ", ")))"
  }

  private static func finiteness(of weights: WeightsFile) -> [(String, String)] {
    do throws(WeightsError) { try weights.requireFinite() } catch {
      return error.points.map { ("not finite", $0) }
    }
    return [("values", "all finite")]
  }

  /// The metadata that no other line tells.
  private static func untold(_ metadata: [String: String]) -> [(String, String)] {
    let told: Set = [
      "netG", "ngf", "netD", "n_layers_D", "ndf", "norm", "dropout", "upsample", "input_nc",
      "output_nc", "role", "direction", "domain",
    ]
    return metadata.filter { !told.contains($0.key) }.sorted { $0.key < $1.key }
      .map { (escaped(Array($0.key.utf8)), escaped(Array($0.value.utf8))) }
  }

  /// Adds lines; what came from the file is safe to print already.
  private mutating func tell(_ pairs: [(String, String)], _ indent: String) {
    for (key, value) in pairs {
      let blanks = String(repeating: " ", count: max(1, 14 - key.count))
      text += indent + key + blanks + value + "\n"
    }
  }
}

extension WeightsFile {
  /// What a file calls the type of a tensor's elements.
  func type(of tensor: NamedTensor) -> String {
    if let word = storedTypes[tensor.name] { return word }
    return switch tensor.elements {
    case .float32: "F32"
    case .int64: "I64"
    case .uint8: "U8"
    }
  }
}

/// A checksum in eight digits.
func digits(_ checksum: UInt32) -> String {
  let digits = String(checksum, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
