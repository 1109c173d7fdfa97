import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

/// The table of options is held against what users see of it: help, manual, config.json, resuming.
@Suite struct OptionTableTests {
  /// The options of the tool that a run does not store: where images are, and what is printed.
  private static let toolOnly: Set = [
    "dataroot", "val-a", "val-b", "val-truth", "val-count", "output", "progress", "quiet",
    "verbose", "version", "help",
  ]

  private static func text(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    return try String(contentsOf: root.appending(path: path).standardizedFileURL, encoding: .utf8)
  }

  @Test func `every option of the help screen is in the table, and the other way round`() throws {
    let help = try Self.text("Tests/ToolTests/Snapshots/cg-train.txt")
    let shown = Set(help.matches(of: #/(?m)^  (?:-\w, )?--([\w-]+)/#).map { String($0.1) })
    let names = TrainingOptions.table.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(shown == Set(names).union(Self.toolOnly))
  }

  /// What the manual says of an option, up to the next one.
  private static func manualEntry(_ name: String, _ manual: String) -> String? {
    let entries = manual.split(separator: "\n.It ").dropFirst()
    return entries.first { entry in
      let heading = entry.prefix { $0 != "\n" }
      return heading.split(separator: " ").contains("-\(name)")
    }.map(String.init)
  }

  @Test(arguments: TrainingOptions.table.map(\.name))
  func `the manual has every option with its default`(name: String) throws {
    let option = try #require(TrainingOptions.table.first { $0.name == name })
    let manual = try Self.text("man/cg-train.1")
    let entry = try #require(Self.manualEntry(name, manual), "cg-train.1 lacks --\(name)")
    let word: String
    switch option.defaultValue {
    case .integer(let integer): word = "\(integer)"
    case .number(let number): word = number == number.rounded() ? "\(Int(number))" : "\(number)"
    case .string(let text): word = text
    default: return
    }
    // The seed has none: it is drawn.
    guard name != "seed", name != "threads" else { return }
    let words = entry.replacing(",", with: "").split { " \n;|()".contains($0) }
      .map { $0.last == "." ? $0.dropLast() : $0 }
    #expect(
      words.contains(word[...]), "cg-train.1 does not say that the default of --\(name) is \(word)")
  }

  /// Another value than the default for every option, as one types it and as config.json has it.
  private static let samples: [(group: any TrainingOptionGroup.Type, values: [String: String])] = [
    (
      NetworkOptions.self,
      [
        "netG": "unet_128", "ngf": "32", "netD": "pixel", "ndf": "16", "norm": "batch",
        "dropout": "true", "input-nc": "1", "output-nc": "1", "init-type": "xavier",
        "init-gain": "0.5",
      ]
    ),
    (
      LossOptions.self,
      [
        "gan-mode": "vanilla", "lambda-A": "5.5", "lambda-B": "6.5", "lambda-identity": "0.25",
        "pool-size": "7",
      ]
    ),
    (
      DataOptions.self,
      [
        "direction": "BtoA", "preprocess": "crop", "load-size": "300", "crop-size": "128",
        "max-dataset-size": "9", "batch-size": "2", "serial-batches": "true", "num-threads": "3",
        "max-bad": "0.125",
      ]
    ),
    (
      ScheduleOptions.self,
      [
        "lr": "0.25", "beta1": "0.75", "ema": "0.875", "lr-policy": "cosine",
        "lr-decay-iters": "6", "n-epochs": "8", "n-epochs-decay": "4", "max-steps": "11",
      ]
    ),
    (
      CheckpointOptions.self,
      [
        "print-freq": "12", "save-latest-freq": "13", "save-epoch-freq": "14",
        "save-minutes": "1.5", "save-every": "15", "keep": "3", "on-alarm": "stop",
      ]
    ),
    (
      MethodOptions.self,
      [
        "upsample": "resize", "diff-augment": "color,cutout", "identity-warmup": "2",
        "identity-after": "0.125", "lr-decay-by": "step", "grad-checkpointing": "true",
        "accumulate": "5", "clip-grad": "1.5",
      ]
    ),
    (CacheOptions.self, ["cache": "4096"]),
    (
      ComputeOptions.self,
      ["device": "cuda:1", "threads": "5", "amp": "bf16", "seed": "77", "init-from": "a.pth"]
    ),
  ]

  @Test func `every option that is typed is stored`() throws {
    func stored<Group: TrainingOptionGroup>(
      _ group: Group.Type, _ name: String, _ value: String
    ) throws -> JSON {
      var options = TrainingOptions()
      let arguments = value == "true" ? ["--\(name)"] : ["--\(name)", value]
      try Group.parse(arguments).store(in: &options)
      let option = try #require(Group.options.first { $0.name == name })
      return option.json(options)
    }
    for (group, values) in Self.samples {
      for (name, value) in values {
        let json = try stored(group, name, value)
        #expect((json.string ?? json.text) == value, "--\(name)")
      }
    }
    var options = TrainingOptions()
    try NetworkOptions.parse(["--netD", "n_layers", "--n-layers-D", "5"]).store(in: &options)
    try DataOptions.parse(["--no-flip"]).store(in: &options)
    #expect(options.model.discriminatorKind == .patch(layers: 5))
    #expect(!options.preprocessing.flips)
    let tried = Set(Self.samples.flatMap(\.values.keys)).union(["n-layers-D", "flip"])
    #expect(tried.union(LimitOptions.words) == Set(TrainingOptions.table.map(\.name)))
  }

  /// What has always been allowed to change when a run is resumed.
  private static let changeable: Set = [
    "n-epochs", "n-epochs-decay", "max-steps", "print-freq", "save-latest-freq", "save-epoch-freq",
    "save-minutes", "save-every", "keep", "on-alarm", "num-threads", "max-bad", "device", "threads",
    "init-from", "grad-checkpointing", "cache",
  ]

  @Test(arguments: TrainingOptions.table.map(\.name))
  func `another value of an option is refused or noted on resume, as the table says`(
    name: String
  ) throws {
    let option = try #require(TrainingOptions.table.first { $0.name == name })
    #expect((option.resume != .mustMatch) == Self.changeable.contains(name))
    let configuration = try Self.configuration()
    let same = try configuration.compared(with: configuration.json)
    #expect(same.isEmpty)
    let stored = try Self.changing(name, in: configuration.json)
    if option.resume == .mustMatch {
      let error = #expect(throws: TrainingError.self) { try configuration.compared(with: stored) }
      #expect(
        error?.lines.first?.hasPrefix("--\(name) was another when the run began and is ") == true)
    } else {
      let notes = try configuration.compared(with: stored)
      #expect(
        notes.count == 1 && notes[0].hasPrefix("--\(name) was another when the run began and is "))
    }
  }

  private static func configuration() throws -> RunConfiguration {
    let frame = TrainingMaterial.image(0, 0, channels: 3, side: 24)
    let images = TrainingImages([.frame(frame, name: nil)], cache: ImageCache(maximumBytes: 0))
    let options = TrainingOptions()
    let data = TrainingData(
      (images, images), options.preparations, batchSize: 1, serial: false, seed: 0)
    return RunConfiguration(options, data, nil)
  }

  /// A configuration with another value of one option.
  private static func changing(_ name: String, in configuration: JSON) throws -> JSON {
    var members = try #require(configuration.object)
    let place = try #require(members.firstIndex { $0.0 == "options" })
    var options = try #require(members[place].1.object)
    let option = try #require(options.firstIndex { $0.0 == name })
    options[option].1 = .string("another")
    members[place].1 = .object(options)
    return .object(members)
  }
}
