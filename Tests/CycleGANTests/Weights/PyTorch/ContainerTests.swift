import CycleGAN
import Testing

/// Containers that lie about themselves.
@Suite struct ContainerTests {
  static let pickle = PickleAssembler.stateDict([PickleMachineTests.tensor]).bytes
  static let storages = [PickleMachineTests.data]
  static let entries = TorchAssembler.entries(pickle, storages: storages)

  /// A zip file of which one entry was changed.
  private func zip(
    _ index: Int = 1, _ change: (inout TorchAssembler.Entry) -> Void
  ) -> [UInt8] {
    var entries = Self.entries
    change(&entries[index])
    return TorchAssembler.zip(entries)
  }

  @Test func `a zip entry that is not stored plainly is refused`() {
    expect("archive/data/0 is compressed", zip { $0.method = 8 })
    for bit in [0, 5, 6, 13] { expect("unusual flags", zip { $0.flags = 1 << bit }) }
    expect("archive/data/0 is", zip { $0.crc = 1 })
    expect("has 8 bytes, not 12", zip(0) { $0.data = Self.changed(elements: 3) })
  }

  @Test func `two descriptions of an entry have to agree`() {
    expect("described in two ways", zip { $0.localName = "archive/data/1" })
    expect("not where the directory says", zip { $0.offset = 5 })
    expect("begins after the end of the file", zip { $0.offset = 1 << 30 })
    expect("is longer than the file", zip { $0.size = 1 << 31 })
    expect("two ways", zip { $0.offset = 0 })
  }

  @Test func `entries that occur twice or overlap are refused`() {
    expect("archive/data/0 occurs twice", TorchAssembler.zip(Self.entries + [Self.entries[1]]))
    var entries = Self.entries
    entries[1].size = 20
    expect("overlap", TorchAssembler.zip(entries))
    entries = Self.entries
    entries[2].offset = 0
    entries[2].name = "archive/data.pkl2"
    expect("two ways", TorchAssembler.zip(entries))
    entries = Self.entries + [.init(name: "b/data.pkl", data: Self.pickle)]
    expect("it has 2 data.pkl", TorchAssembler.zip(entries))
  }

  @Test func `the end of a zip file is its end`() {
    let file = TorchAssembler.zip(Self.entries)
    expect("the end of a zip file is missing", file + [0])
    expect(
      "the end of a zip file is missing", TorchAssembler.zip(Self.entries, comment: [65, 66]))
    for (offset, value) in [(12, 10), (16, 0), (10, 2), (8, 2), (4, 1), (14, 255)] {
      var changed = file
      changed[file.count - 22 + offset] = UInt8(value)
      expect("zip", changed)
    }
    let many = (0..<16_385).map { TorchAssembler.Entry(name: "a/\($0)", data: []) }
    expect("a zip directory of 16385 entries", TorchAssembler.zip(many))
  }

  @Test func `a zip file of another program is told apart`() {
    expect("it has no data.pkl", TorchAssembler.zip([.init(name: "a.txt", data: [1])]))
    let program = Self.entries + [.init(name: "archive/constants.pkl", data: [])]
    expect("a TorchScript program", TorchAssembler.zip(program))
    var packed = TorchAssembler.Entry(name: "net/code/__torch__.py", data: [1])
    packed.method = 8
    expect("a TorchScript program", TorchAssembler.zip([packed]))
    let big = Self.entries + [.init(name: "archive/byteorder", data: Array("big".utf8))]
    expect("the byte order big", TorchAssembler.zip(big))
    expect("bytes after its pickle", zip(0) { $0.data.append(0) })
    expect("its storage 0 is missing", TorchAssembler.zip([Self.entries[0]]))
  }

  @Test func `every byte of a zip file may be any other, and nothing crashes`() {
    var file = TorchAssembler.zip(Self.entries)
    for offset in file.indices {
      let old = file[offset]
      for change in 1...255 as ClosedRange<UInt8> {
        file[offset] = old ^ change
        _ = try? WeightsFile(parsing: file)
      }
      file[offset] = old
    }
  }

  @Test func `a legacy stream that contradicts itself is refused`() {
    func file(
      keys: [String]? = nil, version: Int = 1001, isLittleEndian: Bool = true,
      storages: [(key: String, data: [UInt8])] = Self.storages
    ) -> [UInt8] {
      TorchAssembler.legacy(
        Self.pickle, storages: storages, keys: keys, version: version,
        isLittleEndian: isLittleEndian)
    }
    expect("its protocol is not 1001", file(version: 1002))
    expect("not in little-endian byte order", file(isLittleEndian: false))
    expect("its storage 0 is missing", file(keys: [], storages: []))
    expect("bytes after the last storage", file(keys: []))
    expect("a key twice", file(keys: ["0", "0"]))
    expect("its storage 7 belongs to no tensor", file(keys: ["7"]))
    expect("has not the 2 elements", file(storages: [("0", [UInt8](repeating: 0, count: 12))]))
    expect("4 bytes after the last storage", file() + [0, 0, 0, 0])
    var magic = file()
    magic[5] ^= 1
    expect("a pickle that is not one of torch.save", magic)
    expect("a pickle that is not one of torch.save", Self.pickle)
  }

  @Test(arguments: [
    ("", "an empty file"), ("<!DOCTYPE html>", "a web page"), ("P6\n8 8", "a PNM image"),
    ("version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS; git lfs pull"),
  ])
  func `what is no weights file at all is called by its name`(text: String, kind: String) {
    expect(kind, Array(text.utf8))
    expect("weights are a safetensors file or one of torch.save", Array(text.utf8))
  }

  @Test(
    arguments: [
      ([8, 8, 0x12, 10], "an ONNX file; these tools write such files and do not read them"),
      ([8, 7, 0x3A, 0x80, 1], "an ONNX file; these"), ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
      ([0x93] + "NUMPY".utf8, "a tensor stream"), ([0x1F, 0x8B, 8], "compressed by gzip"),
      (.init(repeating: 0xC3, count: 9), "not a file of weights; weights are a safetensors file"),
    ] as [([UInt8], String)])
  func `a foreign file is not taken for a header's length`(beginning: [UInt8], kind: String) {
    expect(kind, beginning)
    expect(kind, beginning + [UInt8](repeating: 0, count: 300))
  }

  @Test func `the tar container is refused by its name`() {
    var file = [UInt8](repeating: 0, count: 1024)
    file.replaceSubrange(257..<262, with: "ustar".utf8)
    expect("the tar container that PyTorch wrote in 2016 is not supported", file)
  }

  private static func changed(elements: Int) -> [UInt8] {
    PickleAssembler.stateDict([("x", [2], [1], 0, elements)]).bytes
  }
}
