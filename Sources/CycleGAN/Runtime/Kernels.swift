import CKernels

/// Settings of all kernels of this process.
public enum Kernels {
  /// How many threads the next network runs on.
  public static var threads: Int {
    get { Int(ck_threads_count()) }
    set { ck_threads_set(Int32(newValue)) }
  }

  /// The version of oneDNN, as "2.6.3".
  package static var version: String { String(cString: ck_onednn_version()) }

  /// The instruction set in use: "avx512", "avx2" or "portable".
  package static var instructions: String { String(cString: ck_instructions_name()) }
}

/// Runs one kernel and turns its status into a Swift error.
func kernel(_ call: (inout ck_error) -> ck_status) throws(GeneratorError) {
  var error = ck_error()
  switch call(&error) {
  case CK_OK: return
  case CK_OUT_OF_MEMORY: throw .outOfMemory(OutOfMemory(byteCount: 0))
  default:
    let reason = withUnsafeBytes(of: error.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw .failed(reason)
  }
}

/// Floats outside Swift's heap, at a cache line's boundary.
final class FloatStorage {
  let floats: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) throws(GeneratorError) {
    guard let floats = ck_floats_alloc(max(count, 1)) else { throw .outOfMemory }
    self.floats = floats
    self.count = count
  }

  convenience init(copying values: UnsafeBufferPointer<Float>) throws(GeneratorError) {
    try self.init(count: values.count)
    if let base = values.baseAddress { floats.initialize(from: base, count: values.count) }
  }

  deinit { ck_floats_free(floats) }
}

/// What a norm does to each channel: (x - mean) * scale, plus a shift where it has one.
final class NormValues {
  private let storage: FloatStorage
  private let padded: Int
  let hasShift: Bool

  var mean: UnsafeMutablePointer<Float> { storage.floats }
  var scale: UnsafeMutablePointer<Float> { storage.floats + padded }
  var shift: UnsafeMutablePointer<Float>? { hasShift ? storage.floats + 2 * padded : nil }

  /// Makes room; everything but the shift is 0.
  ///
  /// - Parameters:
  ///   - channels: How many there are.
  ///   - shift: A value for each; nil where there is no shift.
  /// - Throws: `GeneratorError.outOfMemory`.
  init(channels: Int, shift: Buffer<Float>? = nil) throws(GeneratorError) {
    padded = ck_channels_padded(Int32(channels))
    hasShift = shift != nil
    storage = try FloatStorage(count: 3 * padded)
    storage.floats.initialize(repeating: 0, count: 3 * padded)
    guard let shift else { return }
    for channel in 0..<channels { storage.floats[2 * padded + channel] = shift[channel] }
  }
}

/// A convolution with its weights in the order its kernel wants.
final class ConvolutionKernel {
  enum Method {
    /// 3 x 3 at stride 1 inside one px of reflection padding.
    case winograd(OpaquePointer)
    /// Into at most four channels, at stride 1 inside reflection padding that keeps the size.
    case kn2row(OpaquePointer)
    /// Any other, as GEMMs over rows of pixels.
    case gemm(OpaquePointer)
    /// By oneDNN, of factors in bfloat16.
    case bf16(OpaquePointer)
  }

  let method: Method
  /// A value per output channel, where the kernel does not hold it itself.
  let bias: FloatStorage?

  /// Copies and reorders weights.
  ///
  /// - Parameters:
  ///   - convolution: Its shape.
  ///   - context: What stands around it.
  ///   - weight: In its file's order.
  ///   - bias: A value per output channel.
  ///   - precision: Arithmetic of the convolutions.
  /// - Throws: `GeneratorError` if memory is short.
  init(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext,
    weight: UnsafeBufferPointer<Float>, bias: UnsafeBufferPointer<Float>?, precision: Precision
  ) throws(GeneratorError) {
    let (input, output) = (Int32(convolution.inputChannels), Int32(convolution.outputChannels))
    let size = Int32(convolution.kernel)
    let padding = context.reflectionPadding
    let keepsSize =
      padding > 0 && 2 * padding + 1 == convolution.kernel && convolution.stride == 1
      && convolution.padding == 0
    var made: OpaquePointer?
    if keepsSize && convolution.kernel == 3 {
      self.bias = try bias.map(FloatStorage.init(copying:))
      try kernel { error in ck_winograd_create(input, output, weight.baseAddress, &made, &error) }
      method = .winograd(try ConvolutionKernel.unwrapped(made))
      return
    }
    if keepsSize && convolution.outputChannels <= 4 {
      self.bias = nil
      try kernel { error in
        ck_kn2row_create(
          input, output, size, weight.baseAddress, bias?.baseAddress, &made, &error)
      }
      method = .kn2row(try ConvolutionKernel.unwrapped(made))
      return
    }
    guard precision.rounds(convolution) else {
      self.bias = try bias.map(FloatStorage.init(copying:))
      let shape = ck_convolution_shape(convolution, context, reflects: convolution.padding == 0)
      try kernel { error in
        ck_gemm_convolution_create(shape, weight.baseAddress, &made, &error)
      }
      method = .gemm(try ConvolutionKernel.unwrapped(made))
      return
    }
    self.bias = nil
    let shape = ck_convolution_shape(convolution, context, reflects: false)
    try kernel { error in
      ck_bf16_convolution_create(shape, weight.baseAddress, bias?.baseAddress, &made, &error)
    }
    method = .bf16(try ConvolutionKernel.unwrapped(made))
  }

  private static func unwrapped(_ made: OpaquePointer?) throws(GeneratorError) -> OpaquePointer {
    guard let made else { throw .outOfMemory }
    return made
  }

  deinit {
    switch method {
    case .winograd(let pointer): ck_winograd_free(pointer)
    case .kn2row(let pointer): ck_kn2row_free(pointer)
    case .gemm(let pointer): ck_gemm_convolution_free(pointer)
    case .bf16(let pointer): ck_bf16_convolution_free(pointer)
    }
  }
}

extension ck_convolution_shape {
  /// - Parameters:
  ///   - convolution: The layer.
  ///   - context: What stands around it.
  ///   - reflects: Whether the kernel does the reflection padding in front of it.
  fileprivate init(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext, reflects: Bool
  ) {
    let reflects = reflects && context.reflectionPadding > 0
    self.init(
      input: Int32(convolution.inputChannels), output: Int32(convolution.outputChannels),
      kernel: Int32(convolution.kernel), stride: Int32(convolution.stride),
      padding: Int32(reflects ? context.reflectionPadding : convolution.padding),
      reflects: reflects ? 1 : 0,
      transposed: context.isTransposed ? 1 : 0)
  }
}
