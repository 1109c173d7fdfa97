import CycleGAN
import Testing

/// Networks of other programs.
@Suite struct ForeignNetworkTests {
  private let official = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4)

  private func weights(_ added: [NamedTensor] = []) -> WeightsFile {
    WeightsFile(
      tensors: official.network.parameters.map { parameter in
        NamedTensor(
          parameter.name, shape: parameter.shape,
          values: [Float](repeating: 0, count: parameter.shape.reduce(1, *)))
      } + added)
  }

  @Test(arguments: ["model.7.filt", "module.model.6.filt", "model.20.filt"])
  func `CUT's antialiased networks are named`(name: String) {
    let file = weights([
      NamedTensor(name, shape: [4, 1, 3, 3], values: .init(repeating: 0, count: 36))
    ])
    #expect {
      try GeneratorArchitecture(inferringFrom: file)
    } throws: { error in
      "\(error)".contains("antialiased sampling of CUT's networks, which is not supported")
    }
  }

  @Test(arguments: [9, 10, 11, 56])
  func `a list of differences ends after ten`(count: Int) throws {
    let file = weights((0..<count).map { NamedTensor("extra.\($0)", shape: [1], values: [0]) })
    let error = try #require(throws: WeightsError.self) { try file.fitted(to: official.network) }
    #expect(error.points.count == (count > 10 ? 11 : count))
    if count > 10 { #expect(error.points.last == "and \(count - 10) more") }
    #expect(error.description.contains("(\(count) differences)"))
  }
}
