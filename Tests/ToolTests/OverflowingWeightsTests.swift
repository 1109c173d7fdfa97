import CycleGAN
import Foundation
import Testing

/// Finite weights whose network has no finite output.
@Suite struct OverflowingWeightsTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    var weights = try shell.weights("AB.bin")
    weights = WeightsFile(
      metadata: weights.metadata,
      tensors: weights.tensors.map { tensor in
        NamedTensor(
          tensor.name, shape: tensor.shape,
          values: [Float](repeating: 3e38, count: tensor.shape.reduce(1, *)))
      })
    try shell.write(weights.serialized(), to: "large.bin")
  }

  @Test(arguments: [
    "cg-apply -w large.bin -o out/", "cg-apply -w large.bin", "cg-apply -w large.bin --dtype uint8",
    "cg-apply -w large.bin -o - --format png", "cg-cycle -w large.bin -W BA.bin",
    "cg-cycle -w AB.bin -W large.bin",
    "cg-apply -w large.bin --precision float32 -o out/ --format npy",
  ])
  func `an output that is not finite fails every image by its name`(command: String) throws {
    let outcome = try shell("\(command) p > result")
    #expect(outcome.status != 0)
    for i in 0..<3 {
      #expect(outcome.errors.contains("p/\(i).ppm: the network's output has 960 NaN or infinite"))
    }
    #expect(shell.files(in: "out").isEmpty)
  }
}
