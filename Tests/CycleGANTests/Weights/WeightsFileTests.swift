import CycleGAN
import Foundation
import Testing

@Suite struct WeightsFileTests {
  static let small = WeightsFile(
    metadata: ["netG": "resnet_9blocks", "a \"quoted\" key": "line\nline é"],
    tensors: [
      NamedTensor("model.1.bias", shape: [2], values: [0.5, -0.25]),
      NamedTensor(
        "model.1.weight", shape: [2, 1, 1, 3], values: [1, 2, 3, -4, 0x1p-140, .infinity]),
      NamedTensor("model.2.num_batches_tracked", shape: [], .int64([-7])),
      NamedTensor("state", shape: [3], .uint8([0, 128, 255])),
    ])

  @Test func `what is written is read back, bit for bit`() throws {
    let bytes = Array(try Self.small.serialized())
    let read = try WeightsFile(parsing: bytes)
    #expect(read.metadata == Self.small.metadata)
    #expect(Set(read.tensors.map(\.name)) == Set(Self.small.tensors.map(\.name)))
    for tensor in read.tensors { #expect(tensor == Self.small[tensor.name]) }
    #expect(read.checksum != nil)
    #expect(try read.serialized() == bytes)
  }

  @Test func `a file is written whole and read from its path`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = FilePath(folder.path + "/gen_AB.bin")
    try Self.small.write(to: path)
    #expect(try Data(contentsOf: URL(filePath: path.string)) == Data(Self.small.serialized()))
    #expect(try WeightsFile.read(path).metadata == Self.small.metadata)
    #expect(throws: WeightsError.system("No such file or directory")) {
      try WeightsFile.read(FilePath(folder.path + "/missing"))
    }
  }

  @Test func `the metadata say format pt and the data lie at a multiple of eight bytes`() throws {
    let bytes = Array(try Self.small.serialized())
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    #expect(length % 8 == 0)
    #expect(String(decoding: bytes[8..<8 + length], as: UTF8.self).contains(#""format":"pt""#))
  }

  @Test(arguments: [0x0280, 0x0380, 0x0580])
  func `a header whose length looks like the beginning of a pickle is one all the same`(
    length: Int
  ) throws {
    var header = Array(#"{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#.utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: length - header.count)
    let file = try WeightsFile(parsing: SafetensorsTests.file(header))
    #expect(file.tensors.count == 1)
  }

  @Test func `every prefix of a file is refused`() throws {
    let bytes = Array(try Self.small.serialized())
    for count in bytes.indices {
      #expect(throws: WeightsError.self) { try WeightsFile(parsing: Array(bytes[..<count])) }
    }
  }

  @Test func `every single flipped bit of a file of ours is noticed`() throws {
    var bytes = Array(try Self.small.serialized())
    for i in bytes.indices {
      for bit in 0..<8 {
        bytes[i] ^= 1 << bit
        #expect(throws: WeightsError.self, "bit \(bit) of byte \(i)") {
          try WeightsFile(parsing: bytes)
        }
        bytes[i] ^= 1 << bit
      }
    }
  }

  @Test(
    arguments: [
      ("F64", 8, [0, 0, 0, 0, 0, 0, 0xF8, 0xBF], -1.5), ("F16", 2, [0x00, 0xBE], -1.5),
      ("F16", 2, [0x01, 0x00], 0x1p-24), ("F16", 2, [0xFF, 0x7B], 65504),
      ("F16", 2, [0x00, 0x7C], Float.infinity), ("BF16", 2, [0xC0, 0xBF], -1.5),
      ("F32", 4, [0, 0, 0xC0, 0xBF], -1.5),
    ] as [(String, Int, [UInt8], Float)])
  func `other floating types are converted`(
    type: String, size: Int, bytes: [UInt8], value: Float
  ) throws {
    let header = #"{"x":{"dtype":"\#(type)","shape":[],"data_offsets":[0,\#(size)]}}"#
    let file = try WeightsFile(parsing: SafetensorsTests.file(header, data: bytes))
    #expect(file.tensors == [NamedTensor("x", shape: [], values: [value])])
    #expect(file.checksum == nil)
  }

  @Test(
    arguments: [
      ("I64", [254, 255, 255, 255, 255, 255, 255, 255], -2), ("I32", [254, 255, 255, 255], -2),
      ("I16", [254, 255], -2), ("I8", [254], -2), ("U16", [254, 255], 65534),
      ("U32", [254, 255, 255, 255], 4_294_967_294),
    ] as [(String, [UInt8], Int64)])
  func `other integers are converted`(type: String, bytes: [UInt8], value: Int64) throws {
    let header = #"{"x":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(bytes.count)]}}"#
    let file = try WeightsFile(parsing: SafetensorsTests.file(header, data: bytes))
    #expect(file.tensors == [NamedTensor("x", shape: [1], .int64([value]))])
  }

  @Test func `a checkpoint's networks are found behind their names`() throws {
    var checkpoint = WeightsFile(metadata: ["step": "7"], tensors: [])
    for role in NetworkRole.allCases {
      let part = WeightsFile(
        metadata: ["role": role.rawValue],
        tensors: [NamedTensor("model.1.bias", shape: [1], values: [1])]
      ).prefixed(role)
      checkpoint.tensors += part.tensors
      checkpoint.metadata.merge(part.metadata) { first, _ in first }
    }
    #expect(checkpoint.roles == NetworkRole.allCases)
    let network = try #require(checkpoint.network(Direction.BA.generator))
    #expect(network.tensors.map(\.name) == ["model.1.bias"])
    #expect(network.metadata == ["step": "7", "role": "generatorBA"])
    #expect(Self.small.roles.isEmpty)
    #expect(Self.small.network(.generatorAB) == nil)
  }
}
