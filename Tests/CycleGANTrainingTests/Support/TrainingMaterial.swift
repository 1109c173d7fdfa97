import CycleGAN

@testable import CycleGANTraining

/// The weights and images that Fixtures/parity/make-training.py makes.
enum TrainingMaterial {
  /// Makes a model once LibTorch has its one thread, as in a run: the bits of its own operations depend on
  /// its threads, and tests share the process.
  static func model(_ options: ModelOptions, seed: UInt64) throws -> CycleGANModel {
    try oneThread.get()
    return try CycleGANModel(options, device: .cpu, random: RandomSource(seed: seed))
  }

  private static let oneThread = Result { () throws(TorchError) in try Device.setThreads(1) }

  /// The upper 24 bits of a linear congruential generator.
  static func noise(seed: Int, count: Int) -> [UInt32] {
    var state = UInt32(truncatingIfNeeded: seed)
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 8
    }
  }

  /// Fills a network: convolutions up to ±0.06, say, biases up to ±0.02, a norm's factors around 1.
  static func weights(
    _ description: NetworkDescription, role: NetworkRole, convolutions scale: Double = 0.06
  ) -> WeightsFile {
    let roleIndex = NetworkRole.allCases.firstIndex(of: role) ?? 0
    let tensors = description.parameters.enumerated().map { index, parameter in
      tensor(
        parameter, seed: roleIndex * 7919 + index * 104_729 + 1,
        scale: parameter.role == .convolutionWeight ? scale : 0.02)
    }
    return WeightsFile(tensors: tensors)
  }

  private static func tensor(
    _ parameter: ParameterDescription, seed: Int, scale: Double
  ) -> NamedTensor {
    let count = parameter.shape.reduce(1, *)
    let constant: Float
    switch parameter.role {
    case .runningMean: constant = 0
    case .runningVariance: constant = 1
    case .batchesTracked:
      return NamedTensor(parameter.name, shape: parameter.shape, .int64([0]))
    default:
      let middle = parameter.role == .normWeight ? 1.0 : 0
      let values = noise(seed: seed, count: count).map {
        Float(middle + scale * (Double($0) / 0x1p23 - 1))
      }
      return NamedTensor(parameter.name, shape: parameter.shape, values: values)
    }
    return NamedTensor(
      parameter.name, shape: parameter.shape,
      values: [Float](repeating: constant, count: count))
  }

  /// A image: noise of half the contrast on a color of the image's own.
  static func image(_ domain: Int, _ index: Int, channels: Int, side: Int) -> Frame {
    let samples = noise(
      seed: domain * 7919 + index * 104_729 + 7, count: side * side * channels)
    let levels = samples.enumerated().map { place, sample in
      UInt8(Int(sample >> 17) + (index * 37 + place % channels * 53 + domain * 91) % 128)
    }
    return Frame(width: side, height: side, channels: channels, samples: .uint8(Buffer(levels)))
  }
}
