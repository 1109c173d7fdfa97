import CKernels

/// What a network does for one size of picture: kernels in order, on one block of memory.
struct Plan {
  /// One kernel call; places are offsets into the plan's memory, in floats.
  enum Step {
    /// y = convolution(x).
    case convolution(ConvolutionKernel, x: Place, y: Place)
    /// y = convolution(relu(norm(x))), or of x itself, and the statistics of y if asked for.
    case winograd(
      ConvolutionKernel, x: Place, norm: ChannelValues?, y: Place, statistics: ChannelValues?)
    /// y = convolution(map(x)).
    case thin(ConvolutionKernel, x: Place, norm: ChannelValues?, slope: Float, y: Place)
    /// y = every pixel of x, twice in both directions.
    case doubling(x: Place, y: Place)
    /// The mean and deviation of every channel of x.
    case statistics(x: Place, into: ChannelValues)
    /// y = map(x).
    case map(Map)
  }

  /// A picture in the plan's memory, [H, W, C].
  struct Place {
    var offset: Int
    var height: Int
    var width: Int
    var channels: Int

    var count: Int { height * width * channels }
  }

  /// One pass over a picture: norm, activation, sum, and where it goes.
  struct Map {
    var x: Place
    var norm: ChannelValues?
    /// Factor of negative values; 1 leaves them alone.
    var slope: Float
    /// Offset of a picture that is added at the end.
    var addend: Int?
    var y: Place
    /// Mirrored px around y.
    var border: Int
    /// The first of y's channels that is written.
    var firstChannel: Int
  }

  var steps: [Step] = []
  var input: Place
  var output: Place
  /// Floats of memory.
  var size = 0
  /// Multiplications of all convolutions by their definition.
  var products = 0

  /// Whether threads would wait for each other longer than they save: about two milliseconds of
  /// one core's work, and a busy machine makes each wait as long as that.
  var isSmall: Bool { products < 1 << 27 }

  /// Whether several pictures like this one get done sooner one a core than one after the other.
  ///
  /// At 64 px, ngf 32 and 6 blocks it takes 3.0 ms a picture instead of 5.7 on two cores, at 128 px,
  /// ngf 64 and 9 blocks 56 instead of 77. Larger ones gain nothing, and each would need memory of
  /// its own.
  var sharesCores: Bool { products < 1 << 34 }

  /// Runs every step.
  ///
  /// - Parameter memory: `size` floats; `input` is filled, `output` is complete afterwards.
  /// - Throws: `GeneratorError` if memory is short or a kernel gives up.
  func run(on memory: UnsafeMutablePointer<Float>) throws(GeneratorError) {
    for step in steps { try step.run(on: memory) }
  }
}

extension Plan.Step {
  fileprivate func run(on memory: UnsafeMutablePointer<Float>) throws(GeneratorError) {
    switch self {
    case .convolution(let convolution, let x, let y):
      guard case .direct(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_convolution_run(
          pointer, memory + x.offset, Int32(x.height), Int32(x.width), memory + y.offset, &error)
      }
    case .winograd(let convolution, let x, let norm, let y, let statistics):
      guard case .winograd(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_winograd_run(
          pointer, memory + x.offset, Int32(x.height), Int32(x.width), norm?.mean, norm?.scale,
          convolution.bias?.floats, memory + y.offset, statistics?.mean,
          statistics?.scale, Norm.epsilon, &error)
      }
    case .thin(let convolution, let x, let norm, let slope, let y):
      guard case .thin(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_kn2row_run(
          pointer, ck_map(norm, slope: slope, addend: nil), memory + x.offset, Int32(x.height),
          Int32(x.width), memory + y.offset, &error)
      }
    case .doubling(let x, let y):
      ck_nearest_upsample(
        memory + x.offset, Int32(x.height), Int32(x.width), Int32(x.channels), memory + y.offset)
    case .statistics(let x, let values):
      try kernel { error in
        ck_statistics_compute(
          memory + x.offset, x.height * x.width, Int32(x.channels), Norm.epsilon, values.mean,
          values.scale, &error)
      }
    case .map(let map): map.run(on: memory)
    }
  }
}

extension Plan.Map {
  fileprivate func run(on memory: UnsafeMutablePointer<Float>) {
    let values = ck_map(norm, slope: slope, addend: addend.map { memory + $0 })
    ck_map_apply(
      values, memory + x.offset, Int32(x.height), Int32(x.width), Int32(x.channels),
      memory + y.offset, Int32(border), Int32(y.channels), Int32(firstChannel))
  }
}

extension ck_map {
  fileprivate init(
    _ norm: ChannelValues?, slope: Float, addend: UnsafeMutablePointer<Float>?
  ) {
    self.init(
      mean: norm.map { UnsafePointer($0.mean) }, scale: norm.map { UnsafePointer($0.scale) },
      shift: norm?.shift.map { UnsafePointer($0) }, slope: slope,
      addend: addend.map { UnsafePointer($0) })
  }
}
