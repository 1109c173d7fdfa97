import CycleGAN
import Foundation
import Testing

/// What PyTorch wrote is what is read, bit for bit; see Fixtures/weights/make-weights.py.
@Suite struct TorchFixtureTests {
  static let names: [String] = {
    let folder = Fixtures.path("weights")
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return (names ?? []).filter { $0.hasSuffix(".pth") }.sorted()
  }()

  @Test func `both containers are there, and what older versions wrote`() {
    #expect(Self.names.count >= 25)
    for name in ["zip-views", "legacy-views", "zip-torch-1.6", "legacy-python-2"] {
      #expect(Self.names.contains(name + ".pth"))
    }
  }

  @Test(arguments: names)
  func `every tensor has PyTorch's values`(name: String) throws {
    let entry = name.contains("several") ? "G_B" : nil
    let path = FilePath(Fixtures.path("weights/" + name))
    let weights = try WeightsFile.read(path, entry: entry)
    let rows = try Fixtures.table("weights/\(name).tsv")
    #expect(weights.tensors.map(\.name) == rows.map { $0[0] })
    for (tensor, row) in zip(weights.tensors, rows) {
      let shape = tensor.shape.map { String($0) }.joined(separator: "x")
      #expect(weights.storedTypes[tensor.name] == row[1])
      #expect((shape.isEmpty ? "-" : shape) == row[2])
      #expect(tensor.checksum == UInt32(row[3], radix: 16), "\(tensor.name)")
    }
    #expect(weights.container == (name.hasPrefix("zip") ? .zip : .legacy))
    #expect(weights.isChecked == (name.hasPrefix("zip") && !name.contains("without")))
    let memory = try WeightsFile(parsing: Fixtures.bytes("weights/" + name), entry: entry)
    #expect(memory.tensors.map(\.checksum) == weights.tensors.map(\.checksum))
  }

  @Test(arguments: [
    ("zip-batch-norm", Norm.batch, false), ("legacy-batch-norm", .batch, false),
    ("zip-dropout", .instance, true), ("legacy-wrapped", .instance, false),
    ("zip-wrapped", .instance, false), ("zip-compiled", .instance, false),
    ("zip-parameters", .instance, false), ("zip-torch-1.6", .instance, false),
    ("legacy-python-2", .instance, false), ("zip-without-checksums", .instance, false),
  ])
  func `the architecture is inferred and the tensors fit it`(
    name: String, norm: Norm, dropout: Bool
  ) throws {
    let weights = try WeightsFile.read(FilePath(Fixtures.path("weights/\(name).pth")))
    let expected = GeneratorArchitecture(
      kind: .resnet(blocks: 1), width: 1, norm: norm, dropout: dropout)
    #expect(try GeneratorArchitecture(inferringFrom: weights) == expected)
    let fitted = try weights.fitted(to: expected.network)
    #expect(fitted.tensors.map(\.name) == expected.network.parameters.map(\.name))
  }

  @Test func `of several networks one is asked for, by its key or its names' beginning`() throws {
    let path = FilePath(Fixtures.path("weights/zip-several.pth"))
    let several = try WeightsFile.read(path)
    #expect(several.networks.map(\.name) == ["G_A", "G_B"])
    let second = try WeightsFile.read(path, entry: "G_B")
    #expect(several.networks[1].weights.tensors == second.tensors)
    #expect(throws: WeightsError.architecture(.severalNetworks("G_A, G_B"))) {
      try RecognizedNetwork(several)
    }
    #expect(throws: WeightsError.architecture(.noEntry("no entry G_C; there are G_A, G_B"))) {
      try WeightsFile.read(path, entry: "G_C")
    }
    let wrapped = FilePath(Fixtures.path("weights/zip-wrapped.pth"))
    let prefixed = try WeightsFile.read(wrapped, entry: "module")
    #expect(prefixed.tensors.first?.name == "model.1.weight")
    #expect(throws: WeightsError.architecture(.noEntry("no entry net; there is state_dict"))) {
      try WeightsFile.read(wrapped, entry: "net")
    }
  }

  @Test func `a file that comes through a pipe is read as well`() throws {
    for name in ["zip-views", "legacy-views"] {
      let bytes = try Fixtures.bytes("weights/\(name).pth")
      var seen: [UInt8] = []
      let weights = try WeightsFile.read(from: MemoryPipe.reader(of: bytes)) { seen += $0 }
      #expect(seen == bytes)
      #expect(try weights.tensors == WeightsFile(parsing: bytes).tensors)
    }
  }

  @Test(arguments: names)
  func `every truncation is refused with a reason`(name: String) throws {
    let bytes = try Fixtures.bytes("weights/" + name)
    // Some of the larger files' offsets are enough: all of them have the same parts.
    for count in stride(from: 0, to: bytes.count, by: bytes.count < 4096 ? 1 : 97) {
      #expect(throws: WeightsError.self, "\(count) bytes") {
        try WeightsFile(parsing: Array(bytes[..<count]), entry: "G_B")
      }
    }
  }
}

extension NamedTensor {
  /// The CRC-32 of the elements' bytes.
  var checksum: UInt32 {
    switch elements {
    case .float32(let values): values.withUnsafeBytes { crc32($0) }
    case .int64(let integers): integers.withUnsafeBytes { crc32($0) }
    case .uint8(let bytes): crc32(bytes)
    }
  }
}
