import CycleGAN

/// The options, images and versions of a run, as config.json shows and every checkpoint carries them.
struct RunConfiguration {
  private let options: [(option: TrainingOption, value: JSON)]
  private let images: [(name: String, value: JSON)]
  private let heldOut: JSON

  private static let versions = [
    ("cyclegan", JSON.string(cycleGANVersion)), ("libtorch", JSON.string(Device.torchVersion)),
  ]

  init(_ options: TrainingOptions, _ data: TrainingData, _ heldOut: HeldOutImages?) {
    self.options = TrainingOptions.table.map { ($0, $0.json(options)) }
    images = [("A", data.imagesA.summary), ("B", data.imagesB.summary)]
    self.heldOut = heldOut?.summary ?? .null
  }

  /// Everything, as JSON.
  var json: JSON {
    .object(
      [("options", .object(options.map { ($0.option.name, $0.value) }))]
        + images.map { ($0.name, $0.value) }
        + [("held-out", heldOut), ("versions", .object(Self.versions))])
  }

  /// Everything, one option a line.
  var text: [UInt8] {
    func block(_ members: [(String, JSON)]) -> String {
      members.map { "    \(JSON.string($0.0).text): \($0.1.text)" }.joined(separator: ",\n")
    }
    let lines =
      "{\n  \"options\": {\n\(block(options.map { ($0.option.name, $0.value) }))\n  },\n"
      + images.map { "  \"\($0.name)\": \($0.value.text),\n" }.joined()
      + "  \"held-out\": \(heldOut.text),\n  \"versions\": {\n\(block(Self.versions))\n  }\n}\n"
    return Array(lines.utf8)
  }

  /// Compares with what the run was started with.
  ///
  /// - Parameter stored: The configuration that a checkpoint carries.
  /// - Returns: Differences that are allowed, a sentence each.
  /// - Throws: `TrainingError.changed` with every difference that is not.
  func compared(with stored: JSON) throws(TrainingError) -> [String] {
    var (refused, allowed): ([String], [String]) = ([], [])
    for (option, value) in options {
      let before = stored["options"]?[option.name] ?? .null
      guard before != value else { continue }
      let text = "--\(option.name) was \(before.plain) when the run began and is \(value.plain) now"
      switch option.resume {
      case .mustMatch: refused.append(text)
      case .mayChange: allowed.append(text)
      case .isIgnored: allowed.append("\(text), which only a new run uses")
      }
    }
    for (name, value) in images where stored[name]?.withoutSources != value.withoutSources {
      let before = stored[name]?["count"]?.integer ?? 0
      let now = value["count"]?.integer ?? 0
      refused.append(
        before == now
          ? "the \(now) images of \(name) have other names or contents than when the run began"
          : "the run began with \(before) images of \(name), now there are \(now)")
    }
    for (name, value) in Self.versions {
      let before = stored["versions"]?[name] ?? .null
      if before != value {
        allowed.append("\(name) was \(before.plain) when the run began and is \(value.plain) now")
      }
    }
    if !hasHeldOut(of: stored) {
      allowed.append(
        heldOut == .null
          ? "there are no held-out images any more"
          : "other images are held out than before; the best epoch is chosen again")
    }
    guard refused.isEmpty else { throw .changed(refused) }
    return allowed
  }

  /// Whether the held-out images are those of a run.
  ///
  /// - Parameter stored: The configuration that a checkpoint of the run carries.
  /// - Returns: True also where neither has any.
  func hasHeldOut(of stored: JSON) -> Bool {
    (stored["held-out"] ?? .null).withoutSources == heldOut.withoutSources
  }
}

extension JSON {
  /// The value for messages.
  fileprivate var plain: String {
    switch self {
    case .string(let text): escaped(Array(text.utf8))
    case .null: "not given"
    default: text
    }
  }
}

extension TrainingImages {
  fileprivate var summary: JSON {
    .object([
      ("from", .string(source)), ("count", .integer(count)),
      ("crc32", .integer(Int(fingerprint))),
    ])
  }
}

extension HeldOutImages {
  fileprivate var summary: JSON {
    .object([
      ("A", imagesA.summary), ("B", imagesB.summary), ("truth", reference?.summary ?? .null),
      ("val-count", .integer(maximumCount)),
    ])
  }
}

extension JSON {
  /// The same without where images are: a folder may be moved between two calls.
  fileprivate var withoutSources: JSON {
    guard let object else { return self }
    return .object(
      object.filter { $0.0 != "from" }.map { ($0.0, $0.1.withoutSources) })
  }
}
