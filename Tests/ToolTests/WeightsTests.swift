import CycleGAN
import Foundation
import Testing

@Suite struct WeightsTests {
  static let commands = ["show", "verify", "import", "export", "diff", "average"]
  static let architecture = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4)

  @Test func `show tells the architecture in the official words, and the metadata`() throws {
    let shell = try Shell()
    var weights = try shell.generator()
    weights.metadata = Self.architecture.metadata
    weights.metadata.merge(["direction": "AB", "steps": "7", "role": "generatorAB"]) { $1 }
    try shell.write(weights, as: "gen_AB.bin")
    let outcome = try shell("cg-weights show gen_AB.bin")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first == "gen_AB.bin")
    for line in [
      "kind          generator, AB", "netG          resnet_1blocks", "ngf           4",
      "norm          instance", "dropout       false", "input_nc      3", "output_nc     3",
      "parameters    \(Self.architecture.network.parameterCount)", "tensors       16 (16 F32)",
      "values        all finite", "steps         7",
    ] { #expect(lines.contains("  " + line), "\(line) is missing") }
    #expect(lines.contains { $0.hasSuffix(", stored in the file and right") })
  }

  @Test func `show --verbose has a line for every tensor`() throws {
    let shell = try Shell()
    try shell.write(
      WeightsFile(tensors: [
        NamedTensor("model.1.bias", shape: [2], values: [-1, 2]),
        NamedTensor("count", shape: [], .int64([3])), NamedTensor("none", shape: [0], values: []),
        NamedTensor("broken", shape: [2], values: [.nan, 4]),
      ]), as: "odd.bin")
    let outcome = try shell("cg-weights show -v odd.bin | tail -n 5 | tr -s ' '")
    #expect(
      outcome.output == """
         tensor type shape min max mean
         count I64 - 3 3 3.0
         model.1.bias F32 2 -1.0 2.0 0.5
         none F32 0 - - -
         broken F32 2 4.0 4.0 4.0

        """)
  }

  @Test func `a file of another program is known by its tensors`() throws {
    let shell = try Shell()
    let name = #"{"__metadata__":{"format":"pt"},"#
    let judge = DiscriminatorArchitecture(kind: .pixel, width: 2)
    try shell.write(bare: judge.network, as: "netD.safetensors", opening: name)
    let shown = try shell("cg-weights show < netD.safetensors")
    #expect(shown.status == 0)
    #expect(shown.output.hasPrefix("standard input\n  kind          discriminator\n"))
    #expect(shown.output.contains("netD          pixel\n"))
    #expect(shown.output.contains("checksum      none stored\n"))
    let verified = try shell("cg-weights verify - < netD.safetensors")
    #expect(verified.output == "-: OK\n")
    #expect(
      verified.errors == "cg-weights: standard input: no checksum, so damage to its values cannot "
        + "be detected\n")
    #expect(try shell("cg-weights verify -q netD.safetensors").errors.isEmpty)
  }

  @Test func `verify goes on after a bad file, names every point and ends with 65`() throws {
    let shell = try Shell()
    let good = try shell.generator()
    try shell.write(good, as: "good.bin")
    var bad = good
    bad.tensors[1] = NamedTensor("model.1.bias", shape: [3], values: [0, 0, 0])
    bad.tensors.removeLast()
    bad.tensors.append(NamedTensor("extra\nline", shape: [1], values: [1]))
    try shell.write(bad, as: "misfit.bin")
    bad = good
    bad.tensors[1] = NamedTensor("model.1.bias", shape: [4], values: [0, .nan, 0, .infinity])
    try shell.write(bad, as: "nan.bin")
    var flipped = Array(try good.serialized())
    flipped[flipped.count - 1] ^= 1
    try Data(flipped).write(to: shell.folder.appending(path: "flipped.bin"))
    let outcome = try shell(
      "cg-weights verify misfit.bin missing.bin nan.bin flipped.bin good.bin || exit $?")
    #expect(outcome.status == 65)
    #expect(
      outcome.output
        == "misfit.bin: FAILED\nnan.bin: FAILED\nflipped.bin: FAILED\ngood.bin: OK\n")
    let beginnings = [
      "misfit.bin: model.1.bias is [3], not [4]", "misfit.bin: model.18.bias is missing, [3]",
      "misfit.bin: extra\\nline is left over, [1]", "missing.bin: No such file or directory",
      "nan.bin: model.1.bias has 2 NaN or infinite values, the first at [1]",
      "flipped.bin: damaged weights file: its checksum is ",
    ]
    let errors = outcome.errors.split(separator: "\n")
    #expect(errors.count == beginnings.count)
    for (error, beginning) in zip(errors, beginnings) {
      #expect(error.hasPrefix("cg-weights: " + beginning))
    }
  }

  @Test func `a checkpoint is shown and verified network by network`() throws {
    let shell = try Shell()
    let judge = DiscriminatorArchitecture(kind: .patch(layers: 1), width: 2)
    var checkpoint = WeightsFile(metadata: ["step": "12"], tensors: [])
    for role in NetworkRole.allCases {
      let isGenerator = role == .generatorAB || role == .generatorBA
      var part = isGenerator ? try shell.generator() : Shell.filled(judge.network)
      if role == .discriminatorB { part.tensors.removeLast() }
      checkpoint.tensors += part.prefixed(role).tensors
    }
    checkpoint.tensors.append(NamedTensor("optimizer/x", shape: [1], values: [.nan]))
    try shell.write(checkpoint, as: "00000012.ckpt")
    let shown = try shell("cg-weights show 00000012.ckpt")
    #expect(shown.output.contains("  kind          checkpoint of a training run\n  step "))
    for role in NetworkRole.allCases { #expect(shown.output.contains("\n  \(role.rawValue)\n")) }
    #expect(shown.output.components(separatedBy: "    netG          resnet_1blocks\n").count == 3)
    let verified = try shell("cg-weights verify -q 00000012.ckpt || exit $?")
    #expect(verified.status == 65)
    #expect(verified.output.isEmpty)
    #expect(
      verified.errors == """
        cg-weights: 00000012.ckpt: discriminatorB: model.5.bias is missing, [1]
        cg-weights: 00000012.ckpt: optimizer/x has 1 NaN or infinite values, the first at [0]

        """)
  }

  @Test(arguments: [
    ("cg-weights", 64), ("cg-weights frobnicate x", 64), ("cg-weights verify missing", 66),
    ("cg-weights verify .", 66), ("cg-weights show /dev/null", 65),
    ("cg-weights show gen.bin > /dev/full", 74), ("cg-weights verify gen.bin > /dev/full", 74),
  ])
  func `what cannot be done has its own status, and standard output stays empty`(
    command: String, status: Int32
  ) throws {
    let shell = try Shell()
    try shell.makeGenerator("gen.bin", seed: 1)
    let outcome = try shell(command + " || exit $?")
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty || outcome.output.hasSuffix(": FAILED\n"))
    #expect(outcome.errors.hasPrefix("cg-weights: "))
  }

  @Test func `help goes to standard output and shows examples first`() throws {
    let shell = try Shell()
    for command in ["cg-weights"] + Self.commands.map({ "cg-weights \($0)" }) {
      let outcome = try shell("\(command) --help")
      #expect(outcome.status == 0)
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      let examples = lines.firstIndex { $0.hasPrefix("cg-weights ") }
      #expect(try #require(examples) < (lines.firstIndex { $0.hasPrefix("USAGE") } ?? 0))
    }
  }
}

extension Shell {
  /// The tensors of a small generator.
  fileprivate func generator() throws -> WeightsFile {
    try makeGenerator("made.bin", seed: 3)
    var weights = try WeightsFile(parsing: [UInt8](bytes(of: "made.bin")))
    weights.metadata = [:]
    return weights
  }

  /// A network's tensors, all elements 0.5.
  fileprivate static func filled(_ network: NetworkDescription) -> WeightsFile {
    WeightsFile(
      tensors: network.parameters.map { parameter in
        let count = parameter.shape.reduce(1, *)
        return NamedTensor(
          parameter.name, shape: parameter.shape, values: .init(repeating: 0.5, count: count))
      })
  }

  /// Writes a file of ours.
  fileprivate func write(_ weights: WeightsFile, as name: String) throws {
    try Data(weights.serialized()).write(to: folder.appending(path: name))
  }

  /// Writes a file as another program would: no checksum, a header that begins as given.
  fileprivate func write(
    bare network: NetworkDescription, as name: String, opening: String
  ) throws {
    var (members, position): ([String], Int) = ([], 0)
    for parameter in network.parameters {
      let end = position + 4 * parameter.shape.reduce(1, *)
      members.append(
        #""\#(parameter.name)":{"dtype":"F32","shape":\#(parameter.shape),"#
          + #""data_offsets":[\#(position),\#(end)]}"#)
      position = end
    }
    let header = Array((opening + members.joined(separator: ",") + "}").utf8)
    var file = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header)
    file.append(Data(repeating: 0, count: position))
    try file.write(to: folder.appending(path: name))
  }
}
