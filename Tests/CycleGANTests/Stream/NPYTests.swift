import CycleGAN
import Testing

@Suite struct NPYTests {
  @Test func `headers are NumPy's byte for byte`() throws {
    let lines = try Fixtures.table("streams/npy-headers.tsv")
    #expect(lines.count == 20)
    for line in lines {
      let element = try #require(NPY.Element(rawValue: line[0]))
      let shape = line[1].split(separator: " ").compactMap { Int($0) }
      let header = NPY.header(element, shape: shape)
      let digits = header.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(digits == line[2], "\(line[0]) \(line[1])")
    }
  }

  @Test func `a header fills whole lines of 64 bytes`() {
    for digits in 0...18 {
      let extent = (0..<digits).reduce(1) { extent, _ in extent * 10 }
      #expect(NPY.header(.uint8, shape: [extent, extent, 3]).count.isMultiple(of: 64))
    }
  }

  @Test func `a frame's record is a header and its samples`() throws {
    let levels = Frame(Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6]))
    #expect(try NPY.record(of: levels).suffix(6) == [1, 2, 3, 4, 5, 6])
    let values = Frame(width: 1, height: 1, channels: 1, samples: .float32([-1]))
    #expect(try NPY.record(of: values).suffix(4) == [0x00, 0x00, 0x80, 0xBF])
  }
}
