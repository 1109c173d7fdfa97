@testable import CycleGAN
import Testing

/// What these tools write for PyTorch; Tests/Interchange holds it against PyTorch itself.
@Suite struct TorchWritingTests {
  static let weights: WeightsFile = {
    let network = GeneratorArchitecture(kind: .resnet(blocks: 2), width: 3, norm: .batch)
    var weights = network.filled()
    weights.metadata = network.metadata.merging(["direction": "AB", "a \"b\"": "é\n"]) { $1 }
    return weights
  }()

  @Test func `both containers give back tensors, order and metadata`() throws {
    for content in [try Self.weights.torchZip(), Self.weights.torchLegacy] {
      let bytes = try content.bytes()
      #expect(bytes.count == content.count)
      let read = try WeightsFile(parsing: bytes)
      #expect(read.tensors == Self.weights.tensors)
      #expect(read.metadata == Self.weights.metadata)
      #expect(try read.serialized() == Self.weights.serialized())
    }
  }

  @Test func `a storage of the zip container begins at a multiple of 64 bytes`() throws {
    let bytes = try Self.weights.torchZip().bytes()
    let directory = try ZipDirectory(SeekableBytes(bytes))
    #expect(directory.entries.count == Self.weights.tensors.count + 3)
    for entry in directory.entries { #expect(entry.bytes.lowerBound % 64 == 0) }
    #expect(directory.entries.first?.name == "archive/data.pkl")
  }

  @Test func `the legacy stream has its storages in the order of their keys as text`() throws {
    #expect(Self.weights.tensors.count > 10)
    let bytes = Array(try Self.weights.torchLegacy.bytes())
    // Key 1 is followed by 10, which comes before 2.
    let keys = try #require(bytes.firstRange(of: [0x5D, 0x28] + Self.key("0") + Self.key("1")))
    #expect(Array(bytes[keys.upperBound...].prefix(7)) == Self.key("10"))
  }

  @Test func `a network without metadata has none in the file`() throws {
    var bare = Self.weights
    bare.metadata = [:]
    let bytes = Array(try bare.torchLegacy.bytes())
    #expect(bytes.firstRange(of: Array("_cyclegan".utf8)) == nil)
    #expect(try WeightsFile(parsing: bytes).metadata.isEmpty)
  }

  private static func key(_ text: String) -> [UInt8] {
    [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
  }
}
