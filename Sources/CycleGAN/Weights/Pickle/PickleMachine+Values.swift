// Numbers, text, tuples, lists, dictionaries and the memo.

extension PickleMachine {
  mutating func requireProtocol() throws(PickleError) {
    let version = try input.next()
    // Later protocols need instructions that the machine does not know.
    guard version == 2 || version == 3 else {
      throw error("pickle protocol \(version); torch.save writes 2 unless told otherwise")
    }
  }

  mutating func pushNumber(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .binInt: push(heap.add(.integer, Int(Int32(truncatingIfNeeded: try input.number(4)))))
    case .binInt1: push(heap.add(.integer, Int(try input.number(1))))
    case .binInt2: push(heap.add(.integer, Int(try input.number(2))))
    case .binFloat:
      let bits = try input.number(8).byteSwapped
      push(heap.add(.float, Int(bitPattern: UInt(bits))))
    default:
      let count = Int(try input.next())
      guard count <= 16 else {
        throw error("an integer of \(count) bytes" + Self.wayOut)
      }
      guard count <= 8 else {
        // A seed, say; it can stand there, and be nothing.
        _ = try input.take(count)
        push(heap.add(.wideInteger))
        return
      }
      push(heap.add(.integer, Self.signed(try input.number(count), bytes: count)))
    }
  }

  private static func signed(_ number: UInt64, bytes: Int) -> Int {
    let shift = 64 - 8 * bytes
    return bytes == 0 ? 0 : Int(Int64(bitPattern: number << shift) >> shift)
  }

  mutating func pushText(_ opcode: PickleOpcode) throws(PickleError) {
    let count = Int(try input.number(opcode == .shortBinString ? 1 : 4))
    guard count <= limits.text else {
      throw error("text of \(count) bytes; at most \(limits.text) are read" + Self.wayOut)
    }
    let bytes = try input.take(count)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw error("text that is not UTF-8" + Self.wayOut)
    }
    push(heap.add(text: bytes))
  }

  mutating func pushTuple(_ items: [PickleHeap.Index]) throws(PickleError) {
    let tuple = heap.add(tuple: items)
    try requireShallow(tuple)
    push(tuple)
  }

  /// Puts elements, or keys and values, into the container on top of the stack.
  mutating func put(
    _ items: [PickleHeap.Index], into kind: PickleHeap.Kind
  ) throws(PickleError) {
    let container = try top()
    guard heap.kind(container) == kind else {
      throw error("elements for a \(kind), where a \(heap.kind(container)) is")
    }
    guard kind == .list || items.count % 2 == 0 else { throw error("a key without a value") }
    heap.put(items, into: container)
    try requireShallow(container)
  }

  private func requireShallow(_ container: PickleHeap.Index) throws(PickleError) {
    guard heap.depth(container) <= limits.depth else {
      throw error("more than \(limits.depth) values within each other")
    }
  }

  mutating func remember(_ number: UInt64) throws(PickleError) {
    let value = try top()
    guard number < UInt64(limits.memo) else {
      throw error("the memo's place \(number); it has \(limits.memo)")
    }
    let place = Int(number)
    if place >= memo.count {
      memo += repeatElement(-1, count: place + 1 - memo.count)
    }
    memo[place] = value
  }

  mutating func recall(_ number: UInt64) throws(PickleError) {
    guard number < UInt64(memo.count), memo[Int(number)] >= 0 else {
      throw error("the memo's place \(number), which is empty")
    }
    push(memo[Int(number)])
  }
}
