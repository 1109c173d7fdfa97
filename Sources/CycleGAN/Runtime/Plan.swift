import CKernels

/// What a network does for one size of image: kernels in order, on one arena.
struct Plan {
  /// One kernel call.
  enum Step {
    /// y = convolution(x), of factors in bfloat16.
    case bf16(ConvolutionKernel, x: Buffer, y: Buffer)
    /// y = convolution(map(x)), and the statistics of y if asked for.
    case gemm(
      ConvolutionKernel, x: Buffer, norm: NormValues?, slope: Float, y: Buffer,
      statistics: NormValues?)
    /// y = convolution(relu(norm(x))), or of x itself, and the statistics of y if asked for.
    case winograd(
      ConvolutionKernel, x: Buffer, norm: NormValues?, y: Buffer, statistics: NormValues?)
    /// y = convolution(map(x)).
    case kn2row(ConvolutionKernel, x: Buffer, norm: NormValues?, slope: Float, y: Buffer)
    /// y = x by nearest-neighbor upsampling.
    case nearestUpsampling(x: Buffer, y: Buffer)
    /// The mean and deviation of every channel of x.
    case statistics(x: Buffer, into: NormValues)
    /// Multiplies the deviations of channels by factors.
    case rescaling(NormValues, by: PackedNetwork.Affine)
    /// y = map(x).
    case map(Map)
  }

  /// Activations in the arena, [H, W, C].
  struct Buffer {
    /// Floats from the beginning of the arena.
    var offset: Int
    var height: Int
    var width: Int
    var channels: Int

    var count: Int { height * width * channels }
  }

  /// One pass over activations: norm, activation, sum, and where they go.
  struct Map {
    var x: Buffer
    var norm: NormValues?
    /// Factor of negative values; 1 leaves them alone.
    var slope: Float
    /// Offset of activations that are added at the end.
    var addend: Int?
    var y: Buffer
    /// Reflection padding around y, px.
    var padding: Int
    /// The first of y's channels that is written.
    var firstChannel: Int
  }

  var steps: [Step] = []
  var input: Buffer
  var output: Buffer
  /// Floats of the arena.
  var size = 0

  /// Runs every step.
  ///
  /// - Parameter memory: `size` floats; `input` is filled, `output` is complete afterwards.
  /// - Throws: `GeneratorError` if memory is short or a kernel fails.
  func run(on memory: UnsafeMutablePointer<Float>) throws(GeneratorError) {
    for step in steps { try step.run(on: memory) }
  }
}

extension Plan {
  /// Turns a network's stages into a plan for one size of image.
  ///
  /// A prologue is not run where it stands: it is deferred until a kernel reads the activations, so that
  /// as few passes over memory as possible do them all.
  struct Builder {
    /// Activations and the prologue that is deferred.
    private struct Operand {
      var buffer: Plan.Buffer
      var norm: NormValues?
      var slope: Float = 1
      var padding = 0

      var isPlain: Bool { norm == nil && slope == 1 && padding == 0 }

      /// Whether a convolution by Winograd's method does the prologue, except the padding, as it reads:
      /// it can do an instance norm with its ReLU.
      var isReadByWinograd: Bool {
        norm == nil && slope == 1 || slope == 0 && norm.map { !$0.hasShift } ?? false
      }
    }

    private let network: PackedNetwork
    private var steps: [Plan.Step] = []
    private var arena = Arena()

    /// Plans a network.
    ///
    /// - Parameters:
    ///   - network: The kernels.
    ///   - height: Rows of the input, a multiple of what the network wants.
    ///   - width: Columns of the input, likewise.
    /// - Returns: Steps, and the buffers of input and output.
    /// - Throws: `GeneratorError` if memory is short.
    static func plan(
      _ network: PackedNetwork, height: Int, width: Int
    ) throws(GeneratorError) -> Plan {
      var builder = Builder(network: network)
      let input = builder.buffer(height, width, network.description.inputChannels)
      let result = try builder.appended(network.stages, to: Operand(buffer: input))
      let output = builder.settled(result)
      return Plan(
        steps: builder.steps, input: input, output: output.buffer, size: builder.arena.size)
    }

    private init(network: PackedNetwork) {
      self.network = network
    }

    private mutating func buffer(_ height: Int, _ width: Int, _ channels: Int) -> Plan.Buffer {
      let offset = arena.allocate(height * width * channels)
      return Plan.Buffer(offset: offset, height: height, width: width, channels: channels)
    }

    private mutating func release(_ buffer: Plan.Buffer) {
      arena.release(buffer.offset, buffer.count)
    }

    private mutating func appended(
      _ stages: [NetworkStage], to start: Operand
    ) throws(GeneratorError) -> Operand {
      var operand = start
      for stage in stages {
        switch stage {
        case .prologue(let prologue):
          if let norm = prologue.norm { try apply(norm, to: &operand) }
          if prologue.slope != 1 { operand.slope = prologue.slope }
          operand.padding = prologue.padding
        case .convolution(let convolution, let context):
          operand = convolved(operand, convolution, context)
        case .nearestUpsampling: operand = upsampled(operand)
        case .residual(let inner, _): operand = try added(operand, inner)
        case .skip(let inner): operand = try joined(operand, inner)
        // Dropout only works while training; the last layer's tanh is done on the way out.
        case .dropout, .tanh: break
        }
      }
      return operand
    }

    private mutating func convolved(
      _ operand: Operand, _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext
    ) -> Operand {
      guard let kernel = network.convolutions[convolution.name] else {
        preconditionFailure("no kernel for \(convolution.name)")
      }
      switch kernel.method {
      case .winograd: return winograd(operand, kernel, convolution)
      case .kn2row: return kn2row(operand, kernel, convolution)
      case .gemm: return gemm(operand, kernel, convolution, context)
      case .bf16: break
      }
      let x = settled(operand).buffer
      let y = buffer(
        convolution.outputSide(x.height, context), convolution.outputSide(x.width, context),
        convolution.outputChannels)
      steps.append(.bf16(kernel, x: x, y: y))
      release(x)
      return Operand(buffer: y)
    }

    private mutating func gemm(
      _ operand: Operand, _ kernel: ConvolutionKernel, _ convolution: Convolution,
      _ context: NetworkStage.ConvolutionContext
    ) -> Operand {
      // The kernel reads x inside reflection padding, or inside zeros of its own.
      let operand = convolution.padding > 0 && operand.padding > 0 ? settled(operand) : operand
      let x = operand.buffer
      let padding = 2 * operand.padding
      let y = buffer(
        convolution.outputSide(x.height + padding, context),
        convolution.outputSide(x.width + padding, context), convolution.outputChannels)
      steps.append(
        .gemm(kernel, x: x, norm: operand.norm, slope: operand.slope, y: y, statistics: nil))
      release(x)
      return Operand(buffer: y)
    }

    private mutating func winograd(
      _ operand: Operand, _ kernel: ConvolutionKernel, _ convolution: Convolution
    ) -> Operand {
      var x = operand
      x.padding = 0
      if !x.isReadByWinograd { x = settled(x) }
      let y = buffer(x.buffer.height, x.buffer.width, convolution.outputChannels)
      steps.append(.winograd(kernel, x: x.buffer, norm: x.norm, y: y, statistics: nil))
      release(x.buffer)
      return Operand(buffer: y)
    }

    /// Norm and activation stay deferred: they are the same for each of the four pixels.
    private mutating func upsampled(_ operand: Operand) -> Operand {
      var result = operand.padding == 0 && operand.isReadByWinograd ? operand : settled(operand)
      let x = result.buffer
      result.buffer = buffer(2 * x.height, 2 * x.width, x.channels)
      steps.append(.nearestUpsampling(x: x, y: result.buffer))
      release(x)
      return result
    }

    private mutating func kn2row(
      _ operand: Operand, _ kernel: ConvolutionKernel, _ convolution: Convolution
    ) -> Operand {
      let x = operand.buffer
      let y = buffer(x.height, x.width, convolution.outputChannels)
      steps.append(.kn2row(kernel, x: x, norm: operand.norm, slope: operand.slope, y: y))
      release(x)
      return Operand(buffer: y)
    }

    private mutating func apply(
      _ norm: NetworkStage.ChannelNorm, to operand: inout Operand
    ) throws(GeneratorError) {
      if let values = network.norms[norm.name] {
        operand.norm = values
        return
      }
      let affine = network.affines[norm.name]
      let values = try NormValues(channels: norm.channels, shift: affine?.bias)
      operand.norm = values
      switch steps.last {
      case .winograd(let kernel, let x, let before, let y, _):
        steps[steps.count - 1] = .winograd(kernel, x: x, norm: before, y: y, statistics: values)
      case .gemm(let kernel, let x, let before, let slope, let y, _):
        steps[steps.count - 1] = .gemm(
          kernel, x: x, norm: before, slope: slope, y: y, statistics: values)
      default: steps.append(.statistics(x: operand.buffer, into: values))
      }
      if let affine { steps.append(.rescaling(values, by: affine)) }
    }

    /// x + inner(x), in x's own buffer.
    private mutating func added(
      _ operand: Operand, _ inner: [NetworkStage]
    ) throws(GeneratorError) -> Operand {
      let x = settled(operand)
      arena.retain(x.buffer.offset)
      let result = try appended(inner, to: x)
      steps.append(
        .map(
          Plan.Map(
            x: result.buffer, norm: result.norm, slope: result.slope, addend: x.buffer.offset,
            y: x.buffer, padding: 0, firstChannel: 0)))
      release(result.buffer)
      return x
    }

    /// x and inner(x) side by side along the channels.
    private mutating func joined(
      _ operand: Operand, _ inner: [NetworkStage]
    ) throws(GeneratorError) -> Operand {
      let x = operand.buffer
      let y = buffer(x.height, x.width, x.channels + inner.outputChannels(of: x.channels))
      write(operand, into: y, firstChannel: 0)
      let result = try appended(inner, to: operand)
      write(result, into: y, firstChannel: x.channels)
      release(result.buffer)
      return Operand(buffer: y)
    }

    private mutating func write(_ operand: Operand, into y: Plan.Buffer, firstChannel: Int) {
      steps.append(
        .map(
          Plan.Map(
            x: operand.buffer, norm: operand.norm, slope: operand.slope, addend: nil, y: y,
            padding: operand.padding, firstChannel: firstChannel)))
    }

    /// Runs what is deferred.
    private mutating func settled(_ operand: Operand) -> Operand {
      guard !operand.isPlain else { return operand }
      let x = operand.buffer
      guard operand.padding > 0 else {
        write(operand, into: x, firstChannel: 0)
        return Operand(buffer: x)
      }
      let y = buffer(x.height + 2 * operand.padding, x.width + 2 * operand.padding, x.channels)
      write(operand, into: y, firstChannel: 0)
      release(x)
      return Operand(buffer: y)
    }
  }
}

extension Plan.Step {
  fileprivate func run(on memory: UnsafeMutablePointer<Float>) throws(GeneratorError) {
    switch self {
    case .bf16(let convolution, let x, let y):
      guard case .bf16(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_bf16_convolution_run(
          pointer, memory + x.offset, Int32(x.height), Int32(x.width), memory + y.offset,
          Int32(y.height), Int32(y.width), &error)
      }
    case .gemm(let convolution, let x, let norm, let slope, let y, let statistics):
      guard case .gemm(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_gemm_convolution_run(
          pointer, ck_map(norm, slope: slope, addend: nil), memory + x.offset, Int32(x.height),
          Int32(x.width), convolution.bias?.floats, memory + y.offset, Int32(y.height),
          Int32(y.width), statistics?.mean, statistics?.scale, Norm.epsilon, &error)
      }
    case .winograd(let convolution, let x, let norm, let y, let statistics):
      guard case .winograd(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_winograd_run(
          pointer, memory + x.offset, Int32(x.height), Int32(x.width), norm?.mean, norm?.scale,
          convolution.bias?.floats, memory + y.offset, statistics?.mean,
          statistics?.scale, Norm.epsilon, &error)
      }
    case .kn2row(let convolution, let x, let norm, let slope, let y):
      guard case .kn2row(let pointer) = convolution.method else { return }
      try kernel { error in
        ck_kn2row_run(
          pointer, ck_map(norm, slope: slope, addend: nil), memory + x.offset, Int32(x.height),
          Int32(x.width), memory + y.offset, &error)
      }
    case .nearestUpsampling(let x, let y):
      ck_nearest_upsample(
        memory + x.offset, Int32(x.height), Int32(x.width), Int32(x.channels), memory + y.offset)
    case .statistics(let x, let values):
      try kernel { error in
        ck_statistics_compute(
          memory + x.offset, x.height * x.width, Int32(x.channels), Norm.epsilon, values.mean,
          values.scale, &error)
      }
    case .rescaling(let values, let affine):
      for (channel, factor) in affine.weight.enumerated() { values.scale[channel] *= factor }
    case .map(let map): map.run(on: memory)
    }
  }
}

extension Plan.Map {
  fileprivate func run(on memory: UnsafeMutablePointer<Float>) {
    let values = ck_map(norm, slope: slope, addend: addend.map { memory + $0 })
    ck_map_apply(
      values, memory + x.offset, Int32(x.height), Int32(x.width), Int32(x.channels),
      memory + y.offset, Int32(padding), Int32(y.channels), Int32(firstChannel))
  }
}

extension ck_map {
  fileprivate init(
    _ norm: NormValues?, slope: Float, addend: UnsafeMutablePointer<Float>?
  ) {
    self.init(
      mean: norm.map { UnsafePointer($0.mean) }, scale: norm.map { UnsafePointer($0.scale) },
      shift: norm?.shift.map { UnsafePointer($0) }, slope: slope,
      addend: addend.map { UnsafePointer($0) })
  }
}

extension Convolution {
  /// Rows or columns of the output, where the input is padded.
  fileprivate func outputSide(_ side: Int, _ context: NetworkStage.ConvolutionContext) -> Int {
    context.isTransposed
      ? (side - 1) * stride - 2 * padding + kernel + outputPadding
      : (side + 2 * padding - kernel) / stride + 1
  }
}

extension [NetworkStage] {
  fileprivate func outputChannels(of channels: Int) -> Int {
    reduce(channels) { channels, stage in
      switch stage {
      case .convolution(let convolution, _): convolution.outputChannels
      case .skip(let inner): channels + inner.outputChannels(of: channels)
      default: channels
      }
    }
  }

  /// Multiplications of all convolutions by their definition: every weight meets each pixel of the
  /// smaller side, input or output.
  ///
  /// - Parameters:
  ///   - height: Rows of the input.
  ///   - width: Columns of the input.
  /// - Returns: A whole number.
  func multiplications(height: Int, width: Int) -> Double {
    var size = (height: height, width: width)
    return multiplications(&size)
  }

  private func multiplications(_ size: inout (height: Int, width: Int)) -> Double {
    var count = 0.0
    for stage in self {
      switch stage {
      case .convolution(let convolution, let context):
        let before = Double(size.height) * Double(size.width)
        let padding = 2 * context.reflectionPadding
        size.height = convolution.outputSide(size.height + padding, context)
        size.width = convolution.outputSide(size.width + padding, context)
        let pixels = Swift.min(before, Double(size.height) * Double(size.width))
        let weights = convolution.inputChannels * convolution.outputChannels
        count += pixels * Double(weights * convolution.kernel * convolution.kernel)
      case .nearestUpsampling: size = (2 * size.height, 2 * size.width)
      case .residual(let inner, _), .skip(let inner): count += inner.multiplications(&size)
      case .prologue, .tanh, .dropout: break
      }
    }
    return count
  }
}
