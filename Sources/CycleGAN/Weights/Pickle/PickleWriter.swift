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
    bytes.append(UInt32(truncatingIfNeeded: text.utf8.count), .littleEndian)
    bytes += text.utf8
  }

  /// Pushes an integer in the shortest form.
  mutating func push(_ integer: Int) {
    switch integer {
    case 0...0xFF:
      run(.binInt1)
      bytes.append(UInt8(integer))
    case 0...0xFFFF:
      run(.binInt2)
      bytes.append(UInt16(integer), .littleEndian)
    case Int(Int32.min)...Int(Int32.max):
      run(.binInt)
      bytes.append(Int32(integer), .littleEndian)
    default:
      run(.long1)
      bytes.append(8)
      bytes.append(Int64(integer), .littleEndian)
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
}
