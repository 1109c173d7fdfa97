import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct ValidationTests {
  private static func images(
    _ domain: Int, _ places: Range<Int>, named: String? = nil
  ) -> TrainingImages {
    TrainingImages(
      places.map { place in
        .frame(
          TrainingMaterial.image(domain, place, channels: 3, side: 24),
          name: named.map { FilePath("\($0)/\(place).png") })
      }, cache: ImageCache(maximumBytes: 1 << 20))
  }

  private static func heldOut(truth: Bool = false) throws -> HeldOutImages {
    try HeldOutImages(
      images(0, 10..<14, named: "a"), images(1, 10..<15),
      reference: truth ? images(1, 9..<16, named: "b") : nil, maximumCount: 4)
  }

  private static func rows(_ small: SmallRun) throws -> [[String]] {
    let bytes = Array(try ByteReader(small.path.appending("validation.tsv")).readAll())
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func `every epoch has its row, and the best one its generators`() throws {
    var small = try SmallRun()
    small.heldOut = try Self.heldOut()
    try small.run()
    let rows = try Self.rows(small)
    #expect(rows.allSatisfy { $0.count == 14 })
    #expect(rows.dropFirst().map { $0[0...1] } == [["4", "1"], ["8", "2"], ["12", "3"]])
    let distances = rows.dropFirst().compactMap { row in
      Double(row[8]).flatMap { there in Double(row[9]).map { there + $0 } }
    }
    let least = try #require(distances.min())
    let best = try #require(distances.firstIndex(of: least)) + 1
    #expect(rows[1][13] == "best")
    #expect(rows.lastIndex { $0[13] == "best" } == best)
    let weights = try WeightsFile.read(small.path.appending("best/gen_BA.bin"))
    #expect(weights.metadata["epoch"] == "\(best)" && weights.metadata["steps"] == "\(4 * best)")
    #expect(weights.metadata["best_by"] == "kid_AB + kid_BA")
    #expect(small.messages.lines.contains { $0.hasPrefix("best on held-out images after epoch ") })
  }

  @Test func `numbers are those of the final generators, as anyone would measure them`() throws {
    var small = try SmallRun()
    small.heldOut = try Self.heldOut(truth: true)
    try small.run()
    let last = try #require(try Self.rows(small).last)
    let generators = try ["gen_AB.bin", "gen_BA.bin"].map { name in
      let weights = try WeightsFile.read(small.path.appending(name))
      return try Generator(
        weights, architecture: GeneratorArchitecture(inferringFrom: weights))
    }
    var (cycled, truth) = ([Similarity](), [Similarity]())
    for place in 10..<14 {
      func prepared(_ domain: Int) throws -> Frame {
        let frame = TrainingMaterial.image(domain, place, channels: 3, side: 24)
        return Frame(try CycleGAN.Image(frame).resized(width: 16, height: 16))
      }
      let fake = try generators[0](prepared(0))
      cycled.append(try Similarity(try prepared(0), try generators[1](fake)))
      truth.append(try Similarity(try prepared(1), fake))
    }
    for (column, expected) in [
      (2, cycled.map(\.l1)), (3, cycled.map(\.psnr)), (4, cycled.map(\.ssim)),
      (10, truth.map(\.l1)), (11, truth.map(\.psnr)), (12, truth.map(\.ssim)),
    ] {
      let mean = expected.reduce(0, +) / 4
      let found = try #require(Double(last[column]))
      #expect(abs(found / mean - 1) < 5e-4, "column \(column)")
    }
  }

  @Test func `a run that is stopped in training or in validation ends like an unbroken one`() throws
  {
    var (whole, broken) = (try SmallRun(), try SmallRun())
    (whole.heldOut, broken.heldOut) = (try Self.heldOut(), try Self.heldOut())
    try whole.run()
    #expect(try broken.run(stoppingAfter: 3) == .stopped(step: 3))
    // The first step of this process ends the epoch, and the measuring is given up.
    #expect(try broken.run(stoppingAfter: 1) == .stopped(step: 4))
    #expect(try Self.rows(broken).count == 1)
    #expect(try broken.run(stoppingAfter: 4) == .stopped(step: 8))
    #expect(try broken.run() == .finished(steps: 12))
    #expect(try broken.results == whole.results)
    for name in ["best/gen_AB.bin", "best/gen_BA.bin"] {
      let files = try [broken, whole].map { try ByteReader($0.path.appending(name)).readAll() }
      #expect(files[0] == files[1])
    }
  }

  @Test func `a held-out image that cannot be used is named and left out, with its truth`() throws {
    var (small, without) = (try SmallRun(), try SmallRun())
    let rubbish = small.folder.path.appending("11.png")
    try AtomicFile.write([1, 2, 3], to: rubbish)
    func images(_ places: [Int], _ domain: Int) -> TrainingImages {
      TrainingImages(
        places.map { place in
          guard domain != 0 || place != 11 else { return .file(rubbish) }
          let image = TrainingMaterial.image(domain, place, channels: 3, side: 24)
          return .frame(image, name: FilePath("\(place).png"))
        }, cache: ImageCache(maximumBytes: 1 << 20))
    }
    small.heldOut = try HeldOutImages(
      images([10, 11, 12], 0), images([1, 2], 1), reference: images([12, 11, 10], 1),
      maximumCount: 9)
    without.heldOut = try HeldOutImages(
      images([10, 12], 0), images([1, 2], 1), reference: images([12, 11, 10], 1), maximumCount: 9)
    try small.run()
    try without.run()
    #expect(try small.results == without.results)
    #expect(small.messages.lines.filter { $0.hasPrefix("\(rubbish): ") }.count == 1)
    #expect(small.messages.lines.contains { $0.hasSuffix("; left out of validation") })
  }

  @Test func `what cannot be measured is refused before the first step`() throws {
    var (small, broken) = (try SmallRun(), try SmallRun())
    small.options.preprocessing.mode = .none
    func wide(_ index: Int, _ width: Int) throws -> TrainingImages {
      let frame = TrainingMaterial.image(1, index, channels: 3, side: 24)
      let image = try CycleGAN.Image(frame).resized(width: width, height: 24)
      return TrainingImages(
        [.frame(Frame(image), name: FilePath("\(width)/0.png"))],
        cache: ImageCache(maximumBytes: 1 << 20))
    }
    small.heldOut = try HeldOutImages(
      wide(0, 24), wide(1, 24), reference: wide(2, 32), maximumCount: 9)
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect("\(try #require(error))".hasPrefix("24/0.png is validated at 24 x 24 pixels, and its"))
    let missing = TrainingImages([.file(FilePath("missing"))], cache: ImageCache(maximumBytes: 0))
    broken.heldOut = try HeldOutImages(missing, Self.images(1, 0..<2), maximumCount: 9)
    let none = #expect(throws: TrainingError.self) { try broken.run() }
    #expect("\(try #require(none))" == "none of 1 held-out images of A can be used")
    for run in [small, broken] { #expect(try run.checkpoints.isEmpty) }
  }

  @Test func `the best epoch is chosen anew where other images are held out, with a note`() throws {
    var small = try SmallRun()
    small.heldOut = try Self.heldOut(truth: true)
    small.options.maximumSteps = 8
    try small.run()
    small.options.maximumSteps = nil
    small.heldOut = try Self.heldOut()
    try small.run()
    #expect(
      small.messages.lines.contains {
        $0.hasPrefix("other images are held out than before; the best")
      })
    #expect(try Self.rows(small).map(\.last).suffix(1) == ["best"])
    let weights = try WeightsFile.read(small.path.appending("best/gen_AB.bin"))
    #expect(weights.metadata["epoch"] == "3")
  }

  @Test func `a checkpoint knows the best epoch from the moment its files are there`() throws {
    var small = try SmallRun()
    small.heldOut = try Self.heldOut()
    // The first epoch is the best so far, and no interval ends with it.
    try small.run(stoppingAfter: 5)
    let checkpoint = try WeightsFile.read(small.checkpoint(4))
    #expect(checkpoint.metadata["best"]?.contains("\"epoch\":1") == true)
  }

  @Test func `measuring changes nothing of the training`() throws {
    var measured = try SmallRun()
    let plain = try SmallRun()
    measured.heldOut = try Self.heldOut()
    try measured.run()
    try plain.run()
    #expect(try measured.results.prefix(6) == plain.results.prefix(6))
  }

  @Test func `a image without a truth of its name is refused by name`() throws {
    let error = #expect(throws: TrainingError.self) {
      try HeldOutImages(
        Self.images(0, 0..<3, named: "a"), Self.images(1, 0..<3),
        reference: Self.images(1, 0..<2, named: "b"), maximumCount: 9)
    }
    #expect("\(try #require(error))" == "a/2.png has no reference image of its name")
  }
}

@Suite struct KernelDistanceTests {
  private static func set(_ seed: UInt64, _ count: Int, shift: Double = 0) -> [[Double]] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in (0..<20).map { _ in random.unit() + shift } }
  }

  @Test func `two sets from one source are near 0, and others farther the more they differ`() throws
  {
    let real = Self.set(1, 40)
    let distances = try [0, 0.1, 0.3, 1].map {
      try #require(kernelDistance(real: real, fake: Self.set(2, 40, shift: $0)))
    }
    // 40 images leave a deviation of about 0.05.
    #expect(abs(distances[0]) < 0.15 && distances[2] > 1)
    #expect(distances == distances.sorted() && distances[3] > 10 * distances[1])
  }

  @Test func `it is the estimate of the paper`() throws {
    // In one dimension, scaled: the real ones are -1 and 1, the others 0 and 2.
    let distance = try #require(kernelDistance(real: [[3], [5]], fake: [[4], [6]]))
    // k(-1, 1) = 0, k(0, 2) = 1; k(-1, 0) = k(1, 0) = 1, k(-1, 2) = -1, k(1, 2) = 27.
    #expect(abs(distance - (0 + 1 - 2 * (1 + -1 + 1 + 27) / 4)) < 1e-12)
  }

  @Test func `a set of one says nothing`() {
    #expect(kernelDistance(real: [[1]], fake: [[1], [2]]) == nil)
  }

  @Test func `features tell one domain from another, whatever the size`() throws {
    let features = try RandomFeatures(channels: 3, device: .cpu)
    func described(_ domain: Int, _ places: Range<Int>) throws -> [[Double]] {
      try places.map {
        try features(TrainingMaterial.image(domain, $0, channels: 3, side: 24 + $0 % 2))
      }
    }
    let real = try described(0, 0..<12)
    #expect(real[0].count == RandomFeatures.count)
    let same = try #require(kernelDistance(real: real, fake: try described(0, 12..<24)))
    let gray = try (0..<12).map { _ in
      try features(
        Frame(
          width: 24, height: 24, channels: 3,
          samples: .uint8(Buffer([UInt8](repeating: 90, count: 1728)))))
    }
    let other = try #require(kernelDistance(real: real, fake: gray))
    #expect(other > 5 * abs(same))
  }
}
