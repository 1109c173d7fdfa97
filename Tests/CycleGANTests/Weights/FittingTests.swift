import CycleGAN
import Testing

@Suite struct FittingTests {
  let network = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 2).network

  @Test func `a wrapper's prefix and an instance norm's old statistics are taken away`() throws {
    var old = weights(of: network)
    old.tensors.append(NamedTensor("model.2.running_mean", shape: [2], values: [0, .nan]))
    old.tensors.append(
      NamedTensor(
        "model.10.conv_block.6.running_var", shape: [8], values: .init(repeating: 1, count: 8)))
    old.tensors.append(NamedTensor("model.5.num_batches_tracked", shape: [], .int64([1])))
    for i in old.tensors.indices { old.tensors[i].name = "module." + old.tensors[i].name }
    #expect(try GeneratorArchitecture(inferringFrom: old).network == network)
    #expect(try old.fitted(to: network).tensors == weights(of: network).tensors)
  }

  @Test func `every difference is listed`() {
    var other = weights(of: network)
    other.tensors[0] = NamedTensor(
      "model.1.weight", shape: [2, 3, 7, 1], values: .init(repeating: 0, count: 42))
    other.tensors[1] = NamedTensor("model.1.bias", shape: [2], .int64([1, 2]))
    other.tensors.remove(at: 2)
    other.tensors.append(NamedTensor("model.2.weight", shape: [2], values: [1, 1]))
    #expect(
      throws: WeightsError.differences([
        "model.1.weight is [2, 3, 7, 1], not [2, 3, 7, 7]", "model.1.bias holds integers",
        "model.4.weight is missing, [4, 2, 3, 3]", "model.2.weight is left over, [2]",
      ])
    ) { try other.fitted(to: network) }
  }

  @Test func `NaN and infinity are refused with tensor and index, unless allowed`() throws {
    var broken = weights(of: network)
    guard case .float32(let floats) = broken.tensors[0].elements else { return }
    var values = Array(floats)
    values[3 * 49 + 8] = .nan
    values[200] = -.infinity
    broken.tensors[0].elements = .float32(Buffer(values))
    #expect(
      throws: WeightsError.notFinite([
        "model.1.weight has 2 NaN or infinite values, the first at [1, 0, 1, 1]"
      ])
    ) { try broken.fitted(to: network) }
    #expect(
      try broken.fitted(to: network, allowNonfinite: true).tensors.count == broken.tensors.count)
  }

  @Test func `a batch norm's missing counter is filled in`() throws {
    let network = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 2, norm: .batch).network
    var old = weights(of: network)
    old.tensors.removeAll { $0.name.hasSuffix("num_batches_tracked") }
    #expect(try old.fitted(to: network).tensors.count == network.parameters.count)
  }
}
