import CycleGAN
import Testing

/// Hostile and damaged pickles, in both containers.
@Suite struct PickleMachineTests {
  /// The instructions that may be acted on.
  static let allowed: Set<UInt8> = {
    let letters = Set(".(NJKMGXTU)t]ae}suqrhjcRbQ".utf8)
    return letters.union([0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A])
  }()

  static let tensor = (name: "x", size: [2], stride: [1], offset: 0, elements: 2)
  static let data = (key: "0", data: [UInt8](repeating: 0, count: 8))

  static func zeros(_ count: Int) -> [UInt8] { .init(repeating: 0, count: count) }

  @Test func `the plain file that the others are changed from is read`() throws {
    let pickle = PickleAssembler.stateDict([Self.tensor]).bytes
    for file in TorchAssembler.both(pickle, storages: [Self.data]) {
      #expect(
        try WeightsFile(parsing: file).tensors == [NamedTensor("x", shape: [2], values: [0, 0])])
    }
  }

  @Test func `an integer of up to 16 bytes may stand beside a network, but is no size`() throws {
    var pickle = PickleAssembler()
    pickle.run("}(")
    pickle.text("seed")
    pickle.raw([0x8A, 9, 5, 0, 0, 0, 0, 0, 0, 128, 0])
    pickle.text("model")
    pickle.run("}")
    pickle.text("x")
    pickle.tensor(size: [2], stride: [1]) { $0.storage("0", elements: 2) }
    pickle.run("su.")
    for file in TorchAssembler.both(pickle.bytes, storages: [Self.data]) {
      #expect(try WeightsFile(parsing: file).tensors.map(\.name) == ["x"])
    }
    // The size's two becomes a number of nine bytes.
    let plain = PickleAssembler.stateDict([Self.tensor]).bytes
    let offset = try #require(plain.firstRange(of: [0x28, 0x8A, 8, 2] + Self.zeros(7) + [0x74]))
    let wide = [0x28, 0x8A, 9, 2] + Self.zeros(8) + [0x74]
    let changed = plain[..<offset.lowerBound] + wide + plain[offset.upperBound...]
    for file in TorchAssembler.both(Array(changed), storages: [Self.data]) {
      expect("a tensor that is not made of storage, offset, size and stride", file)
    }
  }

  @Test func `no byte but those of the list is acted on, wherever it stands`() throws {
    #expect(Self.allowed.count == 33)
    let pickle = PickleAssembler.stateDict([Self.tensor]).bytes
    for opcode in UInt8.min ... .max where !Self.allowed.contains(opcode) {
      // In front of all, behind the mark, behind the name, before and behind the last instruction.
      for offset in [0, 2, 4, 10, pickle.count - 2, pickle.count - 1] {
        var changed = pickle
        changed.insert(opcode, at: offset)
        for file in TorchAssembler.both(changed, storages: [Self.data]) {
          #expect {
            try WeightsFile(parsing: file)
          } throws: { error in
            "\(error)".contains("the instruction 0x")
          }
        }
      }
    }
  }

  @Test func `every byte changed to every other gives tensors or an error, never a crash`() {
    let pickle = PickleAssembler.stateDict([Self.tensor]).bytes
    for offset in pickle.indices {
      var changed = pickle
      for byte in UInt8.min ... .max {
        changed[offset] = byte
        let file = TorchAssembler.legacy(changed, storages: [Self.data])
        _ = try? WeightsFile(parsing: file)
      }
    }
  }

  @Test func `no object of Python but those of the list is taken`() throws {
    var taken: Set<String> = []
    let rows = try Fixtures.table("weights/globals.tsv")
    for row in rows {
      for name in row[1].split(separator: " ") {
        var pickle = PickleAssembler()
        pickle.run("}")
        pickle.text("x")
        pickle.global(row[0], String(name))
        pickle.run("s.")
        let file = TorchAssembler.zip(TorchAssembler.entries(pickle.bytes))
        do { _ = try WeightsFile(parsing: file) } catch {
          // A name that is taken leaves a dictionary without tensors.
          if "\(error)" == "it holds no tensors" { taken.insert("\(row[0]).\(name)") }
        }
      }
    }
    let storages = [
      "BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short",
    ]
    #expect(
      taken.sorted() == ["collections.OrderedDict"] + storages.map { "torch.\($0)Storage" } + [
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2",
      ])
    #expect(rows.reduce(0) { $0 + $1[1].split(separator: " ").count } > 5000)
  }

  @Test(arguments: [
    ("collections", "OrderedDict.__init__"), ("collections", "OrderedDict\0"),
    ("collections.__builtins__", "eval"), ("collections\0", "OrderedDict"),
    ("torch", "FloatStorage.from_file"), ("torch._utils", "_rebuild_tensor_v2 "),
    (" collections", "OrderedDict"), ("", ""), ("torch.FloatStorage", ""),
  ])
  func `a name that only resembles one of the list is refused`(module: String, name: String) {
    var pickle = PickleAssembler()
    pickle.global(module, name)
    pickle.run(")R.")
    for file in TorchAssembler.both(pickle.bytes) {
      expect("it names the Python object", file)
    }
  }

  private static let huge = 1 << 62
  /// Size, stride, offset, elements of the storage, and whether it fits.
  static let bounds: [([Int], [Int], Int, Int, Bool)] = [
    ([2], [1], 0, 2, true), ([2], [1], 1, 2, false), ([1_000_000_000_000], [0], 0, 2, false),
    ([3], [0], 1, 2, true), ([2], [-1], 1, 2, false), ([-1], [1], 0, 2, false),
    ([2, 2], [1], 0, 8, false), ([0], [1], 5, 2, true), ([], [], 1, 2, true),
    ([], [], 2, 2, false), ([huge, 4], [4, 1], 0, 2, false), ([2], [huge], 0, 2, false),
    ([3], [huge], 0, 2, false), ([2], [1], .max, 2, false), ([2], [1], -1, 2, false),
    ([1], [huge], 0, 2, true), ([0, huge, huge], [1, 1, 1], 0, 2, false),
    ([0, huge, huge], [1, huge, 1], 0, 2, false), ([huge, 4, 0], [1, 1, 1], 0, 2, false),
    ([1, 2], [huge, 2], 0, 3, true), ([2, 0, 1024], [9, 9, 1], 7, 2, true),
  ]

  @Test(arguments: bounds.indices)
  func `a tensor lies within its storage or is refused`(index: Int) {
    let (size, stride, offset, elements, isGood) = Self.bounds[index]
    let pickle = PickleAssembler.stateDict([("x", size, stride, offset, elements)]).bytes
    let storage = ("0", [UInt8](repeating: 0, count: 4 * elements))
    for file in TorchAssembler.both(pickle, storages: [storage]) {
      if isGood {
        #expect(throws: Never.self) { try WeightsFile(parsing: file) }
      } else {
        #expect(throws: WeightsError.self) { try WeightsFile(parsing: file) }
      }
    }
  }
}
