/// Executes the instructions of one pickle.
///
/// The machine knows numbers, text, tuples, lists, dictionaries, storages and tensors, and can do
/// nothing but put them together: there is nothing in it that could be called. What is not in
/// `PickleOpcode` or `PickleGlobal`, or exceeds the limits, is an error.
struct PickleMachine {
  /// Every value that was made.
  private(set) var heap = PickleHeap()

  private let limits: PickleLimits
  private var input: PickleInput
  private var stack: [PickleHeap.Index] = []
  /// Heights of the stack where marks were set.
  private var marks: [Int] = []
  /// Values by their number; -1 where there is none.
  private var memo: [PickleHeap.Index] = []

  /// What to do about objects that are not supported.
  private static let hint = "; save the network's state_dict() alone"

  private var instructions = 0
  private var isStopped = false

  /// Prepares for a pickle.
  ///
  /// - Parameters:
  ///   - bytes: A file, or a part of it.
  ///   - range: From the pickle's first byte to where it ends at the latest.
  ///   - limits: How much it may ask for.
  init(_ bytes: SeekableBytes, _ range: Range<Int>, limits: PickleLimits = .init()) {
    self.limits = limits
    input = PickleInput(bytes, range, limit: limits.bytes)
  }

  /// Offset of the first byte after the pickle.
  var end: Int { input.position }

  /// Runs to the end.
  ///
  /// - Returns: The value that is left.
  /// - Throws: `PickleError` at the first instruction that cannot be followed.
  mutating func run() throws(PickleError) -> PickleHeap.Index {
    while !isStopped {
      let byte = try input.next()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        let digits = padded(byte, to: 2, radix: 16)
        throw error("the instruction 0x\(digits), which no state dict needs" + Self.hint)
      }
      try spend(1)
      try execute(opcode)
    }
    guard stack.count == 1, marks.isEmpty else { throw error("it leaves \(stack.count) values") }
    return stack[0]
  }

  /// Counts work against the limit.
  ///
  /// - Parameter count: Instructions, or what costs as much.
  /// - Throws: `PickleError` beyond the limit.
  fileprivate mutating func spend(_ count: Int) throws(PickleError) {
    instructions += count
    guard instructions <= limits.instructions else {
      throw error("more than \(limits.instructions) instructions")
    }
  }

  private mutating func execute(_ opcode: PickleOpcode) throws(PickleError) {
    switch opcode {
    case .proto: try requireProtocol()
    case .stop: isStopped = true
    case .mark: try setMark()
    case .none: push(heap.add(.none))
    case .newTrue: push(heap.add(.bool, 1))
    case .newFalse: push(heap.add(.bool, 0))
    case .binInt, .binInt1, .binInt2, .long1, .binFloat: try pushNumber(opcode)
    case .binUnicode, .binString, .shortBinString: try pushText(opcode)
    case .emptyTuple: push(heap.add(tuple: []))
    case .tuple: try pushTuple(try popMark())
    case .tuple1: try pushTuple(try pop(1))
    case .tuple2: try pushTuple(try pop(2))
    case .tuple3: try pushTuple(try pop(3))
    case .emptyList: push(heap.add(container: .list))
    case .append: try put(try pop(1), into: .list)
    case .appends: try put(try popMark(), into: .list)
    case .emptyDict: push(heap.add(container: .dictionary))
    case .setItem: try put(try pop(2), into: .dictionary)
    case .setItems: try put(try popMark(), into: .dictionary)
    case .binPut: try remember(try input.number(1))
    case .longBinPut: try remember(try input.number(4))
    case .binGet: try recall(try input.number(1))
    case .longBinGet: try recall(try input.number(4))
    case .global: try pushGlobal()
    case .reduce: try reduce()
    case .build: try build()
    case .binPersistentID: try pushStorage()
    }
  }

  /// Says what is wrong here.
  fileprivate func error(_ reason: String) -> PickleError { input.error(reason) }

  // MARK: Stack

  fileprivate mutating func push(_ value: PickleHeap.Index) { stack.append(value) }

  /// Takes values off the stack, but none from below a mark.
  fileprivate mutating func pop(_ count: Int) throws(PickleError) -> [PickleHeap.Index] {
    guard stack.count - (marks.last ?? 0) >= count else { throw error("the stack is empty") }
    // A copy: a slice would make every change of the stack copy all of it.
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  /// The value on top, which stays.
  fileprivate func top() throws(PickleError) -> PickleHeap.Index {
    guard stack.count > marks.last ?? 0, let top = stack.last else {
      throw error("the stack is empty")
    }
    return top
  }

  private mutating func setMark() throws(PickleError) {
    guard marks.count < limits.depth else { throw error("more than \(limits.depth) marks") }
    marks.append(stack.count)
  }

  private mutating func popMark() throws(PickleError) -> [PickleHeap.Index] {
    guard let mark = marks.popLast() else { throw error("a mark is missing") }
    return try pop(stack.count - mark)
  }
}

// MARK: Numbers, text, tuples, lists, dictionaries and the memo

extension PickleMachine {
  fileprivate mutating func requireProtocol() throws(PickleError) {
    let version = try input.next()
    // Later protocols need instructions that the machine does not know.
    guard version == 2 || version == 3 else {
      throw error("pickle protocol \(version); torch.save writes 2 unless told otherwise")
    }
  }

  fileprivate mutating func pushNumber(_ opcode: PickleOpcode) throws(PickleError) {
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
        throw error("an integer of \(count) bytes" + Self.hint)
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

  fileprivate mutating func pushText(_ opcode: PickleOpcode) throws(PickleError) {
    let count = Int(try input.number(opcode == .shortBinString ? 1 : 4))
    guard count <= limits.text else {
      throw error("text of \(count) bytes; at most \(limits.text) are read" + Self.hint)
    }
    let bytes = try input.take(count)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw error("text that is not UTF-8" + Self.hint)
    }
    push(heap.add(text: bytes))
  }

  fileprivate mutating func pushTuple(_ items: [PickleHeap.Index]) throws(PickleError) {
    let tuple = heap.add(tuple: items)
    try requireShallow(tuple)
    push(tuple)
  }

  /// Puts elements, or keys and values, into the container on top of the stack.
  fileprivate mutating func put(
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

  fileprivate mutating func remember(_ number: UInt64) throws(PickleError) {
    let value = try top()
    guard number < UInt64(limits.memo) else {
      throw error("memo index \(number); at most \(limits.memo) are kept")
    }
    let index = Int(number)
    if index >= memo.count {
      memo += repeatElement(-1, count: index + 1 - memo.count)
    }
    memo[index] = value
  }

  fileprivate mutating func recall(_ number: UInt64) throws(PickleError) {
    guard number < UInt64(memo.count), memo[Int(number)] >= 0 else {
      throw error("memo index \(number), which is empty")
    }
    push(memo[Int(number)])
  }
}

// MARK: The few objects of Python that a state dict consists of

extension PickleMachine {
  fileprivate mutating func pushGlobal() throws(PickleError) {
    let module = try input.line(limit: limits.name)
    let name = try input.line(limit: limits.name)
    guard let index = PickleGlobal.index(module: module, name: name) else {
      throw error(
        "it names the Python object \(escaped(module)).\(escaped(name)), which no state dict needs"
          + Self.hint)
    }
    push(heap.add(.global, index))
  }

  /// Makes an object of a global and its arguments.
  fileprivate mutating func reduce() throws(PickleError) {
    let parts = try pop(2)
    // No allowed object has more than seven arguments.
    guard let global = heap.global(parts[0]), let arguments = heap.tuple(parts[1], atMost: 7) else {
      throw error("a call of a \(heap.kind(parts[0])) with a \(heap.kind(parts[1]))")
    }
    switch global {
    case .orderedDictionary: try pushDictionary(arguments)
    case .rebuildTensor: try pushTensor(parts[1], arguments, counts: 4...4)
    // The seventh argument holds attributes that say nothing about the numbers.
    case .rebuildTensorV2: try pushTensor(parts[1], arguments, counts: 6...7)
    case .rebuildParameter:
      guard arguments.count == 3, heap.kind(arguments[0]) == .tensor else {
        throw error("a parameter without a tensor")
      }
      push(arguments[0])
    case .storage: throw error("a storage that is not in the file")
    }
  }

  /// Python 3 makes an ordered dictionary empty, Python 2 of a list of pairs.
  private mutating func pushDictionary(_ arguments: [PickleHeap.Index]) throws(PickleError) {
    push(heap.add(container: .dictionary))
    guard let first = arguments.first else { return }
    guard arguments.count == 1, let pairs = heap.list(first) else {
      throw error("a dictionary of a \(heap.kind(first))")
    }
    try spend(pairs.count)
    for pair in pairs {
      guard let items = heap.list(pair) ?? heap.tuple(pair, atMost: 2), items.count == 2 else {
        throw error("a dictionary of what is no pair")
      }
      try put(items, into: .dictionary)
    }
  }

  /// Makes a tensor of (storage, offset, size, stride, …).
  private mutating func pushTensor(
    _ tuple: PickleHeap.Index, _ arguments: [PickleHeap.Index], counts: ClosedRange<Int>
  ) throws(PickleError) {
    guard counts.contains(arguments.count), heap.kind(arguments[0]) == .storage,
      heap.integer(arguments[1]) != nil,
      heap.integers(arguments[2], atMost: limits.rank) != nil,
      heap.integers(arguments[3], atMost: limits.rank) != nil
    else { throw error("a tensor that is not made of storage, offset, size and stride") }
    push(heap.add(.tensor, describedBy: tuple))
  }

  /// Gives attributes to what is on top of the stack.
  fileprivate mutating func build() throws(PickleError) {
    let state = try pop(1)[0]
    let value = try top()
    guard heap.kind(value) == .dictionary, heap.kind(state) == .dictionary else {
      throw error("attributes of a \(heap.kind(value))")
    }
    heap.set(state: state, of: value)
  }

  /// Makes a storage of ('storage', type, key, device, elements) and in the legacy stream a view.
  fileprivate mutating func pushStorage() throws(PickleError) {
    let index = try pop(1)[0]
    guard let parts = heap.tuple(index, atMost: 6), parts.count >= 5,
      heap.string(parts[0], atMost: 7) == "storage", case .storage = heap.global(parts[1]),
      heap.string(parts[2], atMost: limits.name) != nil, heap.integer(parts[4]) != nil
    else { throw error("a reference to something that is not a tensor's storage") }
    guard heap.storages.count < limits.storages else {
      throw error("more than \(limits.storages) storages")
    }
    push(heap.add(.storage, describedBy: index))
  }
}

/// How much a pickle may ask for.
///
/// A wrapped checkpoint of four networks with their optimizers stays below a tenth of each.
struct PickleLimits {
  /// Length of a pickle, bytes.
  var bytes = 16 << 20
  /// Instructions run.
  var instructions = 1_000_000
  /// Entries of the memo.
  var memo = 1_000_000
  /// Tuples, lists and dictionaries within each other, and marks at a time.
  var depth = 64
  /// Dimensions of a tensor; the most that PyTorch has.
  var rank = 64
  /// Length of a text, bytes.
  var text = 64 << 10
  /// Length of the name of a module, an object or a storage, bytes.
  var name = 255
  /// References to storages; a tensor has one.
  var storages = 16_384
}
