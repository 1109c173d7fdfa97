@testable import CycleGAN
import Testing

@Suite struct StoredTensorTests {
  @Test func `bounds are those of every single element`() {
    var random = RandomSource(seed: 12)
    func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var good = 0
    for _ in 0..<10_000 {
      let rank = number(4)
      let shape = (0..<rank).map { _ in number(5) }
      let strides = (0..<rank).map { _ in number(9) }
      let (offset, count) = (number(20), number(40))
      var indices = [offset]
      for (extent, stride) in zip(shape, strides) {
        indices = indices.flatMap { index in (0..<extent).map { index + $0 * stride } }
      }
      let reach = StoredTensor.reach(shape, strides, offset: offset, within: count)
      let isInside = indices.allSatisfy { $0 < count }
      #expect((reach != nil) == isInside, "\(shape) \(strides) \(offset) \(count)")
      guard let reach, let least = indices.min(), let most = indices.max() else { continue }
      #expect(reach == least..<most + 1)
      good += 1
    }
    #expect(good > 2000)
  }

  /// A file of one tensor, and what its elements are, gathered one by one.
  private func file(
    _ shape: [Int], _ strides: [Int], offset: Int, of elements: Int, type: String = "FloatStorage"
  ) -> (bytes: [UInt8], values: [Float]) {
    var pickle = PickleAssembler()
    pickle.run("}")
    pickle.text("x")
    pickle.tensor(size: shape, stride: strides, offset: offset) {
      $0.storage("0", type: type, elements: elements)
    }
    pickle.run("s.")
    let stored = (0..<elements).map { type == "CharStorage" ? Float($0 % 128) : Float($0) }
    let data = stored.flatMap { value in
      type == "CharStorage"
        ? [UInt8(value)] : PickleAssembler.number(Int(value.bitPattern), 4)
    }
    var indices = [offset]
    for (extent, stride) in zip(shape, strides) {
      indices = indices.flatMap { index in (0..<extent).map { index + $0 * stride } }
    }
    let entries = TorchAssembler.entries(pickle.bytes, storages: [("0", data)])
    return (TorchAssembler.zip(entries), indices.map { stored[$0] })
  }

  @Test func `elements come into C order, whatever their strides`() throws {
    var random = RandomSource(seed: 7)
    func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    for i in 0..<2000 {
      let shape = (0..<number(5)).map { _ in number(4) }
      let strides = shape.map { _ in number(7) }
      let offset = number(3)
      let last = zip(shape, strides).reduce(offset) { $0 + max(0, $1.0 - 1) * $1.1 }
      let type = i % 3 == 0 ? "CharStorage" : "FloatStorage"
      let (bytes, values) = file(shape, strides, offset: offset, of: last + 1, type: type)
      let read = try WeightsFile(parsing: bytes).tensors[0]
      #expect(try read.shape == shape && read.values == values, "\(shape) \(strides)")
    }
  }

  @Test(arguments: [
    ([700, 600], [1, 700], 0), ([600, 700], [700, 1], 5), ([3, 700, 200], [200, 600, 1], 0),
    ([2, 300_000], [0, 1], 1), ([70, 3, 2000], [1, 140_000, 70], 0),
  ])
  func `what is longer than a piece is gathered as well, from a file, memory and a pipe`(
    shape: [Int], strides: [Int], offset: Int
  ) throws {
    let last = zip(shape, strides).reduce(offset) { $0 + ($1.0 - 1) * $1.1 }
    let (bytes, values) = file(shape, strides, offset: offset, of: last + 1)
    #expect(try WeightsFile(parsing: bytes).tensors[0].values == values)
    let folder = try TemporaryFolder()
    let path = folder.path.appending(FilePath("x.pth"))
    try AtomicFile.write(to: path, synchronized: false) { writer throws(SystemError) in
      try writer.write(bytes)
    }
    #expect(try WeightsFile.read(path).tensors[0].values == values)
    let nothing = try ByteReader(FilePath("/dev/null"))
    let reader = ByteReader(descriptor: nothing.descriptor, beginning: bytes)
    #expect(try WeightsFile.read(from: reader).tensors[0].values == values)
  }

  @Test func `a large tensor that overlaps with itself is refused`() {
    let side = 2100
    let (bytes, _) = file([2, 3], [side * side, side * side - 1], offset: 0, of: 3 * side * side)
    expect("x is large and overlaps with itself", bytes)
  }

  @Test func `bytes in memory can be let go of from the front`() throws {
    let nothing = try ByteReader(FilePath("/dev/null"))
    let bytes = (0..<(5 << 19)).map { UInt8(truncatingIfNeeded: $0 / 777) }
    let reader = ByteReader(descriptor: nothing.descriptor, beginning: bytes)
    let seekable = try SeekableBytes(reader, limit: .max - 1)
    #expect(seekable.count == bytes.count)
    let range = 1 << 20 - 3..<2 << 20 + 9
    #expect(try seekable.read(range) == Array(bytes[range]))
    seekable.release(before: 1 << 20 + 5)
    #expect(try seekable.read(0..<8).isEmpty)
    #expect(try seekable.read((1 << 20)..<bytes.count) == Array(bytes[(1 << 20)...]))
    seekable.release(before: .max)
  }
}
