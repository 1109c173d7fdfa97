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
    if found.tensors.count == count { try add(own, behind: prefix, to: &found) }
  }

  /// Puts a prefix in front of names, of which there must be few and short ones: many names that share
  /// it need little of a file.
  private func add(
    _ tensors: [(name: String, value: PickleHeap.Index)], behind prefix: String,
    to found: inout Found
  ) throws(WeightsError) {
    try TorchFile.requireFew(found.tensors.count + tensors.count)
    for (name, value) in tensors {
      guard prefix.utf8.count + name.utf8.count <= Self.maximumNameBytes else {
        throw .malformed("a tensor's name is too long behind those of its dictionaries")
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
  /// - Throws: `WeightsError.refused` if there is none.
  func chosen(_ entry: String?, _ keys: [String]) throws(WeightsError) -> Self {
    guard let entry else { return self }
    let prefix = try TensorNames(
      tensors.map(\.name), entries: entries.isEmpty ? keys : entries
    ).prefix(of: entry)
    var chosen = Self(dictionary: dictionary)
    chosen.tensors = tensors.filter { $0.name.hasPrefix(prefix) }
      .map { (String($0.name.dropFirst(prefix.count)), $0.value) }
    return chosen
  }
}
