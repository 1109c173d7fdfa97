import CycleGAN
import CycleGANTraining

/// The options that the user gave, by their long names.
struct GivenOptions {
  /// Without hyphens in front; `flip` also for `--no-flip`.
  let names: Set<String>

  /// Looks for options.
  ///
  /// - Parameter arguments: What follows the tool's name; they were parsed, so that a word with a
  ///   hyphen in front is an option and no value.
  init(_ arguments: some Sequence<String>) {
    var names: Set<String> = []
    for argument in arguments.prefix(while: { $0 != "--" }) {
      if argument == "-t" { names.insert("threads") }
      guard argument.hasPrefix("--") else { continue }
      let name = argument.dropFirst(2).prefix { $0 != "=" }
      names.insert(String(name.hasPrefix("no-") ? name.dropFirst(3) : name))
    }
    self.names = names
  }
}

/// What config.json says about a run, as words of its command line.
struct RecordedOptions {
  /// The file.
  let path: FilePath
  private let configuration: JSON

  /// Reads a run's config.json.
  ///
  /// - Parameter run: The run's folder.
  /// - Throws: `ToolError` if it is missing or damaged.
  init(of run: FilePath) throws(ToolError) {
    path = run.appending("config.json")
    do {
      configuration = try JSON(parsing: ByteReader(path).readAll(limit: 1 << 20))
    } catch let error as SystemError {
      throw ToolError(
        .usage,
        "say where the images are: -A and -B, or --dataroot; \(run) holds no run to resume: "
          + "\(path): \(error)")
    } catch {
      throw ToolError(.badData, "\(path): \(error); give -A and -B and the run's other options")
    }
  }

  /// The words of all options that a run stores.
  ///
  /// - Parameters:
  ///   - given: What the user gave, which is left out.
  ///   - onlyNetworks: Whether only options of the networks are wanted.
  /// - Returns: A word for each.
  func words(besides given: GivenOptions, onlyNetworks: Bool = false) -> [String] {
    let intervals = ["save-latest-freq", "save-epoch-freq", "save-minutes", "save-every"]
    let table = onlyNetworks ? TrainingOptions.networkOptions : TrainingOptions.table
    let words = table.flatMap { option -> [String] in
      guard !given.names.contains(option.name), !intervals.contains(option.name),
        let value = configuration["options"]?[option.name]
      else { return [] }
      if option.name == "n-layers-D" {
        // It is stored for every discriminator, and accepted with one.
        guard stored("netD")?.string == "n_layers", !given.names.contains("netD") else { return [] }
      }
      return word(option, value)
    }
    return onlyNetworks || !given.names.isDisjoint(with: intervals) ? words : words + savingWords
  }

  /// The words for the images that the run was started with, held-out images included.
  ///
  /// - Parameter given: What the user gave.
  /// - Returns: A word for each.
  /// - Throws: `ToolError` if they cannot be read a second time.
  func imageWords(besides given: GivenOptions) throws(ToolError) -> [String] {
    let isReversed = stored("direction")?.string == "BtoA"
    func pair(_ sets: JSON?, _ words: (String, String)) throws(ToolError) -> [String] {
      guard var a = sets?["A"]?["from"]?.string, var b = sets?["B"]?["from"]?.string else {
        return []
      }
      if isReversed { (a, b) = (b, a) }
      for (word, source) in [(words.0, a), (words.1, b)] where source == "-" || source == "@-" {
        throw ToolError(
          .usage, "\(path): the images of \(word) came from stdin; give -A and -B again")
      }
      return ["\(words.0)\(a)", "\(words.1)\(b)"]
    }
    // A short option takes its value as a word of its own.
    var words = try pair(configuration, ("-A", "-B")).flatMap { word in
      [String(word.prefix(2)), String(word.dropFirst(2))]
    }
    guard !words.isEmpty else {
      throw ToolError(.badData, "\(path): it names no images; give -A and -B")
    }
    let heldOut = configuration["held-out"]
    guard given.names.isDisjoint(with: ["val-a", "val-b", "val-truth"]) else { return words }
    words += try pair(heldOut, ("--val-a=", "--val-b="))
    if let truth = heldOut?["truth"]?["from"]?.string { words.append("--val-truth=\(truth)") }
    if !given.names.contains("val-count"), let count = heldOut?["val-count"]?.integer {
      words.append("--val-count=\(count)")
    }
    return words
  }

  private func stored(_ name: String) -> JSON? { configuration["options"]?[name] }

  private func word(_ option: TrainingOption, _ value: JSON) -> [String] {
    switch value {
    case .bool(true): ["--\(option.name)"]
    // A flag that is off by default need not have a word that turns it off.
    case .bool(false): option.defaultValue == .bool(true) ? ["--no-\(option.name)"] : []
    case .string(let text): ["--\(option.name)=\(text)"]
    case .integer, .number: ["--\(option.name)=\(value.text)"]
    default: []
    }
  }

  /// The words for the intervals between checkpoints: those of `--save-every`, which replace the others,
  /// or the others.
  private var savingWords: [String] {
    let (images, steps, epochs, minutes) = (
      stored("save-latest-freq")?.integer, stored("save-every")?.integer,
      stored("save-epoch-freq")?.integer, stored("save-minutes")?.number
    )
    if let images {
      return ["--save-latest-freq=\(images)"] + (epochs.map { ["--save-epoch-freq=\($0)"] } ?? [])
        + (minutes.map { ["--save-minutes=\($0)"] } ?? [])
    }
    return (steps.map { ["--save-every=\($0)"] } ?? [])
      + (epochs.map { ["--save-every=\($0)e"] } ?? [])
      + (minutes.map { ["--save-every=\(Int(($0 * 60).rounded()))s"] } ?? [])
  }
}
