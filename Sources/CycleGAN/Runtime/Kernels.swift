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

  init(channels: Int, hasShift: Bool) throws(GeneratorError) {
    padded = ck_channels_padded(Int32(channels))
    self.hasShift = hasShift
    storage = try FloatStorage(count: 3 * padded)
    storage.floats.initialize(repeating: 0, count: 3 * padded)
  }
}

/// A convolution with its weights in the order its kernel wants.
final class ConvolutionKernel {
  enum Method {
    /// 3 x 3 at stride 1 inside one px of reflection padding.
    case winograd(OpaquePointer)
    /// Into at most four channels, at stride 1 inside reflection padding that keeps the size.
    case kn2row(OpaquePointer)
    /// Everything else.
    case direct(OpaquePointer)
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
  ///   - precision: Arithmetic of oneDNN's convolutions.
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
      try kernel { error in ck_winograd_create(input, output, weight.baseAddress, &made, &error) }
      method = .winograd(try ConvolutionKernel.unwrapped(made))
      self.bias = try bias.map(FloatStorage.init(copying:))
      return
    }
    self.bias = nil
    if keepsSize && convolution.outputChannels <= 4 {
      try kernel { error in
        ck_kn2row_create(
          input, output, size, weight.baseAddress, bias?.baseAddress, &made, &error)
      }
      method = .kn2row(try ConvolutionKernel.unwrapped(made))
      return
    }
    let shape = ck_convolution_shape(
      convolution, transposed: context.isTransposed, bf16: precision.rounds(convolution))
    try kernel { error in
      ck_convolution_create(shape, weight.baseAddress, bias?.baseAddress, &made, &error)
    }
    method = .direct(try ConvolutionKernel.unwrapped(made))
  }

  private static func unwrapped(_ made: OpaquePointer?) throws(GeneratorError) -> OpaquePointer {
    guard let made else { throw .outOfMemory }
    return made
  }

  deinit {
    switch method {
    case .winograd(let pointer): ck_winograd_free(pointer)
    case .kn2row(let pointer): ck_kn2row_free(pointer)
    case .direct(let pointer): ck_convolution_free(pointer)
    }
  }
}

extension ck_convolution_shape {
  fileprivate init(_ convolution: Convolution, transposed: Bool, bf16: Bool) {
    self.init(
      input: Int32(convolution.inputChannels), output: Int32(convolution.outputChannels),
      kernel: Int32(convolution.kernel), stride: Int32(convolution.stride),
      padding: Int32(convolution.padding), output_padding: Int32(convolution.outputPadding),
      transposed: transposed ? 1 : 0, bf16: bf16 ? 1 : 0)
  }
}
