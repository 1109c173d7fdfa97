import CKernels

/// Why a generator could not be built or run.
public enum GeneratorError: OutOfMemoryError, Equatable, CustomStringConvertible {
  /// Not enough memory for the weights or for an image of this size.
  case outOfMemory
  /// A kernel failed, for this reason.
  case failed(String)
  /// The output has NaN or infinite samples.
  case notFinite(count: Int)

  /// Not enough memory for the weights or for an image of this size.
  package static func outOfMemory(_ error: OutOfMemory) -> GeneratorError { .outOfMemory }

  /// One line for standard error.
  public var description: String {
    switch self {
    case .outOfMemory: "out of memory"
    case .failed(let reason): "the network failed: \(reason)"
    case .notFinite(let count):
      "the network's output has \(count) NaN or infinite samples: its weights are too large, or "
        + "are not finite themselves"
    }
  }
}

/// A generator on the native runtime: our own kernels, all cores, no LibTorch.
///
/// Several threads may use one at a time.
public final class Generator: Sendable {
  /// What it is.
  public let architecture: GeneratorArchitecture

  /// Sides beyond this have no memory anywhere, and the kernels count in 32 bits.
  private static let maximumSide = 1 << 26

  private let network: PackedNetwork
  private let idle = Locked<[Workspace]>([])

  /// Builds the kernels.
  ///
  /// - Parameters:
  ///   - weights: Tensors that fit the architecture, as `WeightsFile.fitted` gives them.
  ///   - architecture: Family, depth, widths.
  ///   - precision: Arithmetic of the convolutions.
  ///   - usesRunningStatistics: Whether batch norms use their running statistics, as PyTorch does in
  ///     eval mode; false takes those of each image, as in train mode with batches of one. Dropout has
  ///     no effect either way.
  /// - Throws: `GeneratorError` if memory is short or a kernel cannot do a layer.
  /// - Precondition: The weights fit, and the precision is available.
  public init(
    _ weights: WeightsFile, architecture: GeneratorArchitecture, precision: Precision = .float32,
    usesRunningStatistics: Bool = true
  ) throws(GeneratorError) {
    self.architecture = architecture
    network = try PackedNetwork(
      architecture.network, weights: weights, precision: precision,
      usesRunningStatistics: usesRunningStatistics)
  }

  /// Translates an image.
  ///
  /// Where the network cannot take the sides, reflection padding is added at the right and at the
  /// bottom, and the result is cropped. A gray image is repeated for a network with three channels,
  /// and a color image is converted to gray for a network with one.
  ///
  /// - Parameter frame: An image of any size, uint8 or float32 samples.
  /// - Returns: Float32 samples, `[C, H, W] Float32 in -1...1`, of the same width and height.
  /// - Throws: `GeneratorError` if memory is short, or the output is not finite.
  public func callAsFunction(_ frame: Frame) throws(GeneratorError) -> Frame {
    try withWorkspace(for: frame) { (plan, memory) throws(GeneratorError) in
      let runsOnOneThread = multiplications(plan.input.height, plan.input.width) < Self.oneThread
      let before = runsOnOneThread ? ck_threads_limit(1) : nil
      defer { if let before { ck_threads_limit(before) } }
      let input = try GeneratorError.allocating(
        try frame.withChannels(architecture.inputChannels))
      read(input, into: plan.input, memory)
      try plan.run(on: memory)
      return try written(plan.output, memory, height: frame.height, width: frame.width)
    }
  }

  /// Multiplications below which one thread runs a network: threads would wait for each other longer
  /// than they save, about two milliseconds of one core's work, and a busy machine makes each wait as
  /// long as that.
  private static let oneThread = 0x1p27

  /// Multiplications below which several images get done sooner one a core than one after the other.
  ///
  /// At 64 px, ngf 32 and 6 blocks it takes 3.0 ms an image instead of 5.7 on two cores, at 128 px,
  /// ngf 64 and 9 blocks 56 instead of 77. Larger ones gain nothing, and each would need memory of
  /// its own.
  private static let oneImagePerCore = 0x1p34

  /// Says whether several images of a size get done sooner one a core than one after the other.
  ///
  /// - Parameter frame: One of them.
  /// - Returns: false also where the size is beyond any memory.
  package func sharesCores(_ frame: Frame) -> Bool {
    let (height, width) = (side(frame.height), side(frame.width))
    return max(height, width) <= Self.maximumSide
      && multiplications(height, width) < Self.oneImagePerCore
  }

  private func multiplications(_ height: Int, _ width: Int) -> Double {
    network.stages.multiplications(height: height, width: width)
  }

  /// Lends a plan for a size of image, and its memory, to the calling thread alone.
  private func withWorkspace<Result>(
    for frame: Frame,
    _ body: (Plan, UnsafeMutablePointer<Float>) throws(GeneratorError) -> Result
  ) throws(GeneratorError) -> Result {
    let (height, width) = (side(frame.height), side(frame.width))
    guard max(height, width) <= Self.maximumSide else { throw .outOfMemory }
    let workspace = idle.withLock { $0.popLast() } ?? Workspace()
    defer { idle.withLock { $0.append(workspace) } }
    let (plan, memory) = try workspace.planned(network, height: height, width: width)
    return try body(plan, memory.floats)
  }

  /// The smallest side the network takes that is no less than this one.
  private func side(_ side: Int) -> Int {
    let multiple = network.description.sideMultiple
    let least = max(side, network.description.minimumSide)
    return (least + multiple - 1) / multiple * multiple
  }

  private func read(_ frame: Frame, into buffer: Plan.Buffer, _ memory: UnsafeMutablePointer<Float>)
  {
    let (h, w, channels) = (Int32(frame.height), Int32(frame.width), Int32(frame.channels))
    let (height, width) = (Int32(buffer.height), Int32(buffer.width))
    switch frame.samples {
    case .uint8(let samples):
      samples.withUnsafeBufferPointer {
        ck_image_read_uint8(
          $0.baseAddress, h, w, channels, memory + buffer.offset, height, width)
      }
    case .float32(let samples):
      samples.withUnsafeBufferPointer {
        ck_image_read_float32(
          $0.baseAddress, h, w, channels, memory + buffer.offset, height, width)
      }
    }
  }

  private func written(
    _ buffer: Plan.Buffer, _ memory: UnsafeMutablePointer<Float>, height: Int, width: Int
  ) throws(GeneratorError) -> Frame {
    let count = height * width * buffer.channels
    let values = try GeneratorError.allocating(
      try Buffer<Float>(count: count) { values in
        ck_image_write_tanh(
          memory + buffer.offset, Int32(buffer.width), Int32(buffer.channels),
          values.baseAddress, Int32(height), Int32(width))
      })
    guard values.firstNonfinite == nil else {
      throw .notFinite(count: values.count { !$0.isFinite })
    }
    return Frame(
      width: width, height: height, channels: buffer.channels, samples: .float32(values))
  }
}

/// The plan for the size of the last image, and memory for it; one thread's at a time.
private final class Workspace: @unchecked Sendable {
  private var plan: Plan?
  private var memory: FloatStorage?

  func planned(
    _ network: PackedNetwork, height: Int, width: Int
  ) throws(GeneratorError) -> (Plan, FloatStorage) {
    if let plan, let memory, plan.input.height == height, plan.input.width == width {
      return (plan, memory)
    }
    let made = try Plan.Builder.plan(network, height: height, width: width)
    // The old memory goes before the new comes.
    if (memory?.count ?? 0) < made.size { memory = nil }
    let room: FloatStorage
    if let memory { room = memory } else { room = try FloatStorage(count: made.size) }
    (plan, memory) = (made, room)
    return (made, room)
  }
}
