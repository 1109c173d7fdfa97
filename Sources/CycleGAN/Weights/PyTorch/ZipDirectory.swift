/// The list of a zip file's entries, checked in full before any of them is read.
///
/// Only what `torch.save` and plain archivers write is taken: stored entries, each of which has its
/// own bytes and says the same about itself in both places where a zip file says it.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
struct ZipDirectory {
  /// One file within the archive.
  struct Entry {
    /// With slashes between its parts.
    let name: String
    /// Where its bytes lie in the zip file.
    let bytes: Range<Int>
    /// zlib's CRC-32 of them.
    let crc32: UInt32
  }

  /// In the order of the directory.
  let entries: [Entry]

  /// The most entries of a file.
  static let maximumCount = 16_384
  /// The most bytes of the directory.
  static let maximumBytes = 4 << 20

  /// Reads and checks the directory.
  ///
  /// - Parameter bytes: The whole zip file.
  /// - Throws: `WeightsError` with the first thing that is wrong.
  init(_ bytes: SeekableBytes) throws(WeightsError) {
    let place = try ZipEnd(bytes).directory
    guard place.count <= Self.maximumCount, place.bytes.count <= Self.maximumBytes else {
      throw .tooLarge(
        "a zip directory of \(place.count) entries in \(place.bytes.count) bytes; at most "
          + "\(Self.maximumCount) and \(Self.maximumBytes) are read")
    }
    var reader = ZipFields(try bytes.piece(place.bytes))
    var headers: [ZipHeader] = []
    for _ in 0..<place.count { headers.append(try ZipHeader(&reader)) }
    guard reader.isAtEnd else { throw .malformed("its zip directory has more than its entries") }
    var names: Set<String> = []
    var found: [Entry] = []
    for header in headers {
      guard names.insert(header.name).inserted else {
        throw .malformed("its zip entry \(header.printableName) occurs twice")
      }
      let start = try header.dataStart(bytes)
      let (end, overflow) = start.addingReportingOverflow(header.size)
      guard !overflow, end <= place.bytes.lowerBound else {
        throw .malformed("its zip entry \(header.printableName) is longer than the file")
      }
      found.append(Entry(name: header.name, bytes: start..<end, crc32: header.crc32))
    }
    try Self.requireApart(headers, found)
    entries = found
  }

  /// Refuses entries that share bytes.
  private static func requireApart(
    _ headers: [ZipHeader], _ entries: [Entry]
  ) throws(WeightsError) {
    let parts = zip(headers, entries).map { ($0.offset, $1.bytes.upperBound, $0.printableName) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    for (first, second) in zip(parts, parts.dropFirst()) where second.0 < first.1 {
      throw .malformed("its zip entries \(first.2) and \(second.2) overlap")
    }
  }

  /// Whether there are checksums; `set_crc32_options(False)` of PyTorch leaves all of them out.
  var hasChecksums: Bool { entries.contains { $0.crc32 != 0 } }

  /// Finds an entry.
  subscript(name: String) -> Entry? { entries.first { $0.name == name } }
}

extension SeekableBytes {
  /// Reads a piece that has to be there.
  ///
  /// - Parameter range: Bytes, counted from the first one; of whole elements.
  /// - Returns: All of its elements.
  /// - Throws: `WeightsError` if one is missing.
  func piece<Element: BitwiseCopyable>(_ range: Range<Int>) throws(WeightsError) -> [Element] {
    let piece: [Element]
    do throws(SystemError) { piece = try read(range) } catch { throw .system("\(error)") }
    let bytes = piece.count * MemoryLayout<Element>.size
    guard bytes == range.count else {
      throw .malformed("the file ends at byte \(range.lowerBound + bytes)")
    }
    return piece
  }
}
