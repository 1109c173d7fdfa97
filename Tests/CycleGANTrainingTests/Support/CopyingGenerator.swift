import CycleGAN

@testable import CycleGANTraining

/// Weights of a generator without norms that, before its tanh, gives every 4 x 4 px their first pixel
/// times a factor, plus a number.
///
/// Positive and negative halves of each channel travel through the ReLUs in channels of their own.
enum CopyingGenerator {
  static let architecture = GeneratorArchitecture(
    kind: .resnet(blocks: 0), inputChannels: 3, outputChannels: 3, width: 6, norm: .none,
    dropout: false)

  static func weights(factor: Float, plus summand: Float = 0) -> WeightsFile {
    let parameters = architecture.network.parameters
    let convolutions = parameters.filter { $0.role == .convolutionWeight }
    let tensors = parameters.map { parameter in
      guard let place = convolutions.firstIndex(of: parameter) else {
        let isLast = parameter == parameters.last
        return NamedTensor(
          parameter.name, shape: parameter.shape,
          values: [Float](repeating: isLast ? summand : 0, count: parameter.shape[0]))
      }
      var values = [Float](repeating: 0, count: parameter.shape.reduce(1, *))
      for (first, second, row, column, value) in taps(place, factor) {
        let (rows, columns) = (parameter.shape[2], parameter.shape[3])
        values[((first * parameter.shape[1] + second) * rows + row) * columns + column] = value
      }
      return NamedTensor(parameter.name, shape: parameter.shape, values: values)
    }
    return WeightsFile(tensors: tensors)
  }

  /// What is not 0 in a kernel: both channels, row, column and value.
  private static func taps(_ place: Int, _ factor: Float) -> [(Int, Int, Int, Int, Float)] {
    switch place {
    case 0: (0..<3).flatMap { [(2 * $0, $0, 3, 3, 1), (2 * $0 + 1, $0, 3, 3, -1)] }
    case 1, 2: (0..<6).map { ($0, $0, 1, 1, 1) }
    case 3, 4:
      (0..<6).flatMap { i in [1, 2].flatMap { row in [1, 2].map { (i, i, row, $0, 1) } } }
    default: (0..<3).flatMap { [($0, 2 * $0, 3, 3, factor), ($0, 2 * $0 + 1, 3, 3, -factor)] }
    }
  }

  /// A image of little contrast, of one color within every 4 x 4 px.
  static func image(_ domain: Int, _ index: Int) -> Frame {
    let noise = TrainingMaterial.noise(seed: domain * 7919 + index * 104_729 + 7, count: 48)
    let levels = (0..<256 * 3).map { i in
      UInt8(108 + noise[(i / 48 / 4 * 4 + i / 3 % 16 / 4) * 3 + i % 3] % 40)
    }
    return Frame(width: 16, height: 16, channels: 3, samples: .uint8(Buffer(levels)))
  }
}
