/// The names of a file's tensors, and which networks they belong to.
///
/// A file may hold several networks, each behind a name of its own: `netG_A.model.1.weight`.
struct TensorNames {
  private let names: [String]
  /// Keys of the dictionaries that `torch.save` kept several networks in.
  private let entries: [String]

  /// The most names of networks in a message.
  private static let told = 8

  /// Takes names.
  ///
  /// - Parameters:
  ///   - names: In the order of the file.
  ///   - entries: Keys of the dictionaries that these come from, where there are several.
  init(_ names: [String], entries: [String] = []) {
    (self.names, self.entries) = (names, entries)
  }

  /// The networks of a checkpoint of a run.
  var roles: [NetworkRole] {
    NetworkRole.allCases.filter { role in names.contains { $0.hasPrefix(role.rawValue + "/") } }
  }

  /// What PyTorch's wrappers put in front of every name.
  private var wrapper: String {
    var wrapper = ""
    while !names.isEmpty,
      let next = ["module.", "_orig_mod."].map({ wrapper + $0 }).first(where: { longer in
        names.allSatisfy { $0.hasPrefix(longer) }
      })
    {
      wrapper = next
    }
    return wrapper
  }

  /// What the file calls its networks; empty where official names have nothing in front of them.
  var networks: [String] {
    guard entries.isEmpty else { return entries }
    let wrapper = wrapper
    var (found, seen): ([String], Set<String>) = ([], [])
    for name in names where !name.utf8.contains(UInt8(ascii: "/")) {
      let parts = name.dropFirst(wrapper.count)
        .split(separator: ".", omittingEmptySubsequences: false)
      guard let own = parts.firstIndex(where: { ["model", "net"].contains($0) }), own > 0 else {
        continue
      }
      let network = parts[..<own].joined(separator: ".")
      if seen.insert(network).inserted { found.append(network) }
    }
    return found
  }

  /// The names of the networks in a row.
  var listed: String {
    let networks = networks
    let names = networks.prefix(Self.told).map { escaped(Array($0.utf8)) }.joined(separator: ", ")
    return names + (networks.count > Self.told ? ", …" : "")
  }

  /// What stands in front of the names of the one network that there is.
  ///
  /// Other tensors, such as a counter of averages, may be beside it, but no other weights.
  var prefixOfOnlyNetwork: String {
    let (wrapper, networks) = (wrapper, networks)
    guard networks.count == 1 else { return wrapper }
    let prefix = prefix(ofNetwork: networks[0])
    let isAlone = names.allSatisfy { $0.hasPrefix(prefix) || !$0.hasSuffix(".weight") }
    return isAlone ? prefix : wrapper
  }

  /// What stands in front of the names of one of `networks`.
  func prefix(ofNetwork name: String) -> String { (entries.isEmpty ? wrapper : "") + name + "." }

  /// What stands in front of the names of what the user asks for.
  ///
  /// - Parameter entry: What the file calls it.
  /// - Returns: The entry and a point, behind a wrapper's name where all have it.
  /// - Throws: `ArchitectureError.noEntry` with the names that there are, if it is none of them.
  func prefix(of entry: String) throws(ArchitectureError) -> String {
    for start in [wrapper, ""] {
      let prefix = start + entry + "."
      if names.contains(where: { $0.hasPrefix(prefix) }) { return prefix }
    }
    let known =
      listed.isEmpty
      ? "the names begin with "
        + names.prefix(3).map { escaped(Array($0.utf8)) }.joined(separator: ", ")
      : "there \(networks.count == 1 ? "is" : "are") \(listed)"
    throw .noEntry("no entry \(escaped(Array(entry.utf8))); \(known)")
  }
}
