// The few objects of Python that a state dict consists of.

extension PickleMachine {
  mutating func pushGlobal() throws(PickleError) {
    let module = try input.line(limit: limits.name)
    let name = try input.line(limit: limits.name)
    guard let place = PickleGlobal.index(module: module, name: name) else {
      throw error(
        "it names the Python object \(escaped(module)).\(escaped(name)), which no state dict needs"
          + Self.wayOut)
    }
    push(heap.add(.global, place))
  }

  /// Makes an object of a global and its arguments.
  mutating func reduce() throws(PickleError) {
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
  mutating func build() throws(PickleError) {
    let state = try pop(1)[0]
    let value = try top()
    guard heap.kind(value) == .dictionary, heap.kind(state) == .dictionary else {
      throw error("attributes of a \(heap.kind(value))")
    }
    heap.set(state: state, of: value)
  }

  /// Makes a storage of ('storage', type, key, device, elements) and in the legacy stream a view.
  mutating func pushStorage() throws(PickleError) {
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
