import CKernels
import Testing

/// The residual block for training, held against its definition in Float64.
@Suite struct BlockKernelTests {
  /// Channels, height, width: whole tiles and parts of them, whole vectors and parts.
  static let sizes = [(5, 6, 7), (16, 9, 4), (33, 5, 8), (20, 2, 3)]

  /// Two images, and everything the kernels make of them.
  private struct Run {
    let shape: ck_residual_block_shape
    let x, dy: [Naive]
    var weights: [[Float]]
    var y: [Float], dx: [Float]
    var gradients: [[Float]]

    init(_ channels: Int, _ height: Int, _ width: Int) throws {
      shape = ck_residual_block_shape(
        batch: 2, height: Int32(height), width: Int32(width), channels: Int32(channels),
        epsilon: 1e-5, weight1: ck_weight_identity(), weight2: ck_weight_identity())
      let count = height * width * channels
      let image = { (seed: Int) in Naive(height, width, channels, Numbers.numbers(seed, count)) }
      (x, dy) = ([image(1), image(2)], [image(3), image(4)])
      weights = [5, 6].map { seed in
        Numbers.floats(seed, channels * channels * 9).map { $0 / Float(channels).squareRoot() }
      }
      y = .init(repeating: .nan, count: 2 * count)
      dx = y
      gradients = weights.map { $0.map { _ in .nan } }
      try run()
    }

    private mutating func run() throws {
      var shape = shape
      var (middle, end) = (y, y)
      var statistics = [Float](repeating: .nan, count: ck_residual_block_statistics(&shape))
      let (x, dy) = (x.flatMap(\.floats), dy.flatMap(\.floats))
      try succeed { error in
        ck_residual_block_forward(
          &shape, x, weights[0], weights[1], &middle, &end, &statistics, &y, &error)
      }
      var (first, second) = (gradients[0], gradients[1])
      try succeed { error in
        ck_residual_block_backward(
          &shape, x, weights[0], weights[1], middle, end, statistics, dy, &dx, &first, &second,
          &error)
      }
      gradients = [first, second]
    }

    /// The definition.
    static func block(_ x: Naive, _ weights: [[Float]]) -> Naive {
      let first = x.padded(1, mirrored: true).convolved(weights[0], into: x.channels, kernel: 3)
      let middle = first.normalized.mapped { value, _ in max(0, value) }
      let second = middle.padded(1, mirrored: true)
        .convolved(weights[1], into: x.channels, kernel: 3).normalized
      var sum = x
      for i in sum.values.indices { sum.values[i] += second.values[i] }
      return sum
    }

    /// What the gradients are of.
    func value(_ x: [Naive], _ weights: [[Float]]) -> Double {
      zip(x, dy).reduce(0) { sum, pair in
        let y = Self.block(pair.0, weights)
        return sum + zip(y.values, pair.1.values).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  @Test(arguments: Instructions.available, sizes)
  func `a block is two convolutions, two norms, a ReLU and a sum`(
    path: Instructions, size: (Int, Int, Int)
  ) throws {
    try path.use {
      let run = try Run(size.0, size.1, size.2)
      let half = run.y.count / 2
      Run.block(run.x[0], run.weights).expect(Array(run.y[..<half]))
      Run.block(run.x[1], run.weights).expect(Array(run.y[half...]))
    }
  }

  @Test(arguments: Instructions.available, sizes)
  func `its gradients are what small changes of image and weights do`(
    path: Instructions, size: (Int, Int, Int)
  ) throws {
    try path.use {
      let run = try Run(size.0, size.1, size.2)
      for seed in 10..<16 {
        var (up, down, expected) = (run.x, run.x, 0.0)
        let count = run.x[0].values.count
        for (i, step) in Numbers.numbers(seed, 2 * count).enumerated() {
          up[i / count].values[i % count] += 1e-5 * step
          down[i / count].values[i % count] -= 1e-5 * step
          expected += 2e-5 * step * Double(run.dx[i])
        }
        expectClose(run.value(up, run.weights) - run.value(down, run.weights), expected)
      }
    }
  }

  @Test(arguments: Instructions.available, sizes)
  func `each weight's gradient is what small changes of it do`(
    path: Instructions, size: (Int, Int, Int)
  ) throws {
    try path.use {
      let run = try Run(size.0, size.1, size.2)
      for (which, seed) in [(0, 20), (0, 21), (1, 22), (1, 23)] {
        var (up, down, expected) = (run.weights, run.weights, 0.0)
        for (i, step) in Numbers.floats(seed, run.weights[which].count).enumerated() {
          up[which][i] += 4e-6 * step
          down[which][i] -= 4e-6 * step
          // What the floats really differ by.
          let change = Double(up[which][i]) - Double(down[which][i])
          expected += change * Double(run.gradients[which][i])
        }
        expectClose(run.value(run.x, up) - run.value(run.x, down), expected)
      }
    }
  }

  private func expectClose(_ found: Double, _ expected: Double) {
    #expect(abs(found - expected) < 2e-3 * max(abs(expected), 1e-5))
  }
}
