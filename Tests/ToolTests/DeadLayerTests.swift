import CycleGAN
import Foundation
import Testing

/// The manual's search for layers that have died.
@Suite struct DeadLayerTests {
  @Test func `the recipe prints nothing for a healthy file, and names a dead layer`() throws {
    let manual = try String(
      contentsOfFile: Shell.root + "man/cg-weights.1", encoding: .utf8)
    let recipe = try #require(
      manual.split(separator: "\n").first { $0.contains("awk") && $0.contains("$4 == $5") })
    let command = recipe.dropFirst(".Dl ".count)
    let shell = try Shell()
    try shell.makeGenerator("gen_AB.bin", seed: 1)
    var weights = try shell.weights("gen_AB.bin")
    // As training leaves them: biases without a gradient, and what a run notes.
    weights.tensors = weights.tensors.map { tensor in
      guard tensor.name.hasSuffix("bias") else { return tensor }
      return NamedTensor(
        tensor.name, shape: tensor.shape,
        values: [Float](repeating: 0, count: tensor.shape.reduce(1, *)))
    }
    weights.metadata["steps"] = "7"
    try shell.write(weights.serialized(), to: "gen_AB.bin")
    let healthy = try shell(String(command))
    #expect(healthy.status == 0 && healthy.output.isEmpty, "\(healthy.output)")
    weights.tensors[2] = NamedTensor(
      weights.tensors[2].name, shape: weights.tensors[2].shape,
      values: [Float](repeating: 0, count: weights.tensors[2].shape.reduce(1, *)))
    #expect(weights.tensors[2].name.hasSuffix("weight"))
    try shell.write(weights.serialized(), to: "gen_AB.bin")
    let dead = try shell(String(command)).output.split(separator: "\n")
    #expect(dead.count == 1)
  }
}
