import CycleGAN
import Testing

@Suite struct NetworkDescriptionTests {
  @Test func `resnet_9blocks has the official number of tensors and parameters`() {
    let network = GeneratorArchitecture().network
    #expect(network.parameters.count == 48)
    #expect(network.parameterCount == 11_378_179)
  }

  @Test(arguments: [
    ("resnet_6blocks", Norm.instance, 36, 7_837_699), ("unet_256", .instance, 32, 54_409_603),
    ("unet_256", .batch, 82, 54_413_955), ("unet_128", .instance, 28, 41_825_667),
  ])
  func `generators have the official number of tensors and parameters`(
    word: String, norm: Norm, tensors: Int, parameters: Int
  ) throws {
    let kind = try #require(GeneratorArchitecture.Kind(word))
    #expect(kind.description == word)
    let network = GeneratorArchitecture(kind: kind, norm: norm).network
    #expect(network.parameters.count == tensors)
    #expect(network.parameterCount == parameters)
  }

  @Test(arguments: [(2, 8, 662_977), (3, 10, 2_764_737), (4, 12, 6_959_553), (5, 14, 11_154_369)])
  func `discriminators have the official number of tensors and parameters`(
    layers: Int, tensors: Int, parameters: Int
  ) {
    let network = DiscriminatorArchitecture(kind: .patch(layers: layers)).network
    #expect(network.parameters.count == tensors)
    #expect(network.parameterCount == parameters)
  }
}
