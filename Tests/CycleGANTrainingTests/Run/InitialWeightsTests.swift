import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct InitialWeightsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a network whose every number is `value`, as PyTorch would.
  private func save(
    _ name: String, _ role: NetworkRole, _ value: Float, container: WeightsFormat = .pth,
    metadata: [String: String] = [:]
  ) throws {
    let generator = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 2)
    let judge = DiscriminatorArchitecture(kind: .patch(layers: 1), width: 2)
    let kind = role.isGenerator ? RecognizedNetwork.generator(generator) : .discriminator(judge)
    let tensors = kind.description.parameters.map { parameter in
      let count = parameter.shape.reduce(1, *)
      return NamedTensor(
        parameter.name, shape: parameter.shape, values: .init(repeating: value, count: count))
    }
    let content = try WeightsFile(metadata: metadata, tensors: tensors)
      .content(container, of: kind, version: "0")
    try AtomicFile.write(to: folder.path.appending(name)) { writer throws(SystemError) in
      try content.write(to: writer)
    }
  }

  /// The first number of every network that is found.
  private func found(_ words: String...) throws -> [NetworkRole: Float] {
    let weights = try InitialWeights(
      words.map { word in
        guard let sign = word.firstIndex(of: "=") else {
          return folder.path.appending(word).string
        }
        let file = folder.path.appending(String(word[word.index(after: sign)...])).string
        return word[...sign] + file
      })
    return try weights.networks.compactMapValues { try $0.tensors.first?.values.first }
  }

  @Test func `the official code's folder has all four, with its discriminators' names`() throws {
    for (i, name) in ["G_A", "G_B", "D_A", "D_B"].enumerated() {
      let role: NetworkRole = name.hasPrefix("G") ? .generatorAB : .discriminatorA
      let container = name == "D_B" ? WeightsFormat.legacy : .pth
      try save("latest_net_\(name).pth", role, Float(i), container: container)
      try save("50_net_\(name).pth", role, Float(10 + i))
    }
    // D_A judges what G_A makes, which are images of B.
    let latest: [NetworkRole: Float] = [
      .generatorAB: 0, .generatorBA: 1, .discriminatorB: 2, .discriminatorA: 3,
    ]
    #expect(try found("") == latest)
    #expect(try found("50_net_G_B.pth") == latest.mapValues { $0 + 10 })
    #expect(try found("", "AB=50_net_G_A.pth")[.generatorAB] == 10)
  }

  @Test func `a single file is taken for what it says, or for what the user says`() throws {
    try save("horse2zebra.pth", .generatorAB, 1)
    try save(
      "known.bin", .generatorBA, 2, container: .safetensors, metadata: ["role": "generatorBA"])
    #expect(
      try found("AB=horse2zebra.pth", "BA=horse2zebra.pth") == [.generatorAB: 1, .generatorBA: 1])
    #expect(try found("known.bin") == [.generatorBA: 2])
    #expect {
      try found("horse2zebra.pth")
    } throws: { "\($0)".contains("does not say which network it is; write AB=") }
    #expect {
      try found("missing.pth")
    } throws: { "\($0)".contains("No such file or directory; initial weights are") }
  }

  @Test func `a checkpoint gives its networks, and a new run begins with them`() throws {
    var small = try SmallRun()
    small.options.maximumSteps = 2
    try small.run()
    var next = try SmallRun()
    next.options.initialWeights = [small.checkpoint(2).string]
    (next.options.model.learningRate, next.options.maximumSteps) = (0, 1)
    try next.run()
    let files = [small, next].map { $0.path.appending("gen_BA.bin") }
    #expect(try WeightsFile.read(files[0]).tensors == WeightsFile.read(files[1]).tensors)
  }

  @Test func `a network that does not fit is told in the options' words`() throws {
    var small = try SmallRun()
    try save("a.pth", .generatorAB, 0.5)
    let file = folder.path.appending("a.pth").string
    small.options.initialWeights = ["AB=" + file]
    small.options.model.dropout = true
    #expect {
      try small.run()
    } throws: { "\($0)" == file + ": dropout is false there, true by the options" }
    small.options.initialWeights = ["A=" + file]
    #expect {
      try small.run()
    } throws: { "\($0)" == file + ": this is a generator, not discriminatorA" }
  }

  @Test func `what is no network is refused as such, whatever it is called`() throws {
    let tensors = [NamedTensor("netG.model.1.weight", shape: [1], values: [1])]
    try WeightsFile(tensors: tensors).write(to: folder.path.appending("many.bin"))
    #expect {
      try found("many.bin")
    } throws: {
      "\($0)".hasSuffix(
        "begin with netG.model.1.weight; cg-weights import --entry netG takes a part")
    }
  }

  @Test func `a network that is not given begins untrained, with a note`() throws {
    var small = try SmallRun()
    try save("a.pth", .generatorAB, 0.5)
    small.options.initialWeights = ["AB=" + folder.path.appending("a.pth").string]
    (small.options.model.learningRate, small.options.maximumSteps) = (0, 1)
    small.options.model.dropout = false
    try small.run()
    let made = try WeightsFile.read(small.path.appending("gen_AB.bin"))
    #expect(try made.tensors[0].values.allSatisfy { $0 == 0.5 })
    #expect(small.messages.lines.contains { $0.hasPrefix("no weights for generatorBA") })
  }
}
