import Testing

@testable import CycleGAN
@testable import CycleGANTraining

@Suite struct TrainableNetworkTests {
  private static let kinds: [GeneratorArchitecture.Kind] = [
    .resnet(blocks: 2), .resnet(blocks: 0), .unet(downs: 5), .unet(downs: 6),
  ]

  /// Observed: 5e-6 at most.
  @Test(arguments: kinds, [Norm.instance, .batch, .none])
  func `LibTorch and the native runtime give the same image`(
    kind: GeneratorArchitecture.Kind, norm: Norm
  ) throws {
    try Self.compare(GeneratorArchitecture(kind: kind, width: 8, norm: norm), limit: 1e-4)
  }

  /// A tenth of what is allowed above.
  @Test(arguments: [0, 2], [Norm.instance, .batch, .none])
  func `they do, too, where pixels are repeated`(blocks: Int, norm: Norm) throws {
    try Self.compare(
      GeneratorArchitecture(
        kind: .resnet(blocks: blocks), width: 8, norm: norm, upsampling: .resize), limit: 1e-5)
  }

  private static func compare(_ architecture: GeneratorArchitecture, limit: Float) throws {
    let model = try Self.model(architecture, architecture.norm)
    let weights = try model.weights(of: .generatorAB).fitted(to: architecture.network)
    let native = try Generator(weights, architecture: architecture)
    let image = TrainingMaterial.image(0, 1, channels: 3, side: 64)
    let expected = try model.translate(image, with: .generatorAB).float32Samples()
    let found = try native(image).float32Samples()
    let difference = zip(expected, found).map { abs($0 - $1) }.max() ?? .infinity
    #expect(expected.count == found.count)
    #expect(difference < limit)
    #expect((expected.max() ?? 0) - (expected.min() ?? 0) > 0.1, "the image is flat")
  }

  @Test(arguments: NetworkRole.allCases)
  func `weights files hold the model's parameters under the official names`(
    role: NetworkRole
  ) throws {
    let model = try Self.model(GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4), .batch)
    let folder = try TemporaryFolder()
    let path = folder.path.appending("weights.bin")
    let weights = try model.weights(of: role)
    try weights.write(to: path)
    let read = try WeightsFile.read(path)
    let names = model.options.network(role).parameters.map(\.name)
    #expect(read.tensors.map(\.name).sorted() == names.sorted())
    for tensor in weights.tensors { #expect(read[tensor.name] == tensor) }
    let other = try Self.model(
      GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4), .batch, seed: 2)
    #expect(try other.weights(of: role).tensors != weights.tensors)
    try other.load(read, into: role)
    #expect(try other.weights(of: role).tensors == weights.tensors)
  }

  @Test func `dropout drops half and scales the rest in training, and does nothing afterwards`()
    throws
  {
    let description = NetworkDescription(
      layers: [.dropout(probability: 0.5)], inputChannels: 1, outputChannels: 1, sideMultiple: 1,
      minimumSide: 1)
    let network = try TrainableNetwork(
      description, device: .cpu, random: DeviceRandom(seed: 1, device: .cpu))
    let ones = try Tensor([Float](repeating: 1, count: 1024), shape: [1, 1, 32, 32], device: .cpu)
    let values = try network(ones).values()
    #expect(Set(values) == [0, 2])
    #expect((400...624).contains(values.count { $0 == 0 }))
    #expect(try network.applied(to: ones).values() == ones.values())
  }

  @Test(.enabled(if: Precision.bf16.isAvailable, "the processor has no bfloat16 arithmetic"))
  func `a step in bf16 has nearly the losses of one in float32`() throws {
    let images = (0...1).map { TrainingMaterial.image($0, 0, channels: 3, side: 64) }
    let losses = try Precision.allCases.map { precision in
      var options = ModelOptions()
      options.generatorKind = .resnet(blocks: 2)
      (options.generatorWidth, options.discriminatorWidth) = (16, 16)
      (options.initGain, options.precision) = (0.05, precision)
      let model = try TrainingMaterial.model(options, seed: 3)
      return try model.step(realA: [images[0]], realB: [images[1]]).losses.values
    }
    #expect(losses[0] != losses[1], "nothing was rounded")
    for (exact, rounded) in zip(losses[0], losses[1]) {
      #expect(abs(exact - rounded) < 0.02 * abs(exact))
    }
  }

  /// A model whose batch norms have seen images.
  private static func model(
    _ architecture: GeneratorArchitecture, _ norm: Norm, seed: UInt64 = 1
  ) throws -> CycleGANModel {
    var options = ModelOptions()
    (options.generatorKind, options.upsampling) = (architecture.kind, architecture.upsampling)
    options.generatorWidth = architecture.width
    (options.discriminatorKind, options.discriminatorWidth) = (.patch(layers: 1), 4)
    (options.norm, options.initGain) = (norm, 0.1)
    let model = try TrainingMaterial.model(options, seed: seed)
    let images = (0...1).map { TrainingMaterial.image($0, 0, channels: 3, side: 64) }
    _ = try model.step(realA: [images[0]], realB: [images[1]])
    return model
  }
}
