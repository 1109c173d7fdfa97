/// Runs the instructions of one pickle.
///
/// The machine knows numbers, text, tuples, lists, dictionaries, storages and tensors, and can do
/// nothing but put them together: there is nothing in it that could be called. What is not in
/// `PickleOpcode` or `PickleGlobal`, or goes beyond the limits, ends the reading; there is no second
/// try.
struct PickleMachine {
  let limits: PickleLimits
  var input: PickleInput
  var heap = PickleHeap()
  var stack: [PickleHeap.Index] = []
  /// Heights of the stack where marks were set.
  var marks: [Int] = []
  /// Values by their number; -1 where there is none.
  var memo: [PickleHeap.Index] = []

  /// What to do about something beside a network that is not taken.
  static let wayOut = "; save the network's state_dict() alone"

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

  /// Where the first byte behind the pickle lies.
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
        throw error("the instruction 0x\(digits), which no state dict needs" + Self.wayOut)
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
  mutating func spend(_ count: Int) throws(PickleError) {
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
  func error(_ reason: String) -> PickleError { input.error(reason) }

  // MARK: Stack

  mutating func push(_ value: PickleHeap.Index) { stack.append(value) }

  /// Takes values off the stack, but none from below a mark.
  mutating func pop(_ count: Int) throws(PickleError) -> [PickleHeap.Index] {
    guard stack.count - (marks.last ?? 0) >= count else { throw error("the stack is empty") }
    // A copy: a slice would make every change of the stack copy all of it.
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  /// The value on top, which stays.
  func top() throws(PickleError) -> PickleHeap.Index {
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
