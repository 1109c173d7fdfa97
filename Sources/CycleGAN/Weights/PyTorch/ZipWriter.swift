/// Writes a zip file of stored entries, each of which begins at a multiple of 64 bytes as in a file of
/// `torch.save`, so that PyTorch can map it.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, section 4.3; the padding is that of caffe2/serialize.
struct ZipWriter {
  private var parts = WeightsParts()
  private var directory: [UInt8] = []
  private var count = 0

  private static let alignment = 64
  private static let headerBytes = 30
  /// Entries, sizes and places beyond these would need the 64-bit form.
  private static let (maximumCount, maximumBytes) = (0xFFFE, 0xFFFF_FFFE)

  /// Adds an entry.
  ///
  /// - Parameters:
  ///   - name: With slashes between its parts.
  ///   - content: Its bytes.
  mutating func add(_ name: String, _ content: WeightsParts) {
    let (start, name) = (parts.count, Array(name.utf8))
    let common =
      // Version 2.0, UTF-8, stored, the first of January 1980.
      Self.field(20, 2) + Self.field(0x0800, 2) + Self.field(0, 2) + Self.field(0x21_0000, 4)
      + Self.field(Int(content.crc32), 4) + Self.field(content.count, 4)
      + Self.field(content.count, 4) + Self.field(name.count, 2)
    let padding = Self.padding(behind: start + Self.headerBytes + name.count)
    parts.append(
      [0x50, 0x4B, 3, 4] + common + Self.field(padding.count, 2) + name + padding)
    parts.append(content)
    directory += [0x50, 0x4B, 1, 2] + Self.field(20, 2) + common
    // No extra field, no comment, disk 0, no attributes.
    directory += [UInt8](repeating: 0, count: 12) + Self.field(start, 4) + name
    count += 1
  }

  /// Adds an entry of a few bytes.
  mutating func add(_ name: String, _ bytes: [UInt8]) {
    var content = WeightsParts()
    content.append(bytes)
    add(name, content)
  }

  /// Writes the directory.
  ///
  /// - Returns: The whole file.
  /// - Throws: `WeightsError.tooLarge` if the 32-bit form cannot hold it.
  consuming func finished() throws(WeightsError) -> WeightsParts {
    guard count <= Self.maximumCount, parts.count + directory.count <= Self.maximumBytes else {
      throw .tooLarge(
        "\(parts.count) bytes in \(count) entries are too much for a zip file of 32 bits; use "
          + "--format legacy")
    }
    let start = parts.count
    parts.append(directory)
    let counts = Self.field(count, 2) + Self.field(count, 2)
    parts.append(
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + counts + Self.field(directory.count, 4)
        + Self.field(start, 4) + [0, 0])
    return parts
  }

  /// An extra field that fills up to the next multiple.
  private static func padding(behind end: Int) -> [UInt8] {
    let count = (2 * alignment - (end + 4) % alignment) % alignment
    return Array("FB".utf8) + field(count, 2) + [UInt8](repeating: UInt8(ascii: "Z"), count: count)
  }

  private static func field(_ value: Int, _ count: Int) -> [UInt8] {
    Array(UInt64(value).bytes(.littleEndian).prefix(count))
  }
}
