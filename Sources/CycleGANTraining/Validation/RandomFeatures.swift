import CycleGAN

/// Numbers that describe an image's colors and textures, by a network of fixed random weights: no
/// trained network has to be downloaded, and every run measures with the same.
///
///     input    [1,   C, H,    W   ]  -1...1
///     stage 1  [1,  64, H/4,  W/4 ]
///     stage 2  [1, 256, H/16, W/16]
///
/// The numbers are mean and standard deviation of every channel of both stages.
///
/// Source: Naeem et al. 2020, arXiv 2002.09797, section 4.2, find that a network of random weights
/// tells sets of images apart where none is trained on their kind.
struct RandomFeatures {
  private let stages: [TrainableNetwork]
  private let device: Device

  /// Numbers that describe an image.
  static let count = 2 * (64 + 256)

  /// Makes the network, the same every time.
  ///
  /// - Parameters:
  ///   - channels: Of the images, 1 or 3.
  ///   - device: Where it lives.
  /// - Throws: `TorchError` if the device is out of memory.
  init(channels: Int, device: Device) throws(TorchError) {
    var random = RandomSource(seed: 1)
    let deviceRandom = try DeviceRandom(seed: 1, device: device)
    func stage(_ widths: [Int]) throws(TorchError) -> TrainableNetwork {
      let network = try TrainableNetwork(
        .halving(widths), device: device, random: deviceRandom)
      try network.initialize(Initialization(.kaiming), random: &random)
      return network
    }
    stages = [try stage([channels, 32, 64]), try stage([64, 128, 256])]
    self.device = device
  }

  /// Describes an image.
  ///
  /// - Parameter frame: Any size.
  /// - Returns: `count` numbers.
  /// - Throws: `TorchError` if the device is out of memory.
  func callAsFunction(_ frame: Frame) throws(TorchError) -> [Double] {
    var (features, activations): ([Double], Tensor) = ([], try Tensor([frame], device: device))
    for stage in stages {
      activations = try stage.applied(to: activations)
      let values = try activations.values()
      let plane = activations.shape[2] * activations.shape[3]
      for start in stride(from: 0, to: values.count, by: plane) {
        let channel = meanAndDeviation(values[start..<start + plane])
        features += [channel.mean, channel.deviation]
      }
    }
    return features
  }
}

extension NetworkDescription {
  /// Convolutions that halve the image, each followed by a leaky ReLU.
  ///
  /// - Parameter widths: Channels, from the input's to the output's.
  /// - Returns: A network for images of any size.
  fileprivate static func halving(_ widths: [Int]) -> NetworkDescription {
    let layers = zip(widths, widths.dropFirst()).enumerated().flatMap { i, pair in
      [
        Layer.convolution(
          Convolution("\(i)", pair.0, pair.1, kernel: 3, stride: 2, padding: 1, bias: false)),
        .leakyReLU(slope: 0.2),
      ]
    }
    return NetworkDescription(
      layers: layers, inputChannels: widths[0], outputChannels: widths[widths.count - 1],
      sideMultiple: 1, minimumSide: 1)
  }
}
