@testable import CycleGAN
import Foundation
import Testing

/// An exported graph is run by the operators' definitions, in Float64, and gives what `cg-apply` gives.
@Suite struct ONNXTests {
  static let generators: [(GeneratorArchitecture, Double)] = [
    (.init(kind: .resnet(blocks: 2), width: 4), 0),
    (.init(kind: .resnet(blocks: 1), width: 4, dropout: true), 0),
    (.init(kind: .resnet(blocks: 1), inputChannels: 1, width: 4, norm: .batch), 0.07),
    (.init(kind: .resnet(blocks: 1), outputChannels: 1, width: 4, norm: .none), 0.07),
    (.init(kind: .resnet(blocks: 1), width: 4, upsampling: .resize), 0),
    (.init(kind: .unet(downs: 5), width: 3), 0),
    (.init(kind: .unet(downs: 6), width: 3, norm: .batch, dropout: true), 0),
    (.init(kind: .unet(downs: 5), width: 3, norm: .none), 0),
  ]

  @Test(arguments: generators.indices)
  func `the graph computes what the generator computes`(index: Int) throws {
    let (architecture, scale) = Self.generators[index]
    let weights = architecture.filled(scale: scale)
    let file = ONNXFile(
      Array(try weights.content(.onnx, of: .generator(architecture), version: "0").bytes()))
    let side = architecture.network.minimumSide
    let frame = Numbers.image(
      width: 2 * side, height: side, channels: architecture.inputChannels)
    let made = try Generator(weights, architecture: architecture)(frame)
    guard case .float32(let input) = frame.samples, case .float32(let output) = made.samples
    else { return }
    let result = file.run(Naive(planes: Array(input), frame.height, frame.width, frame.channels))
    result.expect(
      Naive(planes: Array(output), made.height, made.width, made.channels).floats, within: 1e-4)
  }

  @Test func `batch, height and width are open, and the metadata go along`() throws {
    let architecture = GeneratorArchitecture(
      kind: .resnet(blocks: 1), inputChannels: 1, width: 2, norm: .batch)
    var weights = architecture.filled()
    weights.metadata = architecture.metadata
    let file = ONNXFile(
      Array(try weights.content(.onnx, of: .generator(architecture), version: "0").bytes()))
    #expect(file.version == 8)
    #expect(file.operatorSet == 17)
    #expect(file.metadata == architecture.metadata)
    #expect(file.sides["input"] == ["batch", "1", "height", "width"])
    #expect(file.sides["output"] == ["batch", "3", "height", "width"])
    // A counter is nothing to run.
    #expect(!file.tensors.keys.contains { $0.hasSuffix("num_batches_tracked") })
    #expect(file.tensors["model.1.weight"]?.shape == [2, 1, 7, 7])
  }

  @Test func `a discriminator has a side of its own, and leaves its logits as they are`() throws {
    let architecture = DiscriminatorArchitecture(kind: .patch(layers: 2), width: 2)
    let weights = weights(of: architecture.network)
    let file = ONNXFile(
      Array(try weights.content(.onnx, of: .discriminator(architecture), version: "0").bytes()))
    #expect(file.sides["output"] == ["batch", "1", "rows", "columns"])
    #expect(file.nodes.last?.operation == "Conv")
    #expect(file.nodes.last?.output == "output")
    #expect(file.nodes.first?.inputs == ["input", "model.0.weight", "model.0.bias"])
    let slopes = file.nodes.filter { $0.operation == "LeakyRelu" }.map { $0.floats["alpha"] }
    #expect(slopes == [0.2, 0.2, 0.2])
  }
}

extension Naive {
  /// Takes values in the order [C, H, W].
  fileprivate init(planes: [Float], _ height: Int, _ width: Int, _ channels: Int) {
    self = .zeros(height, width, channels)
    for (i, value) in planes.enumerated() {
      let (channel, pixel) = (i / (height * width), i % (height * width))
      self[pixel / width, pixel % width, channel] = Double(value)
    }
  }

  fileprivate func doubled() -> Naive {
    var result = Naive.zeros(2 * height, 2 * width, channels)
    for y in 0..<2 * height {
      for x in 0..<2 * width {
        for channel in 0..<channels { result[y, x, channel] = self[y / 2, x / 2, channel] }
      }
    }
    return result
  }

  /// Puts the channels of another image after its own.
  fileprivate func joined(_ other: Naive) -> Naive {
    var result = Naive.zeros(height, width, channels + other.channels)
    for pixel in 0..<height * width {
      let own = values[pixel * channels..<(pixel + 1) * channels]
      let more = other.values[pixel * other.channels..<(pixel + 1) * other.channels]
      result.values.replaceSubrange(
        pixel * result.channels..<(pixel + 1) * result.channels, with: own + more)
    }
    return result
  }
}

extension ONNXFile {
  /// Runs the graph on one image.
  fileprivate func run(_ input: Naive) -> Naive {
    var values = ["input": input]
    for node in nodes { values[node.output] = run(node, values) }
    return values["output"] ?? input
  }

  private func run(_ node: Node, _ values: [String: Naive]) -> Naive {
    let first = values[node.inputs[0]] ?? Naive.zeros(0, 0, 0)
    let others = node.inputs.dropFirst().map { tensors[$0]?.floats ?? [] }
    switch node.operation {
    case "Pad":
      let pads = tensors[node.inputs[1]]?.integers ?? []
      precondition(node.texts["mode"] == "reflect" && pads.count == 8)
      precondition(Set(pads[2...3] + pads[6...7]).count == 1 && pads[0] == 0 && pads[5] == 0)
      return first.padded(Int(pads[2]), mirrored: true)
    case "Resize":
      precondition(node.inputs[1].isEmpty && others[1] == [1, 1, 2, 2])
      let mapping = node.texts["coordinate_transformation_mode"]
      precondition(mapping == "asymmetric" && node.texts["nearest_mode"] == "floor")
      precondition(node.texts["mode"] == "nearest")
      return first.doubled()
    case "Conv": return convolve(first, node, others, isTransposed: false)
    case "ConvTranspose": return convolve(first, node, others, isTransposed: true)
    case "InstanceNormalization":
      precondition(others.count == 2 && node.floats["epsilon"] == 1e-5)
      let statistics = (0..<first.channels).map { first.statistics(of: $0) }
      return first.mapped { value, channel in
        let (mean, scale) = statistics[channel]
        return (value - mean) * scale * Double(others[0][channel]) + Double(others[1][channel])
      }
    case "BatchNormalization":
      let epsilon = Double(node.floats["epsilon"] ?? 0)
      return first.mapped { value, channel in
        let scale = 1 / (Double(others[3][channel]) + epsilon).squareRoot()
        return (value - Double(others[2][channel])) * scale * Double(others[0][channel])
          + Double(others[1][channel])
      }
    case "Relu": return first.mapped { value, _ in max(0, value) }
    case "LeakyRelu":
      let slope = Double(node.floats["alpha"] ?? 0)
      return first.mapped { value, _ in value > 0 ? value : slope * value }
    case "Tanh": return first.mapped { value, _ in tanh(value) }
    case "Add":
      let second = values[node.inputs[1]] ?? first
      var sum = first
      for i in sum.values.indices { sum.values[i] += second.values[i] }
      return sum
    case "Concat":
      precondition(node.integers["axis"] == [1])
      return first.joined(values[node.inputs[1]] ?? first)
    default: preconditionFailure("no operator \(node.operation)")
    }
  }

  private func convolve(
    _ input: Naive, _ node: Node, _ parameters: [[Float]], isTransposed: Bool
  ) -> Naive {
    let shape = tensors[node.inputs[1]]?.shape ?? []
    let (k, stride) = (node.integers["kernel_shape"]?[0] ?? 0, node.integers["strides"]?[0] ?? 1)
    let pads = node.integers["pads"] ?? []
    precondition(Set(pads).count == 1 && pads.count == 4 && shape[2...] == [k, k])
    let result =
      isTransposed
      ? input.spread(
        parameters[0], into: shape[1], kernel: k, stride: stride, padding: pads[0],
        more: node.integers["output_padding"]?[0] ?? 0)
      : input.padded(pads[0], mirrored: false)
        .convolved(parameters[0], into: shape[0], kernel: k, stride: stride)
    guard parameters.count > 1 else { return result }
    return result.mapped { value, channel in value + Double(parameters[1][channel]) }
  }
}
