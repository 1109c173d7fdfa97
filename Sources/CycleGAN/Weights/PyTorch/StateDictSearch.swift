/// Finds a network's state dict in what was saved.
///
/// What was saved is the state dict, or nested dictionaries with one in them, beside other things:
/// `{"epoch": 7, "state_dict": {"model.1.weight": …}, "optimizer": …}`.
struct StateDictSearch {
  let heap: PickleHeap

  /// Usual keys of a state dict, which are taken where there are several dictionaries.
  private static let usualKeys = ["state_dict", "model_state_dict", "model"]
  /// The key of a state dict's attributes under which these tools keep the metadata.
  static let metadataKey = "_cyclegan"
  static let maximumNameBytes = 1024
  static let maximumDepth = 4

  /// Searches a pickle's values.
  init(_ heap: PickleHeap) { self.heap = heap }

  /// What was found.
  struct Found {
    /// The one dictionary; nil for several.
    var dictionary: PickleHeap.Index?
    /// By their names; where there are several dictionaries, `KEY.NAME`.
    var tensors: [(name: String, value: PickleHeap.Index)] = []
    /// Keys of the dictionaries, where there are several.
    var entries: [String] = []
  }

  /// Finds the state dict, or all of them.
  ///
  /// - Parameters:
  ///   - root: Where to begin.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  /// - Returns: One dictionary, or several.
  /// - Throws: `WeightsError` if there is none, or not the one that is asked for.
  func find(from root: PickleHeap.Index, entry: String?) throws(WeightsError) -> Found {
    var (current, entry, keys): (PickleHeap.Index, String?, [String]) = (root, entry, [])
    for _ in 0...Self.maximumDepth {
      guard heap.kind(current) == .dictionary else {
        throw .refused(
          "what was saved is a \(heap.kind(current)), not a state dict; save the network's state_dict()"
        )
      }
      if let name = entry, let child = try heap.member(name, of: current),
        heap.kind(child) == .dictionary
      {
        (current, entry) = (child, nil)
        continue
      }
      let inner = inner(of: current)
      if keys.isEmpty { keys = inner.map(\.key) }
      if let usual = Self.usual(inner) {
        // A loss may be a tensor beside it; a state dict itself has no dictionaries.
        current = usual
        continue
      }
      let tensors = try tensors(of: current)
      // A loss or the state of random numbers may be a tensor beside networks.
      if inner.isEmpty || Self.areWeights(tensors) {
        guard !tensors.isEmpty else { throw .refused("it holds no tensors") }
        return try Found(dictionary: current, tensors: tensors).chosen(entry, keys)
      }
      guard inner.count == 1 else { return try all(inner).chosen(entry, keys) }
      current = inner[0].value
    }
    throw .refused("it has no state dict within \(Self.maximumDepth) dictionaries")
  }

  /// The metadata that these tools put into a state dict's attributes.
  ///
  /// - Parameter dictionary: A state dict.
  /// - Returns: None where another program wrote it.
  func metadata(of dictionary: PickleHeap.Index) -> [String: String] {
    guard let state = heap.state(of: dictionary),
      let own = heap.members(Self.metadataKey, of: state).first, let pairs = heap.dictionary(own)
    else { return [:] }
    var metadata: [String: String] = [:]
    for (key, value) in pairs.prefix(1000) {
      guard let key = heap.string(key, atMost: Self.maximumNameBytes),
        let value = heap.string(value, atMost: PickleLimits().text)
      else { continue }
      metadata[key] = value
    }
    return metadata
  }

  /// A dictionary's tensors, in its order.
  func tensors(
    of dictionary: PickleHeap.Index
  ) throws(WeightsError) -> [(name: String, value: PickleHeap.Index)] {
    var (names, tensors): (Set<String>, [(name: String, value: PickleHeap.Index)]) = ([], [])
    for (key, value) in heap.dictionary(dictionary) ?? [] where heap.kind(value) == .tensor {
      guard let name = heap.string(key, atMost: Self.maximumNameBytes), !name.isEmpty,
        !name.utf8.contains(0)
      else { throw .malformed("a tensor's name is empty, too long, or not text") }
      guard names.insert(name).inserted else {
        throw .malformed("the name \(escaped(Array(name.utf8))) occurs twice")
      }
      tensors.append((name, value))
    }
    return tensors
  }

  /// The dictionaries with tensors within this one, by their keys.
  private func inner(of dictionary: PickleHeap.Index) -> [(key: String, value: PickleHeap.Index)] {
    var (seen, found): (Set<PickleHeap.Index>, [(String, PickleHeap.Index)]) = ([], [])
    for (key, value) in heap.dictionary(dictionary) ?? []
    where holdsTensors(value, depth: 1, &seen) {
      found.append((self.key(key), value))
    }
    return found
  }

  /// A key as text.
  func key(_ key: PickleHeap.Index) -> String {
    heap.string(key, atMost: Self.maximumNameBytes) ?? heap.integer(key).map { String($0) } ?? "?"
  }

  /// Of several dictionaries the one whose key says that it is a network.
  static func usual(
    _ found: [(key: String, value: PickleHeap.Index)]
  ) -> PickleHeap.Index? {
    for usual in usualKeys {
      if let (_, value) = found.first(where: { $0.key == usual }) { return value }
    }
    return nil
  }

  /// Whether there are tensors at some depth that are not an optimizer's.
  private func holdsTensors(
    _ value: PickleHeap.Index, depth: Int, _ seen: inout Set<PickleHeap.Index>
  ) -> Bool {
    guard depth <= Self.maximumDepth, heap.kind(value) == .dictionary, seen.insert(value).inserted,
      !isOptimizer(value)
    else { return false }
    for (_, value) in heap.dictionary(value) ?? [] {
      if heap.kind(value) == .tensor || holdsTensors(value, depth: depth + 1, &seen) { return true }
    }
    return false
  }

  func isOptimizer(_ dictionary: PickleHeap.Index) -> Bool {
    !heap.members("param_groups", of: dictionary).isEmpty
  }
}

extension PickleHeap {
  /// Finds a member of a dictionary.
  ///
  /// - Parameters:
  ///   - name: Its key.
  ///   - dictionary: Any value.
  /// - Returns: The member; nil where there is none, or this is no dictionary.
  /// - Throws: `WeightsError.malformed` if there are two.
  func member(_ name: String, of dictionary: Index) throws(WeightsError) -> Index? {
    let found = members(name, of: dictionary)
    guard found.count <= 1 else {
      throw .malformed("the name \(escaped(Array(name.utf8))) occurs twice")
    }
    return found.first
  }

  /// All members of a dictionary under a key.
  fileprivate func members(_ name: String, of dictionary: Index) -> [Index] {
    let length = name.utf8.count
    return (self.dictionary(dictionary) ?? []).filter { string($0.key, atMost: length) == name }
      .map(\.value)
  }
}

extension StateDictSearch {
  /// Whether these can be a network's.
  static func areWeights(_ tensors: [(name: String, value: PickleHeap.Index)]) -> Bool {
    tensors.contains { $0.name.hasSuffix(".weight") }
  }

  /// The tensors of several dictionaries.
  func all(
    _ dictionaries: [(key: String, value: PickleHeap.Index)]
  ) throws(WeightsError) -> Found {
    var (found, seen, names): (Found, Set<PickleHeap.Index>, Set<String>) = (Found(), [], [])
    for (key, value) in dictionaries {
      let count = found.tensors.count
      try collect(value, key + ".", depth: 1, &seen, into: &found)
      if found.tensors.count > count { found.entries.append(key) }
    }
    for (name, _) in found.tensors where !names.insert(name).inserted {
      throw .malformed("the name \(escaped(Array(name.utf8))) occurs twice")
    }
    return found
  }

  /// Adds a dictionary's tensors, or those of the dictionaries within it; each dictionary once.
  private func collect(
    _ dictionary: PickleHeap.Index, _ prefix: String, depth: Int,
    _ seen: inout Set<PickleHeap.Index>, into found: inout Found
  ) throws(WeightsError) {
    guard depth <= Self.maximumDepth, prefix.utf8.count <= Self.maximumNameBytes,
      !isOptimizer(dictionary), seen.insert(dictionary).inserted
    else { return }
    let (own, count) = (try tensors(of: dictionary), found.tensors.count)
    if !Self.areWeights(own) {
      let inner = (heap.dictionary(dictionary) ?? []).filter { heap.kind($0.value) == .dictionary }
        .map { (key: key($0.key), value: $0.value) }
      if let usual = Self.usual(inner) {
        try collect(usual, prefix, depth: depth + 1, &seen, into: &found)
      }
      let others = found.tensors.count == count ? inner : []
      for (key, value) in others {
        try collect(value, prefix + key + ".", depth: depth + 1, &seen, into: &found)
      }
    }
    if found.tensors.count == count { try add(own, prefix: prefix, to: &found) }
  }

  /// Adds tensors under a prefix.
  ///
  /// Number and length of the names are limited: names that share a long prefix would need far more
  /// memory than the file is long.
  private func add(
    _ tensors: [(name: String, value: PickleHeap.Index)], prefix: String,
    to found: inout Found
  ) throws(WeightsError) {
    try TorchFile.requireFew(found.tensors.count + tensors.count)
    for (name, value) in tensors {
      guard prefix.utf8.count + name.utf8.count <= Self.maximumNameBytes else {
        throw .malformed("a tensor's name is too long with the keys of its dictionaries")
      }
      found.tensors.append((prefix + name, value))
    }
  }
}

extension StateDictSearch.Found {
  /// The tensors whose names begin with an entry, without it.
  ///
  /// - Parameters:
  ///   - entry: Nil for all.
  ///   - keys: What there is to choose from.
  /// - Returns: One network's tensors.
  /// - Throws: `WeightsError.architecture` if there is none.
  func chosen(_ entry: String?, _ keys: [String]) throws(WeightsError) -> Self {
    guard let entry else { return self }
    let names = TensorNames(tensors.map(\.name), entries: entries.isEmpty ? keys : entries)
    let prefix = try WeightsError.wrapping { () throws(ArchitectureError) in
      try names.prefix(of: entry)
    }
    var chosen = Self(dictionary: dictionary)
    chosen.tensors = tensors.filter { $0.name.hasPrefix(prefix) }
      .map { (String($0.name.dropFirst(prefix.count)), $0.value) }
    return chosen
  }
}
