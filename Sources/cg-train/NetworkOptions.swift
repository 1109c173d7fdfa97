import ArgumentParser
import CycleGAN
import CycleGANTraining

/// What the four networks look like.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: .customLong("netG"),
    help: ArgumentHelp("Generators: resnet_Nblocks, unet_128 or unet_256.", valueName: "word"))
  var generator = GeneratorWord(.resnet(blocks: 9))

  @Option(help: ArgumentHelp("Width of the generators' first layer.", valueName: "channels"))
  var ngf = 64

  @Option(
    name: .customLong("netD"), help: ArgumentHelp("Discriminators.", valueName: "word"))
  var discriminator = Word<DiscriminatorWord>(.basic)

  @Option(
    name: .customLong("n-layers-D"),
    help: ArgumentHelp("Layers of --netD n_layers; 3 is basic.", valueName: "n"))
  var layers: Int?

  @Option(help: ArgumentHelp("Width of the discriminators' first layer.", valueName: "channels"))
  var ndf = 64

  @Option(help: "How all networks normalise.")
  var norm = Word<Norm>(.instance)

  @Flag(inversion: .prefixedNo, help: "Put dropout into the generators.")
  var dropout = false

  @Option(help: ArgumentHelp("Channels of A: 1 is grey, 3 is colour.", valueName: "n"))
  var inputNc = 3

  @Option(help: ArgumentHelp("Channels of B.", valueName: "n"))
  var outputNc = 3

  @Option(help: "How weights begin.")
  var initType = Word<Initialization.Kind>(.normal)

  @Option(help: ArgumentHelp("Scale of the weights at the beginning.", valueName: "x"))
  var initGain = 0.02

  func validate() throws {
    if let layers {
      guard discriminator.value == .layers else {
        throw ValidationError("--n-layers-D needs --netD n_layers")
      }
      guard (1...8).contains(layers) else {
        throw ValidationError("--n-layers-D must be from 1 to 8, not \(layers)")
      }
    }
  }

  func apply(to model: inout ModelOptions) {
    model.generatorKind = generator.kind
    model.generatorWidth = ngf
    switch discriminator.value {
    case .basic: model.discriminatorKind = .patch(layers: 3)
    case .layers: model.discriminatorKind = .patch(layers: layers ?? 3)
    case .pixel: model.discriminatorKind = .pixel
    }
    model.discriminatorWidth = ndf
    model.norm = norm.value
    model.dropout = dropout
    model.channelsA = inputNc
    model.channelsB = outputNc
    model.initType = initType.value
    model.initGain = initGain
  }
}
