/// Writes pickles instruction by instruction, good ones and others.
struct PickleAssembler {
  var bytes: [UInt8] = [0x80, 2]

  /// Appends bytes as they are.
  mutating func raw(_ more: [UInt8]) { bytes += more }

  /// Appends instructions without arguments, by their characters.
  mutating func run(_ characters: String) { bytes += characters.utf8 }

  mutating func text(_ text: String) {
    bytes += [0x58] + Self.number(text.utf8.count, 4) + text.utf8
  }

  mutating func integer(_ integer: Int) {
    bytes += [0x8A, 8] + Self.number(integer, 8)
  }

  mutating func integers(_ integers: [Int]) {
    run("(")
    for integer in integers { self.integer(integer) }
    run("t")
  }

  mutating func global(_ module: String, _ name: String) {
    bytes += "c\(module)\n\(name)\n".utf8
  }

  /// A dictionary of tensors, each on a storage of its own, 0, 1, ….
  static func stateDict(
    _ tensors: [(name: String, size: [Int], stride: [Int], offset: Int, elements: Int)],
    legacy: Bool = false
  ) -> PickleAssembler {
    var pickle = PickleAssembler()
    pickle.run("}(")
    for (i, tensor) in tensors.enumerated() {
      pickle.text(tensor.name)
      pickle.tensor(size: tensor.size, stride: tensor.stride, offset: tensor.offset) {
        $0.storage("\(i)", elements: tensor.elements, legacy: legacy)
      }
    }
    pickle.run("u.")
    return pickle
  }

  mutating func tensor(
    size: [Int], stride: [Int], offset: Int = 0, on storage: (inout PickleAssembler) -> Void
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    run("(")
    storage(&self)
    integer(offset)
    integers(size)
    integers(stride)
    bytes.append(0x89)
    run("}tR")
  }

  mutating func storage(
    _ key: String, type: String = "FloatStorage", elements: Int, legacy: Bool = false
  ) {
    run("(")
    text("storage")
    global("torch", type)
    text(key)
    text("cpu")
    integer(elements)
    run(legacy ? "NtQ" : "tQ")
  }

  static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
