/// Turns a network's layers into a plan for one size of picture.
///
/// Norms, activations and borders are not run where they stand: they wait until a kernel reads the
/// picture, so that as few passes over memory as possible do them all.
struct PlanBuilder {
  /// A picture and what still has to happen to it.
  private struct Operand {
    var place: Plan.Place
    var norm: ChannelValues?
    var slope: Float = 1
    var border = 0

    var isPlain: Bool { norm == nil && slope == 1 && border == 0 }

    /// Whether a convolution by Winograd's method does what waits, except the border, as it reads: it
    /// can do an instance norm with its ReLU.
    var isReadByWinograd: Bool {
      norm == nil && slope == 1 || slope == 0 && norm.map { !$0.hasShift } ?? false
    }
  }

  private let network: NativeNetwork
  private var steps: [Plan.Step] = []
  private var memory = MemoryLayoutPlanner()
  private var products = 0

  /// Plans a network.
  ///
  /// - Parameters:
  ///   - network: The kernels.
  ///   - height: Rows of the input, a multiple of what the network wants.
  ///   - width: Columns of the input, likewise.
  /// - Returns: Steps, their memory, and where input and output are.
  /// - Throws: `GeneratorError` if memory is short.
  static func plan(
    _ network: NativeNetwork, height: Int, width: Int
  ) throws(GeneratorError) -> Plan {
    var builder = PlanBuilder(network: network)
    let input = builder.place(height, width, network.description.inputChannels)
    let result = try builder.appended(network.description.layers, to: Operand(place: input))
    let output = builder.settled(result)
    return Plan(
      steps: builder.steps, input: input, output: output.place, size: builder.memory.size,
      products: builder.products)
  }

  private init(network: NativeNetwork) {
    self.network = network
  }

  private mutating func place(_ height: Int, _ width: Int, _ channels: Int) -> Plan.Place {
    let offset = memory.taken(height * width * channels)
    return Plan.Place(offset: offset, height: height, width: width, channels: channels)
  }

  private mutating func release(_ place: Plan.Place) {
    memory.release(place.offset, place.count)
  }

  private mutating func appended(
    _ layers: [Layer], to start: Operand
  ) throws(GeneratorError) -> Operand {
    var operand = start
    for layer in layers {
      switch layer {
      case .reflectionPadding(let border): operand.border = border
      case .doubling: operand = doubled(operand)
      case .convolution(let convolution), .transposedConvolution(let convolution):
        let pixels = operand.place.height * operand.place.width
        operand = convolved(operand, convolution, layer)
        products += convolution.products(pixels, operand.place.height * operand.place.width)
      case .norm(let norm, let name, let channels):
        try apply(norm, name, channels, to: &operand)
      case .relu: operand.slope = 0
      case .leakyReLU(let slope): operand.slope = slope
      case .residual(let inner): operand = try added(operand, inner)
      case .skip(let inner): operand = try joined(operand, inner)
      // Dropout only works while training; the last layer's tanh is done on the way out.
      case .dropout, .tanh: break
      }
    }
    return operand
  }

  private mutating func convolved(
    _ operand: Operand, _ convolution: Convolution, _ layer: Layer
  ) -> Operand {
    guard let kernel = network.convolutions[convolution.name] else {
      preconditionFailure("no kernel for \(convolution.name)")
    }
    if case .winograd = kernel.method {
      return winograd(operand, kernel, convolution)
    }
    if case .thin = kernel.method { return thin(operand, kernel, convolution) }
    let x = settled(operand).place
    var (height, width) = (x.height, x.width)
    if case .transposedConvolution = layer {
      height = convolution.transposedSide(height)
      width = convolution.transposedSide(width)
    } else {
      height = convolution.side(height)
      width = convolution.side(width)
    }
    let y = place(height, width, convolution.outputChannels)
    steps.append(.convolution(kernel, x: x, y: y))
    release(x)
    return Operand(place: y)
  }

  private mutating func winograd(
    _ operand: Operand, _ kernel: ConvolutionKernel, _ convolution: Convolution
  ) -> Operand {
    var x = operand
    x.border = 0
    if !x.isReadByWinograd { x = settled(x) }
    let y = place(x.place.height, x.place.width, convolution.outputChannels)
    steps.append(.winograd(kernel, x: x.place, norm: x.norm, y: y, statistics: nil))
    release(x.place)
    return Operand(place: y)
  }

  /// Norm and activation may wait on: they are the same for each of the four pixels.
  private mutating func doubled(_ operand: Operand) -> Operand {
    var result = operand.border == 0 && operand.isReadByWinograd ? operand : settled(operand)
    let x = result.place
    result.place = place(2 * x.height, 2 * x.width, x.channels)
    steps.append(.doubling(x: x, y: result.place))
    release(x)
    return result
  }

  private mutating func thin(
    _ operand: Operand, _ kernel: ConvolutionKernel, _ convolution: Convolution
  ) -> Operand {
    let x = operand.place
    let y = place(x.height, x.width, convolution.outputChannels)
    steps.append(.thin(kernel, x: x, norm: operand.norm, slope: operand.slope, y: y))
    release(x)
    return Operand(place: y)
  }

  private mutating func apply(
    _ norm: Norm, _ name: String, _ channels: Int, to operand: inout Operand
  ) throws(GeneratorError) {
    guard norm == .instance else {
      operand.norm = network.norms[name]
      return
    }
    let values = try ChannelValues(channels: channels, hasShift: false)
    operand.norm = values
    if case .winograd(let kernel, let x, let before, let y, _)? = steps.last {
      steps[steps.count - 1] = .winograd(kernel, x: x, norm: before, y: y, statistics: values)
    } else {
      steps.append(.statistics(x: operand.place, into: values))
    }
  }

  /// x + inner(x), where x's own memory takes the sum.
  private mutating func added(
    _ operand: Operand, _ inner: [Layer]
  ) throws(GeneratorError) -> Operand {
    let x = settled(operand)
    memory.keep(x.place.offset)
    let result = try appended(inner, to: x)
    steps.append(
      .map(
        Plan.Map(
          x: result.place, norm: result.norm, slope: result.slope, addend: x.place.offset,
          y: x.place, border: 0, firstChannel: 0)))
    release(result.place)
    return x
  }

  /// x and inner(x) side by side along the channels.
  private mutating func joined(
    _ operand: Operand, _ inner: [Layer]
  ) throws(GeneratorError) -> Operand {
    let x = operand.place
    let y = place(x.height, x.width, x.channels + inner.outputChannels(of: x.channels))
    write(operand, into: y, firstChannel: 0)
    let result = try appended(inner, to: operand)
    write(result, into: y, firstChannel: x.channels)
    release(result.place)
    return Operand(place: y)
  }

  private mutating func write(_ operand: Operand, into y: Plan.Place, firstChannel: Int) {
    steps.append(
      .map(
        Plan.Map(
          x: operand.place, norm: operand.norm, slope: operand.slope, addend: nil, y: y,
          border: operand.border, firstChannel: firstChannel)))
  }

  /// Does everything that waits.
  private mutating func settled(_ operand: Operand) -> Operand {
    guard !operand.isPlain else { return operand }
    let x = operand.place
    guard operand.border > 0 else {
      write(operand, into: x, firstChannel: 0)
      return Operand(place: x)
    }
    let y = place(x.height + 2 * operand.border, x.width + 2 * operand.border, x.channels)
    write(operand, into: y, firstChannel: 0)
    release(x)
    return Operand(place: y)
  }
}

extension Convolution {
  /// Multiplications: every weight meets each pixel of the smaller picture.
  fileprivate func products(_ inputPixels: Int, _ outputPixels: Int) -> Int {
    min(inputPixels, outputPixels) * inputChannels * outputChannels * kernel * kernel
  }

  /// Rows or columns of the output.
  fileprivate func side(_ side: Int) -> Int { (side + 2 * padding - kernel) / stride + 1 }

  /// Rows or columns of the output where transposed.
  fileprivate func transposedSide(_ side: Int) -> Int {
    (side - 1) * stride - 2 * padding + kernel + outputPadding
  }
}

extension [Layer] {
  fileprivate func outputChannels(of channels: Int) -> Int {
    reduce(channels) { channels, layer in
      switch layer {
      case .convolution(let convolution), .transposedConvolution(let convolution):
        convolution.outputChannels
      case .skip(let inner): channels + inner.outputChannels(of: channels)
      default: channels
      }
    }
  }
}
