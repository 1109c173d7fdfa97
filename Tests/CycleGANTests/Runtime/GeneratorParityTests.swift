import CycleGAN
import Testing

/// One row of Fixtures/parity/forward.tsv and its like.
struct ForwardCase: CustomTestStringConvertible, Sendable {
  let architecture: GeneratorArchitecture
  let scale: Double
  let height: Int
  let width: Int
  /// Mean, mean magnitude, minimum and maximum of the output.
  let summary: [Double]
  /// Every 7919th element, around the end.
  let samples: [Double]

  init(_ row: [String]) throws {
    let words = row[0].split(separator: ":").map { String($0) }
    let kind = try #require(GeneratorArchitecture.Kind(words[0]))
    let norm = try #require(Norm(rawValue: row[4]))
    let integers = try [1, 2, 3, 7, 8].map { try #require(Int(row[$0])) }
    architecture = GeneratorArchitecture(
      kind: kind, inputChannels: integers[0], outputChannels: integers[1], width: integers[2],
      norm: norm, dropout: row[5] == "True",
      upsampling: words.count > 1 ? try #require(.init(rawValue: words[1])) : .transpose)
    (height, width) = (integers[3], integers[4])
    scale = try #require(Double(row[6]))
    let numbers = try row[10...].map { try #require(Double($0)) }
    try #require(numbers.count == 20 && numbers.allSatisfy { abs($0) <= 1 })
    (summary, samples) = (Array(numbers[..<4]), Array(numbers[4...]))
  }

  var testDescription: String {
    "\(architecture.kind) \(architecture.upsampling) \(architecture.norm) ngf \(architecture.width), \(width) x \(height)"
  }

  static let all = all(in: "parity/forward.tsv")

  /// The rows of a table.
  static func all(in table: String) -> [Result<ForwardCase, any Error>] {
    let rows = Result { try Fixtures.table(table) }
    switch rows {
    case .success(let rows): return rows.map { row in Result { try ForwardCase(row) } }
    case .failure(let error): return [.failure(error)]
    }
  }

  /// Ten times less than the 1e-4 that is promised; PyTorch's own float32 reaches 9e-6 here.
  private static let tolerance = 1e-5

  /// Compares what a generator makes of the row's image.
  func check(_ generator: Generator) throws {
    let image = Numbers.image(width: width, height: height, channels: architecture.inputChannels)
    let output = try generator(image)
    #expect((output.width, output.height) == (width, height))
    #expect(output.channels == architecture.outputChannels)
    let values = try output.float32Samples().map { Double($0) }
    for (i, sample) in samples.enumerated() {
      let found = values[i * 7919 % values.count]
      #expect(abs(found - sample) < Self.tolerance, "sample \(i) is \(found), not \(sample)")
    }
    let count = Double(values.count)
    let mean: Double = values.reduce(0, +) / count
    let magnitude: Double = values.reduce(0) { $0 + abs($1) } / count
    let found: [Double] = [mean, magnitude, values.min() ?? .nan, values.max() ?? .nan]
    for (found, expected) in zip(found, summary) {
      #expect(abs(found - expected) < Self.tolerance, "\(found), not \(expected)")
    }
  }
}

@Suite struct GeneratorParityTests {
  @Test(arguments: ForwardCase.all)
  func `a generator gives what PyTorch gives in float64`(
    row: Result<ForwardCase, any Error>
  ) throws {
    let row = try row.get()
    try row.check(row.architecture.generator(scale: row.scale))
  }
}
