import CycleGAN
import Glibc
import Testing

/// Little files that ask for much.
@Suite struct PickleBombTests {
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
      "memo", "memo index 4294967295; at most 1000000 are kept",
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
      #expect(processorSeconds { expect(reason, file) } < 1, "\(name)")
    }
  }

  /// A dictionary of many tensors on one storage.
  private func shared(
    _ count: Int, type: String = "FloatStorage", elements: Int, size: [Int], stride: [Int]
  ) -> [UInt8] {
    var pickle = PickleAssembler()
    pickle.run("}(")
    for i in 0..<count {
      pickle.text("x\(i)")
      pickle.tensor(size: size, stride: stride) {
        $0.storage("0", type: type, elements: elements)
      }
    }
    pickle.run("u.")
    let bytes = type == "FloatStorage" ? 4 * elements : elements
    let storage = ("0", [UInt8](repeating: 0, count: bytes))
    return TorchAssembler.zip(TorchAssembler.entries(pickle.bytes, storages: [storage]))
  }

  @Test func `tensors that share a storage cannot make a small file large`() {
    let count = 1 << 20
    let reason = "far more memory than the file is long"
    expect(reason, shared(100, elements: count, size: [count], stride: [1]))
    expect(reason, shared(1, elements: 1, size: [1 << 40], stride: [0]))
    // Eight bytes are made of one.
    expect(reason, shared(3, type: "CharStorage", elements: count, size: [count], stride: [1]))
    #expect(throws: Never.self) {
      try WeightsFile(
        parsing: shared(2, type: "CharStorage", elements: count, size: [count], stride: [1]))
    }
  }

  @Test func `dimensions that lead nowhere take no time`() throws {
    let count = 16 << 20
    let ones = [Int](repeating: 1, count: 63)
    let file = shared(
      1, type: "ByteStorage", elements: 1, size: [count] + ones, stride: [0] + ones)
    #expect(try processorSeconds { _ = try WeightsFile(parsing: file) } < 1)
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

/// The time of a processor that something takes on this thread; what else runs makes no difference.
private func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  let start = now()
  try body()
  return now() - start
}
