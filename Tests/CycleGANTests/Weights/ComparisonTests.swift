import CycleGAN
import Testing

@Suite struct ComparisonTests {
  let file = WeightsFile(
    metadata: ["steps": "5", "netG": "x"],
    tensors: [
      NamedTensor("a", shape: [2], values: [1, 2]), NamedTensor("b", shape: [1], values: [3]),
      NamedTensor("n", shape: [], .int64([4])),
    ])

  @Test func `a file has no difference to itself, whatever its wrapper's prefix`() throws {
    var wrapped = file
    for i in wrapped.tensors.indices { wrapped.tensors[i].name = "module." + file.tensors[i].name }
    #expect(try WeightsComparison(file, wrapped).isEmpty)
    let broken = WeightsFile(tensors: [NamedTensor("a", shape: [1], values: [.nan])])
    #expect(try WeightsComparison(broken, broken).isEmpty)
  }

  @Test func `tensors, shapes, numbers and metadata that differ are told`() throws {
    let other = WeightsFile(
      metadata: ["steps": "6", "seed": "1", "netG": "x"],
      tensors: [
        NamedTensor("a", shape: [2], values: [1, 2.5]),
        NamedTensor("b", shape: [1, 1], values: [3]),
        NamedTensor("c", shape: [], values: [0]),
      ])
    let comparison = try WeightsComparison(file, other)
    #expect(
      comparison.misfits == [
        "b is [1] and [1, 1]", "n is only in the first, []", "c is only in the second, []",
      ])
    #expect(
      comparison.differences.map(\.name) == ["a"] && comparison.differences[0].largest == 0.5
        && comparison.differences[0].mean == 0.25 && comparison.differences[0].count == 1)
    #expect(comparison.metadata.map(\.key) == ["seed", "steps"])
    #expect(comparison.compared == 1)
    #expect(comparison.largest == 0.5)
  }

  @Test func `a NaN on one side is a difference without a size`() throws {
    let first = WeightsFile(tensors: [NamedTensor("a", shape: [3], values: [.nan, 1, .nan])])
    let second = WeightsFile(tensors: [NamedTensor("a", shape: [3], values: [0, 3, .nan])])
    let comparison = try WeightsComparison(first, second)
    #expect(comparison.differences[0].count == 2)
    #expect(comparison.largest.isNaN)
  }

  @Test func `the mean is taken in double precision, and metadata that differ are left out`() throws
  {
    var average = WeightsAverage()
    for steps in ["5", "6", "7"] {
      var one = file
      one.metadata["steps"] = steps
      // In single precision the sum would lose the ones.
      one.tensors[0].elements = .float32([
        steps == "5" ? 0x1p25 : 1, 3 * Float(steps.utf8.first ?? 0),
      ])
      one.tensors[2].elements = .int64([Int64(steps) ?? 0])
      try average.add(one)
    }
    let mean = try #require(try average.mean())
    #expect(try mean.tensors[0].values == [Float((0x1p25 + 2.0) / 3), 3 * 54])
    #expect(try mean.tensors[1].values == [3])
    #expect(mean.tensors[2].elements == .int64([6]))
    #expect(mean.metadata == ["netG": "x"])
    #expect(try WeightsAverage().mean() == nil)
  }

  @Test func `only files of one network have a mean, and not each has to say which`() throws {
    var average = WeightsAverage()
    var (plain, placed, other) = (file, file, file)
    plain.metadata = [:]
    placed.metadata = ["role": "generatorAB", "direction": "AB", "steps": "5"]
    other.metadata = ["role": "generatorBA", "direction": "BA"]
    for one in [plain, placed, plain] { try average.add(one) }
    let reason = "its direction is BA, that of the files before it AB"
    #expect(throws: WeightsError.contradictions([reason])) { try average.add(other) }
    #expect(try average.mean()?.metadata == ["role": "generatorAB", "direction": "AB"])
  }

  @Test func `counters are compared and averaged to the last digit, whatever they are`() throws {
    func file(_ count: Int64) -> WeightsFile {
      WeightsFile(tensors: [NamedTensor("n", shape: [], .int64([count]))])
    }
    // Single precision ends at 2^24.
    let comparison = try WeightsComparison(file(1 << 24), file(1 << 24 + 1))
    #expect(comparison.differences.map(\.largest) == [1])
    for (first, second, mean) in [
      (1 << 24 + 1, 1 << 24 + 3, 1 << 24 + 2), (-3, -4, -4), (.max, .max, .max),
    ] as [(Int64, Int64, Int64)] {
      var average = WeightsAverage()
      try average.add(file(first))
      try average.add(file(second))
      #expect(try average.mean()?.tensors[0].elements == .int64([mean]))
    }
  }

  @Test func `files of different networks have no mean`() throws {
    var average = WeightsAverage()
    try average.add(file)
    var other = file
    other.tensors[1] = NamedTensor("b", shape: [2], values: [3, 3])
    #expect(throws: WeightsError.differences(["b is [2]; in the first file [1]"])) {
      try average.add(other)
    }
    other.tensors.removeLast(2)
    #expect(throws: WeightsError.self) { try average.add(other) }
  }

  @Test(arguments: [
    ("latest_net_G_A.pth", NetworkRole.generatorAB), ("200_net_G_B.pth", .generatorBA),
    ("a/iter_5_net_D_A.pth", .discriminatorB), ("latest_net_D_B.pth", .discriminatorA),
    ("latest_net_G.pth", nil), ("G_A.pth", nil),
  ])
  func `an official file's name says which network it is`(name: String, role: NetworkRole?) {
    #expect(NetworkRole(officialFile: FilePath(name)) == role)
  }
}
