import CycleGAN
import Foundation
import Testing

/// Files of several networks, and several files of one.
@Suite struct SeveralNetworksTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeGenerator("bare.bin", seed: 3)
  }

  /// Two networks in one safetensors file, and a counter.
  private func makeSeveral(_ name: String) throws {
    let judge = DiscriminatorArchitecture(kind: .pixel, width: 2).network.parameters.map {
      NamedTensor(
        $0.name, shape: $0.shape, values: .init(repeating: 1, count: $0.shape.reduce(1, *)))
    }
    let parts = [("netG_A.", try shell.weights("bare.bin").tensors), ("netD_A.", judge)]
    var tensors = parts.flatMap { prefix, tensors in
      tensors.map { NamedTensor(prefix + $0.name, shape: $0.shape, $0.elements) }
    }
    tensors.append(NamedTensor("step", shape: [], .int64([5])))
    try shell.write(WeightsFile(tensors: tensors).serialized(), to: name)
  }

  @Test func `of several networks each is shown and verified, and one taken`() throws {
    try makeSeveral("two.safetensors")
    try shell.write(
      Data(contentsOf: URL(filePath: Shell.weightsFixtures + "zip-several.pth")), to: "two.pth")
    let outcome = try shell(
      """
      cg-weights show two.safetensors two.pth | grep -E '^[^ ]|^  (net|G_)|kind|problem'
      cg-weights verify -q two.safetensors two.pth
      cg-weights show --json two.safetensors | grep -c '"networks":{"netG_A":{"kind":"generator"'
      cg-weights show --entry netD_A two.safetensors | grep netD
      cg-weights import two.safetensors --entry netG_A -o gen.bin; cg-weights diff --tensors gen.bin bare.bin
      cg-weights export two.safetensors --entry netD_A -o d.pth; cg-weights export two.pth --entry G_B -o g.onnx
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output == """
        two.safetensors
          kind          2 networks; --entry NAME takes one
          netG_A
            kind          generator
          netD_A
            kind          discriminator
        two.pth
          kind          2 networks; --entry NAME takes one
          G_A
            kind          generator
          G_B
            kind          generator
        1
          netD          pixel

        """)
  }

  @Test func `average refuses another network, direction or role, in one line each`() throws {
    try makeSeveral("two.safetensors")
    let outcome = try shell(
      """
      cg-weights import two.safetensors --entry netD_A -o d.bin
      cg-weights export bare.bin -o a_net_G_A.pth; cp a_net_G_A.pth a_net_G_B.pth
      cg-weights import bare.bin --direction AB -o ab.bin
      for files in 'ab.bin d.bin' 'ab.bin a_net_G_B.pth' 'a_net_G_B.pth bare.bin a_net_G_A.pth'; do
        ! cg-weights average $files -o x.bin || echo no error; test ! -e x.bin
      done
      cg-weights average bare.bin a_net_G_A.pth ab.bin -o mean.bin
      """)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    #expect(
      outcome.errors == """
        cg-weights: d.bin: it is a discriminator, the first file a generator
        cg-weights: a_net_G_B.pth: its direction is BA, that of the files before it AB
        cg-weights: a_net_G_A.pth: its direction is AB, that of the files before it BA

        """)
    #expect(try shell.weights("mean.bin").metadata["role"] == "generatorAB")
  }

  @Test func `average takes one generator of several checkpoints`() throws {
    var names: [String] = []
    for i in 1...3 {
      try shell.makeGenerator("g.bin", seed: UInt32(i))
      var checkpoint = try shell.weights("g.bin").prefixed(.generatorAB)
      checkpoint.tensors += checkpoint.tensors.map {
        NamedTensor("optimizer/" + $0.name, shape: $0.shape, $0.elements)
      }
      try shell.write(checkpoint.serialized(), to: "\(i).ckpt")
      names.append("\(i).ckpt")
    }
    let command = "cg-weights average \(names.joined(separator: " ")) -o mean.bin"
    let refused = try shell(command + " || exit $?")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("choose one with --direction or --domain"))
    #expect(try shell(command + " --direction AB").status == 0)
    let mean = try shell.weights("mean.bin")
    let all = try names.map { try shell.weights($0).tensors[0].values[5] }
    let expected = all.reduce(0.0) { $0 + Double($1) } / 3
    #expect(try abs(Double(mean.tensors[0].values[5]) - expected) < 1e-7)
    #expect(mean.metadata["averaged"] == "3")
  }
}
