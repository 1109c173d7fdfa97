/// What the first part of a safetensors file says, checked in full before any data is read.
///
/// Source: the format's description in github.com/huggingface/safetensors, README.md; cg-weights(5)
/// lists where these tools are stricter.
struct SafetensorsHeader {
  /// Where one tensor lies.
  struct Entry {
    let name: String
    let type: StoredType
    let shape: [Int]
    /// Bytes from the end of the header.
    let range: Range<Int>
  }

  private(set) var metadata: [String: String] = [:]
  /// In the order in which the data lies in the file, without holes or overlaps.
  private(set) var entries: [Entry] = []
  /// Length of the data, bytes.
  var dataBytes: Int { entries.last?.range.upperBound ?? 0 }

  /// Checks a header.
  ///
  /// - Parameter text: The JSON text.
  /// - Throws: `WeightsError.malformed` with the first thing that is wrong.
  init(_ text: [UInt8]) throws(WeightsError) {
    guard text.first == UInt8(ascii: "{") else {
      throw .malformed("the header does not begin with {")
    }
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: text) } catch {
      throw .malformed("header: \(error)")
    }
    for (name, value) in json.object ?? [] {
      if name == "__metadata__" {
        metadata = try Self.metadata(value)
      } else {
        entries.append(try Self.entry(name, value))
      }
    }
    // The position breaks the tie between an empty tensor and the one that begins where it lies.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try requireSeamless()
  }

  private func requireSeamless() throws(WeightsError) {
    var end = 0
    for (i, entry) in entries.enumerated() {
      let name = escaped(Array(entry.name.utf8))
      let start = entry.range.lowerBound
      guard start >= end else { throw .malformed("\(name) overlaps the tensor before it") }
      guard start == end else {
        throw .malformed("\(start - end) bytes in front of \(name) belong to no tensor")
      }
      guard !entry.range.isEmpty || i == 0 || entries[i - 1].range != entry.range else {
        throw .malformed("\(name) is empty and shares its place with another empty tensor")
      }
      end = entry.range.upperBound
    }
  }

  private static func metadata(_ value: JSON) throws(WeightsError) -> [String: String] {
    guard let members = value.object else { throw .malformed("__metadata__ is not an object") }
    var metadata: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.string else {
        throw .malformed("__metadata__: \(escaped(Array(key.utf8))) is not text")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: JSON) throws(WeightsError) -> Entry {
    let shown = escaped(Array(name.utf8.prefix(200)))
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw .malformed("a tensor's name is empty or contains NUL: \"\(shown)\"")
    }
    guard let members = value.object else { throw .malformed("\(shown) is not an object") }
    if let other = members.first(where: { !["dtype", "shape", "data_offsets"].contains($0.0) }) {
      throw .malformed("\(shown) has an unknown member \(escaped(Array(other.0.utf8)))")
    }
    guard let word = value["dtype"]?.string else { throw .malformed("\(shown) has no dtype") }
    guard let type = StoredType(rawValue: word) else {
      throw .malformed("\(shown) has the unknown dtype \(escaped(Array(word.utf8)))")
    }
    guard let shape = naturals(value["shape"]) else {
      throw .malformed("\(shown) has no shape of whole numbers")
    }
    guard let offsets = naturals(value["data_offsets"]), offsets.count == 2 else {
      throw .malformed("\(shown) has no pair of data_offsets")
    }
    guard offsets[0] <= offsets[1] else {
      throw .malformed("\(shown) ends at byte \(offsets[1]), before its start at \(offsets[0])")
    }
    guard let bytes = product(shape + [type.bytes]) else {
      throw .malformed("\(shown) has the impossible shape \(shape)")
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .malformed(
        "\(shown) has \(offsets[1] - offsets[0]) bytes; \(word) \(shape) takes \(bytes)")
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func naturals(_ value: JSON?) -> [Int]? {
    guard let elements = value?.array else { return nil }
    let integers = elements.compactMap(\.integer)
    return integers.count == elements.count && integers.allSatisfy { $0 >= 0 } ? integers : nil
  }

  private static func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (value, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = value
    }
    return result
  }
}
