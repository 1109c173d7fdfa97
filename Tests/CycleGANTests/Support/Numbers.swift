import CycleGAN

/// Numbers that Fixtures/parity/make-forward.py makes, too.
enum Numbers {
  /// Multiples of 2^-23 in -1..<1.
  static func numbers(_ seed: Int, _ count: Int) -> [Double] {
    var state = UInt32(truncatingIfNeeded: seed)
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state >> 8) / 0x1p23 - 1
    }
  }

  /// The same as floats, which hold them exactly.
  static func floats(_ seed: Int, _ count: Int) -> [Float] {
    numbers(seed, count).map { Float($0) }
  }

  /// An image in the networks' range.
  static func image(width: Int, height: Int, channels: Int) -> Frame {
    let seed = height * 7919 + width * 104_729 + channels
    return Frame(
      width: width, height: height, channels: channels,
      samples: .float32(Buffer(floats(seed, channels * height * width))))
  }
}

extension GeneratorArchitecture {
  /// The weights that Fixtures/parity/make-forward.py gives this network; scale 0 keeps the variance
  /// from layer to layer, another is the deviation of all kernels.
  func filled(scale: Double = 0) -> WeightsFile {
    let strides = network.transposedStrides
    let tensors = network.parameters.map { parameter in
      guard parameter.role != .batchesTracked else {
        return NamedTensor(parameter.name, shape: [], .int64([0]))
      }
      let seed = Int(crc32(Array(parameter.name.utf8)))
      let values = Numbers.numbers(seed, parameter.shape.reduce(1, *)).map { number in
        switch parameter.role {
        case .convolutionWeight:
          number * parameter.bound(scale: scale, stride: strides[parameter.name])
        case .runningVariance: 1 + 0.5 * number
        case .runningMean: 0.3 * number
        case .normWeight: 1 + 0.2 * number
        default: 0.1 * number
        }
      }
      return NamedTensor(parameter.name, shape: parameter.shape, values: values.map { Float($0) })
    }
    return WeightsFile(tensors: tensors)
  }

  /// A generator with those weights.
  func generator(_ precision: Precision = .float32, scale: Double = 0) throws -> Generator {
    try Generator(filled(scale: scale), architecture: self, precision: precision)
  }
}

extension ParameterDescription {
  /// The largest magnitude of a kernel's elements.
  fileprivate func bound(scale: Double, stride: Int?) -> Double {
    guard scale == 0 else { return scale * 3.0.squareRoot() }
    guard let stride else { return (6 / Double(shape[1...].reduce(1, *))).squareRoot() }
    let terms = Double(shape[0] * shape[2] * shape[3]) / Double(stride * stride)
    return (6 / terms).squareRoot()
  }
}

extension NetworkDescription {
  /// Strides of the transposed convolutions by the names of their weights.
  fileprivate var transposedStrides: [String: Int] {
    Dictionary(uniqueKeysWithValues: layers.flatMap(\.transposedStrides))
  }
}

extension Layer {
  fileprivate var transposedStrides: [(String, Int)] {
    switch self {
    case .transposedConvolution(let convolution):
      [(convolution.name + ".weight", convolution.stride)]
    case .residual(let inner), .skip(let inner): inner.flatMap(\.transposedStrides)
    default: []
    }
  }
}
