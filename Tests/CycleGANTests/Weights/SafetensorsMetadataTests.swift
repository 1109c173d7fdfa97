import CycleGAN
import Testing

/// Headers that other programs write.
@Suite struct SafetensorsMetadataTests {
  @Test(arguments: ["", #""__metadata__":null,"#, #""__metadata__":{},"#])
  func `safetensors may have no metadata, or null`(metadata: String) throws {
    let header = "{\(metadata)\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
    let file = try WeightsFile(
      parsing: SafetensorsTests.file(header, data: .init(repeating: 0, count: 8)))
    #expect(file.metadata.isEmpty)
    #expect(file.tensors == [NamedTensor("x", shape: [2], values: [0, 0])])
  }
}
