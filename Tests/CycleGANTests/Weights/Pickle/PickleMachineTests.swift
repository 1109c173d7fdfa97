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

  @Test func `the plain file that the others are changed from is read`() throws {
    let pickle = PickleAssembler.stateDict([Self.tensor]).bytes
    for file in TorchAssembler.both(pickle, storages: [Self.data]) {
      #expect(
        try WeightsFile(parsing: file).tensors == [NamedTensor("x", shape: [2], values: [0, 0])])
    }
  }

  @Test func `no byte but those of the list is acted on, wherever it stands`() throws {
    #expect(Self.allowed.count == 33)
    let pickle = PickleAssembler.stateDict([Self.tensor]).bytes
    for opcode in UInt8.min ... .max where !Self.allowed.contains(opcode) {
      // In front of all, behind the mark, behind the name, before and behind the last instruction.
      for place in [0, 2, 4, 10, pickle.count - 2, pickle.count - 1] {
        var changed = pickle
        changed.insert(opcode, at: place)
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
    for place in pickle.indices {
      var changed = pickle
      for byte in UInt8.min ... .max {
        changed[place] = byte
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
    #expect(rows.reduce(0) { $0 + $1[1].split(separator: " ").count } > 4000)
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

  static let bombs: [(String, String, @Sendable (inout PickleAssembler) -> Void)] = [
    (
      "doubling", "values within each other",
      { pickle in
        pickle.run("]")
        for i in 0..<80 { pickle.raw([0x71, UInt8(i), 0x68, UInt8(i), 0x86]) }
      }
    ),
    (
      "nested tuples", "values within each other",
      { $0.raw([0x4B, 1] + .init(repeating: 0x85, count: 1_000_000)) }
    ),
    ("marks", "more than 64 marks", { $0.raw(.init(repeating: 0x28, count: 1_000_000)) }),
    (
      "instructions", "more than 1000000 instructions",
      { $0.raw(.init(repeating: 0x4E, count: 1_000_001)) }
    ),
    (
      "memo", "the memo's place 4294967295; it has 1000000",
      { $0.raw([0x4E, 0x72, 255, 255, 255, 255]) }
    ),
    (
      "text", "text of 4294967295 bytes; at most 65536", { $0.raw([0x58, 255, 255, 255, 255, 65]) }
    ),
    ("a missing text", "the file ends early", { $0.raw([0x58, 255, 255, 0, 0, 65]) }),
    (
      "an integer", "an integer of 255 bytes",
      { $0.raw([0x8A, 255] + .init(repeating: 255, count: 255)) }
    ),
    (
      "a list in itself", "not a state dict",
      { $0.raw([0x5D, 0x71, 0, 0x68, 0, 0x61]) }
    ),
    (
      "a dictionary in itself", "it holds no tensors",
      { pickle in
        pickle.raw([0x7D, 0x71, 0])
        pickle.text("state_dict")
        pickle.raw([0x68, 0, 0x73])
      }
    ),
    (
      "a name", "a name of more than 255 bytes",
      { $0.run("c" + String(repeating: "a", count: 300)) }
    ),
    ("an empty stack", "the stack is empty", { $0.run("R") }),
    ("a mark in between", "the stack is empty", { $0.run("}N(s") }),
    ("what is left", "it leaves 2 values", { $0.run("}}") }),
    ("an odd count", "a key without a value", { $0.run("}(Nu") }),
    ("attributes of a list", "attributes of a list", { $0.run("]}b") }),
    ("elements for a tuple", "elements for a list, where a tuple is", { $0.run(")Na") }),
    ("text in another encoding", "text that is not UTF-8", { $0.raw([0x55, 1, 0xFF]) }),
    ("an unknown protocol", "pickle protocol 4", { $0.raw([0x80, 4]) }),
    (
      "pairs again and again", "more than 1000000 instructions",
      { pickle in
        pickle.global("collections", "OrderedDict")
        pickle.raw([0x71, 0])
        pickle.run("](")
        for _ in 0..<1000 { pickle.raw([0x4E, 0x4E, 0x86]) }
        pickle.raw([0x65, 0x71, 1])
        for _ in 0..<1100 { pickle.raw([0x68, 0, 0x68, 1, 0x85, 0x52]) }
      }
    ),
  ]

  @Test(arguments: bombs.indices)
  func `a bomb is refused by its own reason and at once`(index: Int) {
    let (name, reason, build) = Self.bombs[index]
    var pickle = PickleAssembler()
    build(&pickle)
    pickle.run(".")
    for file in TorchAssembler.both(pickle.bytes) {
      let duration = ContinuousClock().measure { expect(reason, file) }
      #expect(duration < .seconds(1), "\(name)")
    }
  }

  @Test(arguments: [
    ([2], [1], 0, 2, true), ([2], [1], 1, 2, false), ([1_000_000_000_000], [0], 0, 2, false),
    ([3], [0], 1, 2, true), ([2], [-1], 1, 2, false), ([-1], [1], 0, 2, false),
    ([2, 2], [1], 0, 8, false), ([0], [1], 5, 2, true), ([], [], 1, 2, true),
    ([], [], 2, 2, false), ([1 << 62, 4], [4, 1], 0, 2, false), ([2], [1 << 62], 0, 2, false),
    ([3], [1 << 62], 0, 2, false), ([2], [1], .max, 2, false), ([2], [1], -1, 2, false),
    ([1], [1 << 62], 0, 2, true), ([0, 1 << 62, 1 << 62], [1, 1, 1], 0, 2, true),
  ])
  func `a tensor lies within its storage or is refused`(
    size: [Int], stride: [Int], offset: Int, elements: Int, isGood: Bool
  ) {
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

  @Test func `tensors that share a storage cannot make a small file large`() {
    let count = 1 << 20
    var pickle = PickleAssembler()
    pickle.run("}(")
    for i in 0..<100 {
      pickle.text("x\(i)")
      pickle.global("torch._utils", "_rebuild_tensor_v2")
      pickle.run("(")
      pickle.storage("0", elements: count)
      pickle.integer(0)
      pickle.integers([count])
      pickle.integers([1])
      pickle.raw([0x89])
      pickle.run("}tR")
    }
    pickle.run("u.")
    let storage = ("0", [UInt8](repeating: 0, count: 4 * count))
    expect(
      "far larger than the file",
      TorchAssembler.zip(TorchAssembler.entries(pickle.bytes, storages: [storage])))
  }
}

/// Expects a file to be refused, and the reason to say so.
func expect(_ reason: String, _ file: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(sourceLocation: sourceLocation) {
    try WeightsFile(parsing: file)
  } throws: { error in
    let isRight = "\(error)".contains(reason)
    if !isRight { Issue.record("the reason is: \(error)", sourceLocation: sourceLocation) }
    return isRight
  }
}
