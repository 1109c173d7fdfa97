import CKernels
import Synchronization

/// A generator on the native runtime: oneDNN and our own kernels, all cores, no LibTorch.
///
/// Several threads may use one at a time.
public final class Generator: Sendable {
  /// What it is.
  public let architecture: GeneratorArchitecture

  /// Sides beyond this have no memory anywhere, and the kernels count in 32 bits.
  private static let maximumSide = 1 << 26

  private let network: NativeNetwork
  private let idle = Mutex<[Workspace]>([])

  /// Builds the kernels.
  ///
  /// - Parameters:
  ///   - weights: Tensors that fit the architecture, as `WeightsFile.fitted` gives them.
  ///   - architecture: Family, depth, widths.
  ///   - precision: Of what is multiplied.
  /// - Throws: `GeneratorError` if memory is short or oneDNN cannot do a layer.
  /// - Precondition: The weights fit, and the precision is available.
  public init(
    _ weights: WeightsFile, architecture: GeneratorArchitecture, precision: Precision = .float32
  ) throws(GeneratorError) {
    self.architecture = architecture
    network = try NativeNetwork(architecture.network, weights: weights, precision: precision)
  }

  /// Translates a picture.
  ///
  /// A picture whose sides the network cannot take is mirrored beyond its right and lower border,
  /// without repeating the border, and the result is cut back. A grey picture is spread over a
  /// network's three channels, and a colour picture is turned grey for a network with one.
  ///
  /// - Parameter frame: A picture of any size, levels or values.
  /// - Returns: Values, `[C, H, W] Float32 in -1...1`, of the same width and height.
  /// - Throws: `GeneratorError` if memory is short.
  public func callAsFunction(_ frame: Frame) throws(GeneratorError) -> Frame {
    try withWorkspace(for: frame) { (plan, memory) throws(GeneratorError) in
      let before = plan.isSmall ? ck_limit_threads(1) : nil
      defer { if let before { ck_limit_threads(before) } }
      read(frame.withChannels(architecture.inputChannels), into: plan.input, memory)
      try plan.run(on: memory)
      return written(plan.output, memory, height: frame.height, width: frame.width)
    }
  }

  /// Whether several pictures of a size get done sooner one a core than one after the other.
  ///
  /// - Parameter frame: One of them.
  /// - Returns: false where memory is short.
  public func sharesCores(_ frame: Frame) -> Bool {
    let answer = try? withWorkspace(for: frame) { (plan, _) throws(GeneratorError) in
      plan.sharesCores
    }
    return answer ?? false
  }

  /// Lends a plan for a size of picture, and its memory, to the calling thread alone.
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

  private func read(_ frame: Frame, into place: Plan.Place, _ memory: UnsafeMutablePointer<Float>) {
    let (h, w, channels) = (Int32(frame.height), Int32(frame.width), Int32(frame.channels))
    let (height, width) = (Int32(place.height), Int32(place.width))
    switch frame.samples {
    case .uint8(let levels):
      ck_levels_read(levels, h, w, channels, memory + place.offset, height, width)
    case .float32(let values):
      ck_values_read(values, h, w, channels, memory + place.offset, height, width)
    }
  }

  private func written(
    _ place: Plan.Place, _ memory: UnsafeMutablePointer<Float>, height: Int, width: Int
  ) -> Frame {
    let count = height * width * place.channels
    let values = [Float](unsafeUninitializedCapacity: count) { values, filled in
      guard let base = values.baseAddress else { return }
      ck_tanh_write(
        memory + place.offset, Int32(place.width), Int32(place.channels), base, Int32(height),
        Int32(width))
      filled = count
    }
    return Frame(
      width: width, height: height, channels: place.channels, samples: .float32(values))
  }
}

/// The plan for the size of picture that was last, and memory for it; one thread's at a time.
private final class Workspace: @unchecked Sendable {
  private var plan: Plan?
  private var memory: FloatStorage?

  func planned(
    _ network: NativeNetwork, height: Int, width: Int
  ) throws(GeneratorError) -> (Plan, FloatStorage) {
    if let plan, let memory, plan.input.height == height, plan.input.width == width {
      return (plan, memory)
    }
    let made = try PlanBuilder.plan(network, height: height, width: width)
    // The old memory goes before the new comes.
    if (memory?.count ?? 0) < made.size { memory = nil }
    let room: FloatStorage
    if let memory { room = memory } else { room = try FloatStorage(count: made.size) }
    (plan, memory) = (made, room)
    return (made, room)
  }
}
