import CycleGAN
import Foundation
import Testing

/// Weights in and out, by the built tools.
@Suite struct ConvertTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeGenerator("bare.bin", seed: 3)
  }

  @Test func `an import knows the network, its direction by option or official name`() throws {
    let file = Shell.weightsFixtures + "legacy-python-2.pth"
    let outcome = try shell(
      """
      cg-weights import \(file) -o gen_BA.bin --direction BA
      cp \(file) latest_net_G_A.pth; cg-weights import latest_net_G_A.pth -o gen_AB.bin
      cg-weights import - -o unknown.bin < latest_net_G_A.pth
      cg-weights verify -q gen_AB.bin gen_BA.bin unknown.bin
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty && outcome.errors.isEmpty)
    let imported = try shell.weights("gen_BA.bin")
    #expect(imported.metadata["direction"] == "BA" && imported.metadata["role"] == "generatorBA")
    #expect(imported.metadata["netG"] == "resnet_1blocks" && imported.metadata["ngf"] == "1")
    #expect(imported.metadata["tool"] == "cg-weights \(cycleGANVersion)")
    // The statistics of instance norms are gone.
    #expect(imported.tensors.count == 16)
    #expect(try shell.weights("gen_AB.bin").metadata["role"] == "generatorAB")
    #expect(try shell.weights("unknown.bin").metadata["direction"] == nil)
  }

  @Test func `an upsampling that the tensors do not show is asked for`() throws {
    let architecture = GeneratorArchitecture(
      kind: .resnet(blocks: 1), width: 2, upsampling: .resize)
    let tensors = architecture.network.parameters.map { parameter in
      let count = parameter.shape.reduce(1, *)
      return NamedTensor(
        parameter.name, shape: parameter.shape, values: .init(repeating: 0.1, count: count))
    }
    try shell.write(WeightsFile(tensors: tensors).serialized(), to: "resize.bin")
    let refused = try shell("cg-weights import resize.bin -o gen.bin || exit $?")
    #expect(refused.status == 65)
    #expect(refused.errors.contains("say --upsample resize"))
    let outcome = try shell(
      "cg-weights import resize.bin -o gen.bin --upsample resize; cg-weights export gen.bin -o g.pth"
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try shell.weights("g.pth").metadata["upsample"] == "resize")
  }

  @Test(arguments: ["out.pth", "out.pth --format legacy", "out.safetensors", "out.pt"])
  func `what is exported and imported again is the same file`(output: String) throws {
    let name = output.prefix { $0 != " " }
    let outcome = try shell(
      """
      cg-weights import bare.bin -o gen_AB.bin --direction AB
      cg-weights export gen_AB.bin -o \(output); cg-weights import \(name) -o again.bin
      cmp gen_AB.bin again.bin; cg-weights diff gen_AB.bin \(name)
      cg-weights export - -o - --format legacy < gen_AB.bin | cg-weights import - -o piped.bin
      cmp gen_AB.bin piped.bin
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func `without metadata only the tensors go along`() throws {
    let outcome = try shell(
      """
      cg-weights import bare.bin -o gen.bin --direction AB
      for file in a.pth b.safetensors c.onnx; do
        cg-weights export gen.bin -o $file --no-metadata; ! grep -a resnet_1blocks $file >&2
      done
      cg-weights export gen.bin -o d.onnx; grep -qa resnet_1blocks d.onnx
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    // Readers of safetensors need to know that it is PyTorch's.
    #expect(
      try shell("head -c 44 b.safetensors | tail -c 36").output
        == #"{"__metadata__":{"format":"pt"},"mod"#)
    #expect(try shell.weights("a.pth").metadata.isEmpty)
    #expect(try shell.weights("b.safetensors").metadata.isEmpty)
  }

  @Test func `a file without a name is standard input`() throws {
    let outcome = try shell(
      """
      cg-weights export bare.bin -o a.pth; cg-weights import -o x.bin < a.pth
      cg-weights export -o b.pth < x.bin; cg-weights diff --tensors bare.bin b.pth
      """)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
  }

  @Test func `the filters take a file of PyTorch as it is`() throws {
    try shell.makeImages(1, in: "p")
    try shell.makeGenerator("back.bin", seed: 9)
    let outcome = try shell(
      """
      cg-weights export bare.bin -o zip.pth
      cg-weights export bare.bin -o legacy.pth --format legacy
      for weights in bare.bin zip.pth legacy.pth; do
        cg-apply -w $weights -o - --format ppm p/0.ppm | cksum
        cg-cycle -w $weights -W back.bin p | cksum
      done | sort | uniq -c | awk '{ print $1 }'
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "3\n3\n")
  }

  @Test func `diff says what differs, and by its exit status`() throws {
    var other = try shell.weights("bare.bin")
    other.tensors[1] = NamedTensor("model.1.bias", shape: [4], values: [1, 2, 3, 4])
    other.metadata = ["steps": "7"]
    try shell.write(other.serialized(), to: "other.bin")
    let outcome = try shell("cg-weights diff bare.bin other.bin | tr -s ' ' || exit $?")
    #expect(outcome.status == 1)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.first == "tensor differ largest mean")
    #expect(lines.dropFirst().first?.hasPrefix("model.1.bias 4/4 ") ?? false)
    #expect(lines.last == "steps: - and 7")
    let quiet = try shell("cg-weights diff -q bare.bin other.bin || exit $?")
    #expect(quiet.status == 1 && quiet.output.isEmpty && quiet.errors.isEmpty)
    other.tensors = try shell.weights("bare.bin").tensors
    try shell.write(other.serialized(), to: "same.bin")
    #expect(try shell("cg-weights diff --tensors bare.bin same.bin").output.isEmpty)
  }

  @Test func `show --json is an object a line that says what show says`() throws {
    let outcome = try shell(
      "cg-weights import bare.bin -o gen.bin --direction AB; cg-weights show --json -v gen.bin bare.bin"
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    let first = try JSON(parsing: Array(lines[0].utf8))
    #expect(first["netG"]?.string == "resnet_1blocks" && first["ngf"]?.integer == 4)
    #expect(first["dropout"]?.bool == false && first["direction"]?.string == "AB")
    #expect(first["file"]?.string == "gen.bin" && first["container"]?.string == "safetensors")
    #expect(first["tensors"]?.array?.count == 16)
    #expect(first["tensors"]?[0]?["shape"] == .array([4, 3, 7, 7].map { .integer($0) }))
    #expect(first["finite"]?.bool == true && first["checked"]?.bool == true)
  }

  @Test(arguments: [
    ("export bare.bin -o x", 64, "the extension does not say the format"),
    ("export bare.bin -o x.onnx --domain A", 65, "this is a generator, not discriminatorA"),
    ("export bare.bin -o x.onnx --domain A --direction AB", 64, "--domain of a discriminator"),
    ("import several.pth -o x.bin", 65, "it holds several networks: G_A, G_B"),
    ("import several.pth --entry G -o x.bin", 65, "no entry G; there are G_A, G_B"),
    ("import several.pth --entry G_A -o x.pth", 64, "use export for .pth"),
    ("import bare.bin -o x.onnx", 64, "import writes a weights file; use export for .onnx"),
    (
      "average bare.bin bare.bin -o x.pth", 64, "average writes a weights file; use export for .pth"
    ),
    ("import bare.bin -o ''", 64, "the output has no name"),
    ("export bare.bin --format pth -o ''", 64, "the output has no name"),
    ("import missing.pth -o x.bin", 66, "missing.pth: No such file or directory"),
    (
      "import torn.pth -o x.bin", 65,
      "torn.pth: damaged weights file: the end of a zip file is missing"
    ),
    ("import evil.pth -o x.bin", 65, "it names the Python object posix.system"),
    ("export bare.bin -o none/x.pth", 73, "none/x.pth: No such file or directory"),
    ("export bare.bin -o /dev/full --format pth", 74, "No space left on device"),
    ("diff bare.bin", 64, "give two files"), ("average bare.bin -o x.bin", 64, "two files or more"),
  ])
  func `what cannot be done has its status and its reason, and leaves nothing`(
    command: String, status: Int32, reason: String
  ) throws {
    let outcome = try shell(
      #"""
      cp \#(Shell.weightsFixtures)zip-several.pth several.pth; head -c 9000 several.pth > torn.pth
      python=$'\x80\x02cposix\nsystem\nU\x0btouch bitten\x85R.'
      printf '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.' > evil.pth
      printf '\x80\x02M\xe9\x03.\x80\x02}X\x0d\0\0\0little_endian\x88s.' >> evil.pth
      printf '%s' "$python" >> evil.pth
      cg-weights \#(command) || exit $?
      """#)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    let left = shell.files(in: ".").filter { $0.contains("x.") || $0 == "bitten" }
    #expect(left.isEmpty)
  }

  @Test(.enabled(if: Shell.runs("python3 -c 'import torch, onnx, onnxruntime, safetensors'")))
  func `PyTorch, safetensors, the ONNX checker and ONNX Runtime agree`() throws {
    let script = Shell.root + "Tests/Interchange/interchange.py"
    let outcome = try shell("python3 \(script) \(Shell.tools)", seconds: 600)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 14)
  }
}
