import CycleGAN

/// Architecture, losses and optimizers of a model; the defaults are the official ones.
package struct ModelOptions: Sendable, Equatable {
  /// Family and depth of both generators: the official `--netG`.
  package var generatorKind = GeneratorArchitecture.Kind.resnet(blocks: 9)
  /// Channels after the generators' first convolution: `--ngf`.
  package var generatorWidth = 64
  /// Family and depth of both discriminators: `--netD` and `--n_layers_D`.
  package var discriminatorKind = DiscriminatorArchitecture.Kind.patch(layers: 3)
  /// Channels after the discriminators' first convolution: `--ndf`.
  package var discriminatorWidth = 64
  /// Normalization of all four networks: `--norm`.
  package var norm = Norm.instance
  /// Whether the generators have dropout.
  package var dropout = false
  /// Upsampling of the ResNet generators: `--upsample`.
  package var upsampling = GeneratorArchitecture.Upsampling.transpose
  /// Channels of images of domain A, 1 or 3: `--input_nc`.
  package var channelsA = 3
  /// Channels of images of domain B, 1 or 3: `--output_nc`.
  package var channelsB = 3
  /// The adversarial loss: `--gan_mode`.
  package var ganMode = GANMode.lsgan
  /// Augmentations of the discriminators' inputs: `--diff-augment`.
  package var augmentations: Set<Augmentation> = []
  /// Weight of the cycle loss A -> B -> A: `--lambda_A`.
  package var lambdaA = 10.0
  /// Weight of the cycle loss B -> A -> B: `--lambda_B`.
  package var lambdaB = 10.0
  /// Weight of the identity losses, relative to the cycle losses: `--lambda_identity`.
  package var lambdaIdentity = 0.5
  /// Images in the image pool of each domain: `--pool_size`.
  package var poolSize = 50
  /// Adam's decay of the first moment: `--beta1`.
  package var beta1 = 0.5
  /// Adam's learning rate at the start: `--lr`.
  package var learningRate = 0.0002
  /// The norm that the gradients of both generators together, and those of both discriminators, are
  /// clipped to; nil for no limit: `--clip-grad`.
  package var maximumGradientNorm: Double?
  /// Decay of the EMA of both generators' parameters, 0..<1; nil for no EMA.
  package var emaDecay: Double?
  /// Distribution of the initial weights: `--init_type`.
  package var initType = Initialization.Kind.normal
  /// Scale of the initial weights: `--init_gain`.
  package var initGain = 0.02
  /// Whether the generators recompute activations in the backward pass: `--grad-checkpointing`.
  package var gradientCheckpointing = false
  /// Arithmetic of the convolutions, apart from the residual blocks' own: `--amp`.
  package var precision = Precision.float32

  /// The official defaults.
  package init() {}

  /// The generator that turns A into B.
  package var generatorAB: GeneratorArchitecture { generator(from: channelsA, into: channelsB) }

  /// The generator that turns B into A.
  package var generatorBA: GeneratorArchitecture { generator(from: channelsB, into: channelsA) }

  /// The discriminator of domain A.
  package var discriminatorA: DiscriminatorArchitecture { discriminator(of: channelsA) }

  /// The discriminator of domain B.
  package var discriminatorB: DiscriminatorArchitecture { discriminator(of: channelsB) }

  /// The layers of one of the four networks.
  ///
  /// - Parameter role: Which.
  /// - Returns: Its description.
  package func network(_ role: NetworkRole) -> NetworkDescription {
    switch role {
    case .generatorAB: generatorAB.network
    case .generatorBA: generatorBA.network
    case .discriminatorA: discriminatorA.network
    case .discriminatorB: discriminatorB.network
    }
  }

  private func generator(from input: Int, into output: Int) -> GeneratorArchitecture {
    GeneratorArchitecture(
      kind: generatorKind, inputChannels: input, outputChannels: output, width: generatorWidth,
      norm: norm, dropout: dropout, upsampling: upsampling)
  }

  private func discriminator(of channels: Int) -> DiscriminatorArchitecture {
    DiscriminatorArchitecture(
      kind: discriminatorKind, inputChannels: channels, width: discriminatorWidth, norm: norm)
  }
}
