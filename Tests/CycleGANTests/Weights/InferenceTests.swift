import CycleGAN
import Testing

/// A network's tensors, all elements 0.25.
func weights(of network: NetworkDescription, metadata: [String: String] = [:]) -> WeightsFile {
  WeightsFile(
    metadata: metadata,
    tensors: network.parameters.map { parameter in
      let count = parameter.shape.reduce(1, *)
      return parameter.role == .batchesTracked
        ? NamedTensor(parameter.name, shape: parameter.shape, .int64([3]))
        : NamedTensor(
          parameter.name, shape: parameter.shape, values: .init(repeating: 0.25, count: count))
    })
}

/// What a tool says about an error, with the option that helps.
private func hints(_ error: any Error) -> String {
  (error as? WeightsError)?.pointsWithHints().joined(separator: "; ") ?? "\(error)"
}

@Suite struct InferenceTests {
  static let generators: [GeneratorArchitecture] = [
    .init(kind: .resnet(blocks: 9), width: 4), .init(kind: .resnet(blocks: 0), width: 3),
    .init(kind: .resnet(blocks: 2), inputChannels: 1, width: 2, norm: .batch),
    .init(kind: .resnet(blocks: 3), outputChannels: 1, width: 2, norm: .none),
    .init(kind: .resnet(blocks: 2), width: 2, norm: .batch, dropout: true),
    .init(kind: .resnet(blocks: 2), width: 2, dropout: true),
    .init(kind: .unet(downs: 7), width: 2), .init(kind: .unet(downs: 8), width: 1, norm: .batch),
    .init(kind: .unet(downs: 5), inputChannels: 1, outputChannels: 1, width: 2, norm: .none),
  ]

  @Test(arguments: generators)
  func `a generator is recognized by its tensors alone`(architecture: GeneratorArchitecture) throws
  {
    let bare = weights(of: architecture.network)
    #expect(try GeneratorArchitecture(inferringFrom: bare) == architecture)
    #expect(try bare.fitted(to: architecture.network).tensors == bare.tensors)
    let named = weights(of: architecture.network, metadata: architecture.metadata)
    #expect(try GeneratorArchitecture(inferringFrom: named) == architecture)
  }

  @Test(arguments: [
    DiscriminatorArchitecture(width: 4), .init(kind: .patch(layers: 1), width: 4),
    .init(kind: .patch(layers: 5), inputChannels: 1, width: 2, norm: .batch),
    .init(kind: .patch(layers: 2), width: 2, norm: .none), .init(kind: .pixel, width: 4),
    .init(kind: .pixel, width: 4, norm: .batch), .init(kind: .pixel, width: 4, norm: .none),
  ])
  func `a discriminator is recognized by its tensors`(
    architecture: DiscriminatorArchitecture
  ) throws {
    let named = weights(of: architecture.network, metadata: architecture.metadata)
    #expect(try DiscriminatorArchitecture(inferringFrom: named) == architecture)
  }

  @Test(arguments: [0, 2])
  func `an upsampling is known from its position, but how it is done from metadata or an option`(
    blocks: Int
  ) throws {
    let architecture = GeneratorArchitecture(
      kind: .resnet(blocks: blocks), outputChannels: 1, width: 2, upsampling: .resize)
    let named = weights(of: architecture.network, metadata: architecture.metadata)
    #expect(try GeneratorArchitecture(inferringFrom: named) == architecture)
    let bare = weights(of: architecture.network)
    let option = ArchitectureOverrides(upsampling: .resize)
    #expect(try GeneratorArchitecture(inferringFrom: bare, overrides: option) == architecture)
    #expect {
      try GeneratorArchitecture(inferringFrom: bare)
    } throws: { hints($0).hasSuffix("say --upsample resize") }
    let official = GeneratorArchitecture(kind: .resnet(blocks: blocks), width: 2)
    #expect(
      throws: WeightsError.architecture(
        .contradictions(["upsample: the options say resize, the tensors say transpose"]))
    ) {
      try GeneratorArchitecture(
        inferringFrom: weights(of: official.network), overrides: option)
    }
  }

  @Test func `dropout of a U-Net is known from the metadata only`() throws {
    let architecture = GeneratorArchitecture(kind: .unet(downs: 6), width: 1, dropout: true)
    let named = weights(of: architecture.network, metadata: architecture.metadata)
    #expect(try GeneratorArchitecture(inferringFrom: named).dropout)
  }

  @Test func `tensors, metadata and options that disagree are refused, all points at once`() {
    let architecture = GeneratorArchitecture(kind: .resnet(blocks: 2), width: 2)
    let named = weights(of: architecture.network, metadata: ["ngf": "4", "norm": "layer"])
    let points = [
      #"norm: the metadata say "layer", which no network has"#,
      "netG: the options say resnet_9blocks, the tensors say resnet_2blocks",
      "ngf: the metadata say 4, the tensors say 2",
    ]
    #expect(throws: WeightsError.architecture(.contradictions(points))) {
      try GeneratorArchitecture(inferringFrom: named, overrides: .init(kind: .resnet(blocks: 9)))
    }
  }

  @Test(arguments: [
    (deep(layers: 17), "n_layers_D is 17; it has to be from 1 to 16"),
    (deep(layers: 63), "n_layers_D is 63; it has to be from 1 to 16"),
    (
      hollow([("net.0.weight", [1 << 62, 0, 1, 1])]),
      "ndf is 4611686018427387904; it has to be from"
    ),
    (
      hollow([
        ("model.0.weight", [1 << 61, 0, 4, 4]), ("model.2.weight", [0, 1, 1, 1]),
        ("model.5.weight", [0, 1, 1, 1]),
      ]), "input_nc is 0; it has to be from 1 to 6"
    ),
    (hollow([("net.0.weight", [0, 1 << 62, 1, 1])]), "ndf is 0; it has to be from 1 to 4096"),
    (hollow([("model.1.weight", [1 << 61, 0, 7, 7])]), "ngf is 2305843009213693952"),
    (hollow([("model.model.0.weight", [0, 1 << 61, 4, 4])]), "model.model.0.weight"),
    (
      hollow(
        [("model.1.weight", [0, 3, 7, 7])]
          + (0..<2000).map { ("model.\(10 + $0).conv_block.1.weight", [0]) }),
      "2000 residual blocks; at most 999 are read"
    ),
    (hollow([("model.99999999999999999999.weight", [0])]), "begin with model.9999"),
  ])
  func `numbers that no network has are refused before anything is computed of them`(
    file: WeightsFile, reason: String
  ) {
    #expect {
      try RecognizedNetwork(file)
    } throws: { "\($0)".contains(reason) }
  }

  /// A discriminator of any depth, of which only what is needed to find it is there.
  static func deep(layers: Int) -> WeightsFile {
    hollow(
      [("model.0.weight", [0, 3, 4, 4])]
        + (0...layers).map { ("model.\(3 * $0 + 2).weight", [0, 1, 1, 1]) })
  }

  /// Tensors without elements, however long their other sides are.
  static func hollow(_ shapes: [(String, [Int])]) -> WeightsFile {
    WeightsFile(tensors: shapes.map { NamedTensor($0, shape: $1, values: []) })
  }

  @Test func `instance norms with weights and spectral norm are called by their names`() {
    var affine = weights(of: GeneratorArchitecture(kind: .resnet(blocks: 1), width: 2).network)
    affine.tensors.append(NamedTensor("model.2.weight", shape: [2], values: [1, 1]))
    var judge = weights(of: DiscriminatorArchitecture(width: 2).network)
    for file in [affine, judge] {
      var file = file
      file.tensors.append(NamedTensor("model.3.weight", shape: [4], values: [1, 1, 1, 1]))
      #expect {
        try RecognizedNetwork(file)
      } throws: { "\($0)".hasPrefix("its instance norms have weights of their own (affine)") }
    }
    judge.tensors[0].name += "_orig"
    #expect {
      try RecognizedNetwork(judge)
    } throws: { "\($0)".contains("call torch.nn.utils.remove_spectral_norm and save again") }
  }

  @Test func `a discriminator or a checkpoint is no generator, and the message says so`() throws {
    let judge = weights(of: DiscriminatorArchitecture(width: 2).network)
    #expect(
      throws: WeightsError.architecture(
        .unrecognized(
          "not a generator's weights: its 10 tensors begin with model.0.weight, model.0.bias, "
            + "model.2.weight"))
    ) { try GeneratorArchitecture(inferringFrom: judge) }
    var several = judge
    for i in judge.tensors.indices {
      several.tensors[i].name = (i % 2 == 0 ? "netG." : "ema.netD.") + judge.tensors[i].name
    }
    #expect {
      try RecognizedNetwork(several)
    } throws: {
      hints($0)
        == "it holds several networks: netG, ema.netD; take one with cg-weights import --entry NAME"
    }
    for i in judge.tensors.indices { several.tensors[i].name = "netD." + judge.tensors[i].name }
    several.tensors.append(NamedTensor("n_averaged", shape: [], .int64([7])))
    let found = try DiscriminatorArchitecture(inferringFrom: several)
    #expect(try several.fitted(to: found.network).tensors == judge.tensors)
    several.tensors.append(NamedTensor("vgg.0.weight", shape: [1], values: [0]))
    #expect {
      try RecognizedNetwork(several)
    } throws: { hints($0).hasSuffix("; cg-weights import --entry netD takes a part") }
    #expect {
      try GeneratorArchitecture(inferringFrom: judge.prefixed(.discriminatorA))
    } throws: { hints($0).hasSuffix("choose one with --direction AB or BA") }
  }
}
