import ArgumentParser
import CycleGAN

/// The architecture of the four networks.
package struct NetworkOptions: TrainingOptionGroup {
  @Option(
    name: .customLong("netG"),
    help: ArgumentHelp(
      "Generator architecture: resnet_Nblocks, unet_128 or unet_256.", valueName: "word"))
  var generator = GeneratorWord(TrainingOptions.defaults.model.generatorKind)

  @Option(
    help: ArgumentHelp(
      "Channels after the generators' first convolution.", valueName: "channels"))
  var ngf = TrainingOptions.defaults.model.generatorWidth

  @Option(
    name: .customLong("netD"),
    help: ArgumentHelp(
      "Discriminator architecture: 70 x 70 PatchGAN, PatchGAN of n layers, or 1 x 1.",
      valueName: "word"))
  var discriminator = Word<DiscriminatorWord>(.basic)

  @Option(
    name: .customLong("n-layers-D"),
    help: ArgumentHelp("Strided layers of --netD n_layers; 3 is basic.", valueName: "n"))
  var layers: Int?

  @Option(
    help: ArgumentHelp(
      "Channels after the discriminators' first convolution.", valueName: "channels"))
  var ndf = TrainingOptions.defaults.model.discriminatorWidth

  @Option(help: "Normalization layers of all networks.")
  var norm = Word(TrainingOptions.defaults.model.norm)

  @Flag(inversion: .prefixedNo, help: "Use dropout in the generators.")
  var dropout = TrainingOptions.defaults.model.dropout

  @Option(help: ArgumentHelp("Channels of images of A: 1 (gray) or 3 (color).", valueName: "n"))
  var inputNc = TrainingOptions.defaults.model.channelsA

  @Option(help: ArgumentHelp("Channels of images of B: 1 (gray) or 3 (color).", valueName: "n"))
  var outputNc = TrainingOptions.defaults.model.channelsB

  @Option(help: "Distribution of the initial weights.")
  var initType = Word(TrainingOptions.defaults.model.initType)

  @Option(help: ArgumentHelp("Scale of the initial weights.", valueName: "x"))
  var initGain = TrainingOptions.defaults.model.initGain

  package static let rows: [OptionRow<NetworkOptions>] = [
    .init("netG") {
      .string($0.model.generatorKind.description)
    } store: {
      $1.model.generatorKind = $0.generator.kind
    },
    .init("ngf", \.ngf, \.model.generatorWidth, .integers(from: 1)),
    .init("netD") {
      .string($0.model.discriminatorKind.word.rawValue)
    } store: {
      $1.model.discriminatorKind = $0.discriminatorKind
    },
    // Stored with --netD.
    .init(
      "n-layers-D", stored: { .integer($0.model.discriminatorKind.layers) }, store: { _, _ in }),
    .init("ndf", \.ndf, \.model.discriminatorWidth, .integers(from: 1)),
    .init("norm", \.norm, \.model.norm), .init("dropout", \.dropout, \.model.dropout),
    .init("input-nc", \.inputNc, \.model.channelsA, .channels),
    .init("output-nc", \.outputNc, \.model.channelsB, .channels),
    .init("init-type", \.initType, \.model.initType),
    .init("init-gain", \.initGain, \.model.initGain, .numbers(from: 0)),
  ]

  /// The defaults, to be parsed into.
  package init() {}

  /// Refuses layers that the discriminators cannot have.
  package func validate() throws {
    guard let layers else { return }
    guard discriminator.value == .nLayers else {
      throw ValidationError("--n-layers-D needs --netD n_layers")
    }
    guard (1...8).contains(layers) else {
      throw ValidationError("--n-layers-D must be from 1 to 8, not \(layers)")
    }
  }

  private var discriminatorKind: DiscriminatorArchitecture.Kind {
    switch discriminator.value {
    case .basic: .patch(layers: 3)
    case .nLayers: .patch(layers: layers ?? 3)
    case .pixel: .pixel
    }
  }
}

/// The official `--netD`.
enum DiscriminatorWord: String, CaseIterable, Sendable {
  case basic
  case nLayers = "n_layers"
  case pixel
}

extension DiscriminatorArchitecture.Kind {
  /// The official option's word.
  fileprivate var word: DiscriminatorWord {
    switch self {
    case .patch(layers: 3): .basic
    case .patch: .nLayers
    case .pixel: .pixel
    }
  }

  /// Strided layers; 0 for the pixel discriminator.
  fileprivate var layers: Int {
    guard case .patch(let layers) = self else { return 0 }
    return layers
  }
}
