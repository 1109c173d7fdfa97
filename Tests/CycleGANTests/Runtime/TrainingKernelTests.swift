import CKernels
import Testing

/// The convolutions and the norm of training, held against their definitions in Float64.
@Suite struct TrainingKernelTests {
  /// Channels in and out, kernel, stride, padding, height, width of two images.
  struct Shape: CustomTestStringConvertible {
    let input, output, kernel, stride, padding, height, width: Int

    init(_ input: Int, _ output: Int, _ k: Int, _ stride: Int, _ padding: Int, _ h: Int, _ w: Int) {
      (self.input, self.output, kernel) = (input, output, k)
      (self.stride, self.padding, height, width) = (stride, padding, h, w)
    }

    var testDescription: String {
      "\(input) to \(output), \(kernel) x \(kernel), stride \(stride), padding \(padding), "
        + "\(width) x \(height)"
    }

    var kernels: ck_convolution_extents {
      let side = { (side: Int) in Int64((side + 2 * padding - kernel) / stride + 1) }
      return ck_convolution_extents(
        batch: 2, input: Int64(input), height: Int64(height), width: Int64(width),
        output: Int64(output), output_height: side(height), output_width: side(width),
        kernel: Int64(kernel), stride: Int64(stride), padding: Int64(padding), bf16: 0,
        weight: ck_weight_identity())
    }
  }

  /// Whole vectors and parts; three channels and one, which have kernels of their own; images of
  /// more rows than those take at a time.
  static let shapes = [
    Shape(5, 6, 3, 1, 1, 7, 9), Shape(16, 32, 3, 2, 1, 8, 6), Shape(3, 8, 7, 1, 0, 12, 11),
    Shape(64, 3, 7, 1, 0, 14, 9), Shape(17, 1, 4, 1, 1, 6, 7), Shape(3, 16, 4, 2, 1, 8, 8),
    Shape(2, 4, 3, 1, 1, 150, 20), Shape(1, 1, 1, 1, 0, 3, 3), Shape(20, 3, 7, 1, 3, 40, 70),
  ]

  @Test(arguments: Instructions.available, shapes)
  func `a convolution and both of its adjoints are those of the definition`(
    path: Instructions, shape: Shape
  ) throws {
    var s = shape.kernels
    let x = [1, 2].map { seed in
      Naive(
        shape.height, shape.width, shape.input,
        Numbers.numbers(seed, shape.height * shape.width * shape.input))
    }
    let weight = Numbers.floats(3, shape.output * shape.input * shape.kernel * shape.kernel)
    let bias = Numbers.floats(4, shape.output)
    let plain = x.map { x in
      x.padded(shape.padding, mirrored: false)
        .convolved(weight, into: shape.output, kernel: shape.kernel, stride: shape.stride)
    }
    let count = plain[0].values.count
    let dy = Numbers.floats(5, 2 * count)
    let images = x.flatMap(\.floats)
    var y = dy.map { _ in Float.nan }
    var (dx, dweight) = (images.map { _ in Float.nan }, weight.map { _ in Float.nan })
    try path.use {
      try succeed { ck_convolution_forward(&s, images, weight, bias, &y, &$0) }
      try succeed { ck_convolution_backward_data(&s, dy, weight, &dx, &$0) }
      try succeed { ck_convolution_backward_weights(&s, images, dy, &dweight, &$0) }
    }
    for (n, image) in plain.enumerated() {
      image.mapped { value, channel in value + Double(bias[channel]) }
        .expect(Array(y[n * count..<(n + 1) * count]))
    }
    // Both adjoints, by <dy, w * x> for other x and other w.
    for seed in 10..<14 {
      let change = Naive(
        shape.height, shape.width, shape.input,
        Numbers.numbers(seed, shape.height * shape.width * shape.input))
      let moved = change.padded(shape.padding, mirrored: false)
        .convolved(weight, into: shape.output, kernel: shape.kernel, stride: shape.stride)
      let half = dx.count / 2
      expectClose(
        product(change.values, dx[half...]), product(moved.values, dy[count...]),
        of: change.values.count)
      let other = Numbers.floats(seed, weight.count)
      let turned = x.flatMap { x in
        x.padded(shape.padding, mirrored: false)
          .convolved(other, into: shape.output, kernel: shape.kernel, stride: shape.stride).values
      }
      expectClose(
        product(other.map(Double.init), dweight[...]), product(turned, dy[...]), of: turned.count)
    }
  }

  @Test(.enabled(if: ck_bf16_available() == 1, "the processor has no bfloat16 arithmetic"))
  func `in bfloat16 all three are near those of float32, and the bias is exact`() throws {
    var s = Shape(32, 48, 3, 2, 1, 12, 10).kernels
    let x = Numbers.floats(1, 2 * 12 * 10 * 32)
    let weight = Numbers.floats(2, 48 * 32 * 9), bias = Numbers.floats(3, 48)
    let dy = Numbers.floats(4, 2 * 6 * 5 * 48)
    let results = try [Int32(0), 1].map { bf16 in
      s.bf16 = bf16
      var (y, dx, dweight) = (dy, x, weight)
      try succeed { ck_convolution_forward(&s, x, weight, bias, &y, &$0) }
      try succeed { ck_convolution_backward_data(&s, dy, weight, &dx, &$0) }
      try succeed { ck_convolution_backward_weights(&s, x, dy, &dweight, &$0) }
      return [y, dx, dweight]
    }
    for (exact, rounded) in zip(results[0], results[1]) {
      let scale = exact.reduce(0) { $0 + abs($1) } / Float(exact.count)
      let far = zip(exact, rounded).map { abs($0 - $1) }.max() ?? .infinity
      // A factor's rounding is 2^-9 at most, and many factors' roundings cancel out.
      #expect(far > 1e-4 * scale && far < 0.03 * scale)
    }
    let nothing = x.map { _ in Float(0) }
    var y = dy
    try succeed { ck_convolution_forward(&s, nothing, weight, bias, &y, &$0) }
    #expect(y.indices.allSatisfy { y[$0] == bias[$0 % 48] })
  }

  /// Channels, height, width, border.
  static let norms = [(5, 6, 7, 0), (16, 9, 4, 3), (33, 5, 8, 1), (64, 40, 30, 3)]

  @Test(arguments: Instructions.available, norms)
  func `a norm with activation and border is the definition, and so are its gradients`(
    path: Instructions, size: (Int, Int, Int, Int)
  ) throws {
    let (channels, height, width, border) = size
    let count = height * width * channels
    let x = [1, 2].map { Naive(height, width, channels, Numbers.numbers($0, count)) }
    for slope in [Float(0), 0.2, 1] {
      var s = ck_instance_norm_shape(
        batch: 2, height: Int32(height), width: Int32(width), channels: Int32(channels),
        padding: Int32(border), slope: slope, epsilon: 1e-5)
      let made = { (x: Naive) in
        x.normalized.mapped { value, _ in value > 0 ? value : Double(slope) * value }
          .padded(border, mirrored: true)
      }
      let expected = x.map(made)
      let after = expected[0].values.count
      let (images, dy) = (x.flatMap(\.floats), Numbers.floats(5, 2 * after))
      var statistics = [Float](repeating: .nan, count: ck_instance_norm_statistics(&s))
      var (y, dx) = (dy.map { _ in Float.nan }, images.map { _ in Float.nan })
      try path.use {
        try succeed { ck_instance_norm_forward(&s, images, &statistics, &y, &$0) }
        try succeed { ck_instance_norm_backward(&s, images, statistics, dy, &dx, &$0) }
      }
      expected[0].expect(Array(y[..<after]))
      expected[1].expect(Array(y[after...]))
      for seed in 10..<13 {
        var (up, down) = (x[1], x[1])
        let steps = Numbers.numbers(seed, count)
        for i in steps.indices {
          up.values[i] += 1e-5 * steps[i]
          down.values[i] -= 1e-5 * steps[i]
        }
        let change = zip(made(up).values, made(down).values).map { ($0 - $1) / 2e-5 }
        expectClose(product(steps, dx[count...]), product(change, dy[after...]), of: count)
      }
    }
  }

  private func product(_ a: [Double], _ b: ArraySlice<Float>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  /// Rounding grows with the terms of a sum.
  private func expectClose(_ found: Double, _ expected: Double, of terms: Int) {
    #expect(abs(found - expected) < 1e-5 * (Double(terms) + abs(expected)))
  }
}
