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

  @Test(arguments: [(3, 7, 1, 0), (5, 3, 2, 1), (16, 4, 2, 1), (1, 1, 1, 0)], [true, false])
  func `oneDNN's convolutions and their adjoints are those of the definition`(
    shape: (Int, Int, Int, Int), transposed: Bool
  ) throws {
    let (inputs, k, stride, padding) = shape
    let outputs = 6
    let more = transposed && k == 3 ? 1 : 0
    let description = ck_convolution_shape(
      input: Int32(inputs), output: Int32(outputs), kernel: Int32(k), stride: Int32(stride),
      padding: Int32(padding), output_padding: Int32(more), transposed: transposed ? 1 : 0, bf16: 0)
    let weight = Numbers.floats(2, outputs * inputs * k * k)
    let bias = Channels(outputs, 6)
    var made: OpaquePointer?
    try succeed { ck_convolution_create(description, weight, bias.floats, &made, &$0) }
    defer { ck_convolution_free(made) }
    // More sizes than are kept, and the first one again.
    for side in [8, 9, 10, 11, 12, 13, 14, 15, 16, 8] {
      let x = Naive(side, side + 2, inputs)
      let expected =
        (transposed
        ? x.spread(
          weight, into: outputs, kernel: k, stride: stride, padding: padding, more: more)
        : x.padded(padding, mirrored: false).convolved(
          weight, into: outputs, kernel: k, stride: stride))
        .mapped { value, channel in value + bias[channel] }
      var y = [Float](repeating: .nan, count: expected.values.count)
      try succeed { error in
        ck_convolution_run(made, x.floats, Int32(x.height), Int32(x.width), &y, &error)
      }
      expected.expect(y)
    }
  }

  @Test(
    .enabled(if: ck_bf16_available() == 1, "the processor has no bfloat16 arithmetic"),
    arguments: [false, true])
  func `in bfloat16 the factors are rounded, and their sum is not`(transposed: Bool) throws {
    let (inputs, outputs, side) = (32, 6, 12)
    let description = ck_convolution_shape(
      input: Int32(inputs), output: Int32(outputs), kernel: 3, stride: 2, padding: 1,
      output_padding: transposed ? 1 : 0, transposed: transposed ? 1 : 0, bf16: 1)
    let weight = Numbers.floats(2, outputs * inputs * 9)
    let x = Naive(side, side, inputs)
    let rounded = x.mapped { value, _ in Double(Float(value).roundedToBF16) }
    let factors = weight.map(\.roundedToBF16)
    #expect(factors != weight)
    let expected =
      transposed
      ? rounded.spread(factors, into: outputs, kernel: 3, stride: 2, padding: 1, more: 1)
      : rounded.padded(1, mirrored: false).convolved(factors, into: outputs, kernel: 3, stride: 2)
    var made: OpaquePointer?
    try succeed { ck_convolution_create(description, weight, nil, &made, &$0) }
    defer { ck_convolution_free(made) }
    var y = [Float](repeating: .nan, count: expected.values.count)
    try succeed { ck_convolution_run(made, x.floats, Int32(side), Int32(side), &y, &$0) }
    expected.expect(y)
  }
}

extension Float {
  /// The nearest number with 8 bits of mantissa, the even one of two.
  fileprivate var roundedToBF16: Float {
    let bits = bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
  }
}
