/// Writes a pickle of protocol 2, the one that every version of PyTorch reads.
///
/// Source: opcodes from Python's pickletools.py, as in `PickleOpcode`.
struct PickleWriter {
  /// What was written.
  private(set) var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]

  /// Writes an instruction without an argument.
  mutating func run(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

  /// Pushes text.
  mutating func push(_ text: String) {
    run(.binUnicode)
    number(text.utf8.count, 4)
    bytes += text.utf8
  }

  /// Pushes an integer in the shortest form.
  mutating func push(_ integer: Int) {
    switch integer {
    case 0...0xFF:
      run(.binInt1)
      number(integer, 1)
    case 0...0xFFFF:
      run(.binInt2)
      number(integer, 2)
    case Int(Int32.min)...Int(Int32.max):
      run(.binInt)
      number(integer, 4)
    default:
      run(.long1)
      number(8, 1)
      number(integer, 8)
    }
  }

  /// Pushes a truth value.
  mutating func push(_ bool: Bool) { run(bool ? .newTrue : .newFalse) }

  /// Pushes a tuple of integers.
  mutating func push(tuple integers: [Int]) {
    run(.mark)
    for integer in integers { push(integer) }
    run(.tuple)
  }

  /// Pushes an object of Python.
  mutating func push(_ global: PickleGlobal) {
    guard let known = PickleGlobal.allowed.first(where: { $0.global == global }) else { return }
    run(.global)
    bytes += "\(known.module)\n\(known.name)\n".utf8
  }

  /// Pushes an empty ordered dictionary.
  mutating func pushOrderedDictionary() {
    push(.orderedDictionary)
    run(.emptyTuple)
    run(.reduce)
  }

  private mutating func number(_ value: Int, _ count: Int) {
    bytes += (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
