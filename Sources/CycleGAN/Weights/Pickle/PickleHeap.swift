/// Everything that one pickle makes.
///
/// A value is its index, and what it consists of lies in flat arrays. So nothing is nested in memory:
/// a value that contains itself is no problem, and letting go of a million tuples within each other
/// needs no stack.
struct PickleHeap {
  /// A value's index.
  typealias Index = Int32

  /// What a value is.
  enum Kind: UInt8 {
    case none, bool, integer, float, text, tuple, list, dictionary, global, storage, tensor
    /// An integer that no size can be; what it was is not kept.
    case wideInteger
  }

  private struct Node {
    let kind: Kind
    var depth: UInt8
    let count: Int32
    /// The number itself, or where the value's parts begin.
    let payload: Int
  }

  private var nodes: [Node] = []
  private var text: [UInt8] = []
  private var tuples: [Index] = []
  /// Elements of lists; keys and values of dictionaries, one after the other.
  private var containers: [[Index]] = []
  private var states: [Index: Index] = [:]

  /// All values that are storages.
  private(set) var storages: [Index] = []

  // MARK: Making

  mutating func add(_ kind: Kind, _ payload: Int = 0) -> Index {
    append(Node(kind: kind, depth: 0, count: 0, payload: payload))
  }

  mutating func add(text bytes: Buffer<UInt8>) -> Index {
    defer { text += bytes }
    return append(
      Node(kind: .text, depth: 0, count: Int32(bytes.count), payload: text.count))
  }

  mutating func add(tuple items: [Index]) -> Index {
    defer { tuples += items }
    let depth = items.reduce(0) { max($0, nodes[Int($1)].depth) }
    return append(
      Node(kind: .tuple, depth: depth + 1, count: Int32(items.count), payload: tuples.count))
  }

  /// Makes an empty list or dictionary.
  mutating func add(container kind: Kind) -> Index {
    containers.append([])
    return append(Node(kind: kind, depth: 1, count: 0, payload: containers.count - 1))
  }

  /// Makes a storage or tensor of what describes it.
  ///
  /// - Parameters:
  ///   - kind: `storage` or `tensor`.
  ///   - tuple: The persistent id, or the arguments.
  /// - Returns: Its index.
  mutating func add(_ kind: Kind, describedBy tuple: Index) -> Index {
    let index = append(Node(kind: kind, depth: 0, count: 0, payload: Int(tuple)))
    if kind == .storage { storages.append(index) }
    return index
  }

  /// Puts elements into a list, or keys and values into a dictionary.
  mutating func put(_ items: [Index], into container: Index) {
    let depth = items.reduce(0) { max($0, nodes[Int($1)].depth) }
    nodes[Int(container)].depth = max(nodes[Int(container)].depth, depth + 1)
    containers[nodes[Int(container)].payload] += items
  }

  /// Keeps the attributes of a dictionary.
  mutating func set(state: Index, of dictionary: Index) { states[dictionary] = state }

  private mutating func append(_ node: Node) -> Index {
    nodes.append(node)
    return Index(nodes.count - 1)
  }

  // MARK: Reading

  func kind(_ index: Index) -> Kind { nodes[Int(index)].kind }

  /// Containers within this one, itself included.
  func depth(_ index: Index) -> Int { Int(nodes[Int(index)].depth) }

  func integer(_ index: Index) -> Int? {
    kind(index) == .integer ? nodes[Int(index)].payload : nil
  }

  func bool(_ index: Index) -> Bool? {
    kind(index) == .bool ? nodes[Int(index)].payload != 0 : nil
  }

  /// A text, where it is not too long to copy, bytes.
  func string(_ index: Index, atMost limit: Int) -> String? {
    let node = nodes[Int(index)]
    guard node.kind == .text, node.count <= limit else { return nil }
    return String(decoding: text[node.payload..<node.payload + Int(node.count)], as: UTF8.self)
  }

  /// How many elements a tuple has; nil for anything else.
  func tupleCount(_ index: Index) -> Int? {
    kind(index) == .tuple ? Int(nodes[Int(index)].count) : nil
  }

  /// A tuple's elements, where there are not too many of them to copy.
  func tuple(_ index: Index, atMost limit: Int) -> [Index]? {
    guard let count = tupleCount(index), count <= limit else { return nil }
    let start = nodes[Int(index)].payload
    return Array(tuples[start..<start + count])
  }

  /// A tuple of integers, where there are not too many of them.
  func integers(_ index: Index, atMost limit: Int) -> [Int]? {
    guard let items = tuple(index, atMost: limit) else { return nil }
    let integers = items.compactMap { integer($0) }
    return integers.count == items.count ? integers : nil
  }

  func list(_ index: Index) -> [Index]? {
    kind(index) == .list ? containers[nodes[Int(index)].payload] : nil
  }

  /// A dictionary's keys and values in the order in which they were put there.
  func dictionary(_ index: Index) -> [(key: Index, value: Index)]? {
    guard kind(index) == .dictionary else { return nil }
    let flat = containers[nodes[Int(index)].payload]
    return stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
  }

  /// A dictionary's attributes, which are a dictionary, too.
  func state(of index: Index) -> Index? { states[index] }

  func global(_ index: Index) -> PickleGlobal? {
    kind(index) == .global ? PickleGlobal.allowed[nodes[Int(index)].payload].global : nil
  }

  /// What describes a storage or tensor.
  func description(of index: Index) -> [Index] {
    tuple(Index(nodes[Int(index)].payload), atMost: .max) ?? []
  }
}
