import Testing

/// float32 frames that were scaled to another range than the networks'.
@Suite struct SampleRangeTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    for (name, scale, offset) in [
      ("bytes", 127.5, 127.5), ("sigma", 3, 0), ("half", 0.5, 0.5), ("low", 1, -0.5),
      ("rounded", 1.0005, 0), ("signed", 1, 0), ("flat", 0, 0.5),
    ] as [(String, Float, Float)] {
      let samples = (0..<3 * 16 * 16).map { Float($0) / 383.5 * scale - scale + offset }
      try shell.write(Self.npy(samples, side: 16), to: name + ".npy")
    }
    try shell.write(Self.npy([.nan] + [Float](repeating: 0, count: 767), side: 16), to: "nan.npy")
  }

  /// A file of `numpy.save`, `[3, side, side]` float32.
  private static func npy(_ samples: [Float], side: Int) -> [UInt8] {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, \(side), \(side)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
      + samples.flatMap { sample in
        (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> (8 * $0)) }
      }
  }

  /// Commands that read the samples as numbers.
  private static let converting = [
    "cg-apply -w AB.bin -o out/ --format png", "cg-apply -w AB.bin", "cg-cycle -w AB.bin -W BA.bin",
    "cg-prep --resize 16", "cg-prep --flip", "cg-prep --channels 1", "cg-prep --dtype uint8",
    "cg-prep -o out/ --format png", "cg-prep -o - --format jpg",
  ]

  @Test(arguments: converting)
  func `frames outside -1...1 fail with both conversions, and the others go on`(
    command: String
  ) throws {
    for (name, range) in [
      ("bytes", "0.0 to 255.0"), ("sigma", "-3.0 to 3.0"), ("low", "-1.5 to 0.5"),
    ] {
      let outcome = try shell("\(command) signed.npy \(name).npy > /dev/null")
      #expect(outcome.status == 1, "\(command) \(name)")
      #expect(outcome.errors.contains("float32 samples are from \(range), outside -1...1"))
      #expect(outcome.errors.contains("x / 127.5 - 1 from 0...255, or x * 2 - 1 from 0...1"))
      #expect(outcome.errors.contains("1 of 2"), "\(outcome.errors)")
    }
    #expect(try shell("\(command) rounded.npy > /dev/null").status == 0)
  }

  @Test func `cg-prep copies frames of any range that it does not convert`() throws {
    let outcome = try shell("cg-prep bytes.npy --plain | cmp - bytes.npy")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(arguments: converting)
  func `frames in 0...1 without a negative value give one warning`(command: String) throws {
    let outcome = try shell(
      "cat half.npy half.npy > s.npys; \(command) s.npys half.npy > /dev/null")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let warnings = outcome.errors.split(separator: "\n").filter { $0.contains("no float32 sample") }
    #expect(warnings.count == 1, "\(outcome.errors)")
    #expect(warnings.first?.contains("s.npys: ") == true)
    #expect(warnings.first?.contains("x * 2 - 1") == true)
  }

  @Test(arguments: ["signed.npy", "flat.npy", "<(cat half.npy signed.npy)", "-q half.npy"])
  func `other frames give none`(input: String) throws {
    let outcome = try shell("cg-apply -w AB.bin \(input) > /dev/null")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test(arguments: converting)
  func `NaN is refused by its name`(command: String) throws {
    let outcome = try shell("\(command) nan.npy > /dev/null")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("nan.npy: "))
    #expect(outcome.errors.contains("value at index 0 is nan"))
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `cg-train refuses and warns alike`() throws {
    let train =
      "cg-train -B p -o run --load-size 32 --crop-size 32 --max-steps 1 --ndf 4 --netG resnet_1blocks --ngf 4"
    for name in ["bytes", "sigma", "low"] {
      let outcome = try shell("\(train) -A \(name).npy")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("\(name).npy") || outcome.errors.contains("frame 1"))
      #expect(outcome.errors.contains("x / 127.5 - 1 from 0...255, or x * 2 - 1 from 0...1"))
    }
    #expect(try shell("\(train) -A nan.npy").errors.contains("is nan"))
    let outcome = try shell("\(train) -A half.npy")
    #expect(outcome.errors.components(separatedBy: "no float32 sample").count == 2)
  }
}
