import CKernels
import Testing

@Suite struct ConvolutionKernelTests {
  /// Channels in, channels out, height, width.
  static let winograd = [
    (1, 1, 2, 2), (3, 5, 2, 3), (16, 16, 4, 4), (17, 31, 7, 9), (20, 64, 33, 5), (70, 65, 9, 6),
    (130, 16, 5, 5),
  ]

  @Test(arguments: Instructions.available, winograd)
  func `Winograd is the convolution inside a mirrored border, plain or with what it fuses`(
    path: Instructions, size: (Int, Int, Int, Int)
  ) throws {
    let (inputs, outputs, height, width) = size
    let x = Naive(height, width, inputs)
    let weight = Numbers.floats(3, outputs * inputs * 9)
    let (mean, scale) = (Channels(inputs, 4), Channels(inputs, 5))
    let bias = Channels(outputs, 6)
    try path.use {
      var made: OpaquePointer?
      try succeed { ck_winograd_create(Int32(inputs), Int32(outputs), weight, &made, &$0) }
      defer { ck_winograd_free(made) }
      var y = [Float](repeating: .nan, count: height * width * outputs)
      var (yMean, yScale) = (Channels(outputs, 7).floats, Channels(outputs, 8).floats)
      try succeed { error in
        ck_winograd_run(
          made, x.floats, Int32(height), Int32(width), nil, nil, bias.floats, &y, nil, nil, 1e-5,
          &error)
      }
      x.padded(1, mirrored: true).convolved(weight, into: outputs, kernel: 3)
        .mapped { value, channel in value + bias[channel] }.expect(y)
      try succeed { error in
        ck_winograd_run(
          made, x.floats, Int32(height), Int32(width), mean.floats, scale.floats, nil, &y, &yMean,
          &yScale, 1e-5, &error)
      }
      let expected = x.mapped { value, channel in max(0, (value - mean[channel]) * scale[channel]) }
        .padded(1, mirrored: true).convolved(weight, into: outputs, kernel: 3)
      expected.expect(y)
      for channel in 0..<outputs {
        let own = expected.statistics(of: channel)
        #expect(abs(Double(yMean[channel]) - own.mean) < 2e-5 * (1 + abs(own.mean)))
        #expect(abs(Double(yScale[channel]) / own.scale - 1) < 1e-3)
      }
    }
  }

  /// Channels in, channels out, kernel, height, width.
  static let fewChannels = [
    (5, 3, 7, 8, 8), (64, 1, 7, 9, 13), (16, 4, 3, 5, 2), (7, 2, 5, 30, 40), (3, 3, 1, 1, 1),
    (33, 3, 7, 130, 4),
  ]

  @Test(arguments: Instructions.available, fewChannels)
  func `the kn2row convolution is the convolution of what a map makes`(
    path: Instructions, size: (Int, Int, Int, Int, Int)
  ) throws {
    let (inputs, outputs, k, height, width) = size
    let x = Naive(height, width, inputs)
    let weight = Numbers.floats(1, outputs * inputs * k * k)
    let (mean, scale) = (Channels(inputs, 4), Channels(inputs, 5))
    let bias = Channels(outputs, 6)
    var y = [Float](repeating: .nan, count: height * width * outputs)
    try path.use {
      var made: OpaquePointer?
      try succeed { error in
        ck_kn2row_create(
          Int32(inputs), Int32(outputs), Int32(k), weight, bias.floats, &made, &error)
      }
      defer { ck_kn2row_free(made) }
      var status = CK_FAILED
      Map(mean: mean, scale: scale, slope: 0).withMap { map in
        var error = ck_error()
        status = ck_kn2row_run(made, map, x.floats, Int32(height), Int32(width), &y, &error)
      }
      #expect(status == CK_OK)
    }
    x.mapped { value, channel in max(0, (value - mean[channel]) * scale[channel]) }
      .padded(k / 2, mirrored: true).convolved(weight, into: outputs, kernel: k)
      .mapped { value, channel in value + bias[channel] }.expect(y)
  }

  @Test func `more than four outputs are refused by kn2row, and the reason is said`() {
    var made: OpaquePointer?
    var error = ck_error()
    #expect(ck_kn2row_create(1, 5, 1, [1, 1, 1, 1, 1], nil, &made, &error) == CK_FAILED)
    #expect(made == nil)
    #expect(withUnsafeBytes(of: error.message) { $0.contains(UInt8(ascii: "4")) })
  }

  /// Channels in, channels out, kernel, stride, padding, height, width.
  static let general = [
    (3, 6, 7, 1, 0, 8, 10), (5, 6, 3, 2, 1, 9, 12), (16, 70, 4, 2, 1, 16, 8), (1, 5, 1, 1, 0, 3, 3),
    (20, 33, 3, 2, 1, 130, 6), (4, 16, 3, 2, 1, 6, 130), (7, 64, 4, 1, 1, 31, 60),
    (33, 130, 4, 2, 1, 2, 2), (2, 17, 5, 3, 2, 40, 41), (9, 8, 3, 1, 1, 1, 1),
  ]

  @Test(arguments: Instructions.available, general)
  func `convolutions as GEMMs, and their adjoints, are those of the definition`(
    path: Instructions, shape: (Int, Int, Int, Int, Int, Int, Int)
  ) throws {
    let (inputs, outputs, k, stride, padding, height, width) = shape
    let x = Naive(height, width, inputs)
    let weight = Numbers.floats(2, outputs * inputs * k * k)
    let bias = Channels(outputs, 6)
    let (mean, scale) = (Channels(inputs, 4), Channels(inputs, 5))
    let mapped = x.mapped { value, channel in
      let z = (value - mean[channel]) * scale[channel]
      return z > 0 ? z : 0.2 * z
    }
    for transposed in [false, true] {
      let more = transposed ? stride - 1 : 0
      let expected =
        (transposed
        ? mapped.spread(
          weight, into: outputs, kernel: k, stride: stride, padding: padding, more: more)
        : mapped.padded(padding, mirrored: false).convolved(
          weight, into: outputs, kernel: k, stride: stride))
        .mapped { value, channel in value + bias[channel] }
      let description = ck_convolution_shape(
        input: Int32(inputs), output: Int32(outputs), kernel: Int32(k), stride: Int32(stride),
        padding: Int32(padding), reflects: 0,
        transposed: transposed ? 1 : 0)
      try path.use {
        var made: OpaquePointer?
        try succeed {
          ck_gemm_convolution_create(description, weight, &made, &$0)
        }
        defer { ck_gemm_convolution_free(made) }
        var y = [Float](repeating: .nan, count: expected.values.count)
        var (yMean, yScale) = (Channels(outputs, 7).floats, Channels(outputs, 8).floats)
        var status = CK_FAILED
        Map(mean: mean, scale: scale, slope: 0.2).withMap { map in
          var error = ck_error()
          status = ck_gemm_convolution_run(
            made, map, x.floats, Int32(height), Int32(width), bias.floats, &y,
            Int32(expected.height), Int32(expected.width), &yMean, &yScale, 1e-5, &error)
        }
        #expect(status == CK_OK)
        expected.expect(y)
        guard expected.height * expected.width > 1 else { return }
        for channel in 0..<outputs {
          let own = expected.statistics(of: channel)
          #expect(abs(Double(yMean[channel]) - own.mean) < 2e-5 * (1 + abs(own.mean)))
          #expect(abs(Double(yScale[channel]) / own.scale - 1) < 1e-3)
        }
      }
    }
  }

  @Test(arguments: Instructions.available, [(3, 7, 3, 16, 30), (6, 3, 1, 2, 2), (4, 5, 2, 40, 3)])
  func `a convolution as GEMMs reads inside reflection padding`(
    path: Instructions, shape: (Int, Int, Int, Int, Int)
  ) throws {
    let (inputs, k, padding, height, width) = shape
    let outputs = 20
    let x = Naive(height, width, inputs)
    let weight = Numbers.floats(2, outputs * inputs * k * k)
    let expected = x.padded(padding, mirrored: true).convolved(weight, into: outputs, kernel: k)
    try path.use {
      let description = ck_convolution_shape(
        input: Int32(inputs), output: Int32(outputs), kernel: Int32(k), stride: 1,
        padding: Int32(padding), reflects: 1, transposed: 0)
      var made: OpaquePointer?
      try succeed { ck_gemm_convolution_create(description, weight, &made, &$0) }
      defer { ck_gemm_convolution_free(made) }
      var y = [Float](repeating: .nan, count: expected.values.count)
      let map = ck_map(mean: nil, scale: nil, shift: nil, slope: 1, addend: nil)
      try succeed { error in
        ck_gemm_convolution_run(
          made, map, x.floats, Int32(height), Int32(width), nil, &y, Int32(expected.height),
          Int32(expected.width), nil, nil, 1e-5, &error)
      }
      expected.expect(y)
    }
  }

  @Test func `a transposed convolution whose kernel is smaller than its stride is refused`() {
    let description = ck_convolution_shape(
      input: 1, output: 1, kernel: 1, stride: 2, padding: 0, reflects: 0,
      transposed: 1)
    var made: OpaquePointer?
    var error = ck_error()
    #expect(ck_gemm_convolution_create(description, [1], &made, &error) == CK_FAILED)
    #expect(made == nil)
  }

  @Test(
    .enabled(if: ck_bf16_available() == 1, "the processor has no bfloat16 arithmetic"),
    arguments: [false, true], [12, 40, 41, 70])
  func `in bfloat16 the factors are rounded, and their sum is not`(
    transposed: Bool, side: Int
  ) throws {
    let (inputs, outputs) = (32, 6)
    let description = ck_convolution_shape(
      input: Int32(inputs), output: Int32(outputs), kernel: 3, stride: 2, padding: 1, reflects: 0,
      transposed: transposed ? 1 : 0)
    let weight = Numbers.floats(2, outputs * inputs * 9)
    let bias = Channels(outputs, 6)
    var made: OpaquePointer?
    try succeed { ck_bf16_convolution_create(description, weight, bias.floats, &made, &$0) }
    defer { ck_bf16_convolution_free(made) }
    // More sizes than are kept, and the first one again.
    for width in [side, 9, 10, 11, 12, 13, 14, 15, 16, side] {
      let x = Naive(side, width, inputs)
      let rounded = x.mapped { value, _ in Double(Float(value).roundedToBF16) }
      let factors = weight.map(\.roundedToBF16)
      #expect(factors != weight)
      let expected =
        (transposed
        ? rounded.spread(factors, into: outputs, kernel: 3, stride: 2, padding: 1, more: 1)
        : rounded.padded(1, mirrored: false).convolved(
          factors, into: outputs, kernel: 3, stride: 2))
        .mapped { value, channel in value + bias[channel] }
      var y = [Float](repeating: .nan, count: expected.values.count)
      try succeed {
        ck_bf16_convolution_run(
          made, x.floats, Int32(side), Int32(width), &y, Int32(expected.height),
          Int32(expected.width), &$0)
      }
      expected.expect(y)
    }
  }
}
extension Float {
  /// The nearest number with 8 bits of mantissa, the even one of two.
  fileprivate var roundedToBF16: Float {
    let bits = bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
  }
}
