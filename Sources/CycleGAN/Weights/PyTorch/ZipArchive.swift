/// The list of a zip file's entries, checked in full before any of them is read.
///
/// Only what `torch.save` and plain archivers write is taken: stored entries, each of which has its
/// own bytes, and whose local header agrees with the directory.
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
    let directory = try ZipEnd(bytes).directory
    guard directory.count <= Self.maximumCount, directory.bytes.count <= Self.maximumBytes else {
      throw .tooLarge(
        "a zip directory of \(directory.count) entries in \(directory.bytes.count) bytes; at most "
          + "\(Self.maximumCount) and \(Self.maximumBytes) are read")
    }
    var reader = ZipFields(try bytes.piece(directory.bytes))
    var headers: [ZipHeader] = []
    for _ in 0..<directory.count { headers.append(try ZipHeader(&reader)) }
    guard reader.isAtEnd else { throw .malformed("its zip directory has more than its entries") }
    var names: Set<String> = []
    var found: [Entry] = []
    for header in headers {
      guard names.insert(header.name).inserted else {
        throw .malformed("its zip entry \(header.printableName) occurs twice")
      }
      let start = try header.dataStart(bytes)
      let (end, overflow) = start.addingReportingOverflow(header.size)
      guard !overflow, end <= directory.bytes.lowerBound else {
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

/// The end records of a zip file, which locate its directory.
private struct ZipEnd {
  /// Where the directory lies, and how many entries it has.
  let directory: (bytes: Range<Int>, count: Int)

  private static let endBytes = 22
  private static let locatorBytes = 20
  private static let end64Bytes = 56

  /// Reads both forms of the end, which have to agree.
  ///
  /// - Parameter bytes: The whole zip file.
  /// - Throws: `WeightsError.malformed` if it is not the last thing in the file.
  init(_ bytes: SeekableBytes) throws(WeightsError) {
    let endStart = bytes.count - Self.endBytes
    guard endStart >= 0 else { throw Self.missing }
    var end = ZipFields(try bytes.piece(endStart..<bytes.count))
    guard try end.signature(0x0605) else { throw Self.missing }
    let (disk, first) = (try end.number(2), try end.number(2))
    let (here, count) = (try end.number(2), try end.number(2))
    let (size, start, comment) = (try end.number(4), try end.number(4), try end.number(2))
    guard comment == 0 else { throw Self.missing }
    guard [0, 0xFFFF].contains(disk), [0, 0xFFFF].contains(first), here == count else {
      throw .malformed("a zip file in several parts")
    }
    let large = try Self.end64(bytes, before: endStart)
    directory = try Self.located(
      count: large?.count ?? count, size: large?.size ?? size, start: large?.start ?? start,
      end: large?.offset ?? endStart)
    // The old fields either agree or say that they are too small.
    guard [directory.count, 0xFFFF].contains(count),
      [directory.bytes.count, 0xFFFF_FFFF].contains(size),
      [directory.bytes.lowerBound, 0xFFFF_FFFF].contains(start)
    else { throw .malformed("its zip directory is described in two ways that differ") }
  }

  private static func located(
    count: Int, size: Int, start: Int, end: Int
  ) throws(WeightsError) -> (bytes: Range<Int>, count: Int) {
    // Subtracting, so that no sum can overflow.
    guard start <= end, size == end - start else {
      throw .malformed("its zip directory is not where its end says")
    }
    return (start..<end, count)
  }

  /// The 64-bit form, which stands in front of the other where a locator says so.
  private static func end64(
    _ bytes: SeekableBytes, before endStart: Int
  ) throws(WeightsError) -> (offset: Int, count: Int, size: Int, start: Int)? {
    let locatorStart = endStart - locatorBytes
    guard locatorStart >= 0 else { return nil }
    var locator = ZipFields(try bytes.piece(locatorStart..<endStart))
    guard try locator.signature(0x0706) else { return nil }
    let (disk, offset, disks) = (
      try locator.number(4), try locator.number(8), try locator.number(4)
    )
    guard disk == 0, disks <= 1, offset == locatorStart - end64Bytes, offset >= 0 else {
      throw .malformed("its 64-bit zip end is not where its locator says")
    }
    var end = ZipFields(try bytes.piece(offset..<locatorStart))
    guard try end.signature(0x0606), try end.number(8) == end64Bytes - 12 else {
      throw .malformed("its 64-bit zip end is missing")
    }
    try end.skip(4)
    guard try end.number(4) == 0, try end.number(4) == 0 else {
      throw .malformed("a zip file in several parts")
    }
    let (here, count) = (try end.number(8), try end.number(8))
    guard here == count else { throw .malformed("a zip file in several parts") }
    return (offset, count, try end.number(8), try end.number(8))
  }

  private static let missing = WeightsError.malformed(
    "the end of a zip file is missing: it is cut off, or something follows it")
}

/// An entry of the central directory.
private struct ZipHeader {
  let name: String
  /// Length, bytes; stored and unpacked are the same.
  let size: Int
  /// Where its local header begins.
  let offset: Int
  let crc32: UInt32

  private let flags: Int

  /// The sizes follow the data, the name is UTF-8: the only flags of an entry that is stored as it is.
  private static let allowedFlags = 0x0808
  private static let maximumNameBytes = 1024
  /// A 32-bit field of this value says that the number is in the ZIP64 extra field.
  private static let moved = 0xFFFF_FFFF

  /// The name in one line that cannot forge a message.
  var printableName: String { escaped(Array(name.utf8)) }

  /// Reads an entry of the directory.
  ///
  /// - Parameter fields: At the entry; after it on return.
  /// - Throws: `WeightsError` if it is compressed, encrypted or makes no sense.
  init(_ fields: inout ZipFields) throws(WeightsError) {
    guard try fields.signature(0x0201) else {
      throw .malformed("its zip directory has fewer entries than it says")
    }
    try fields.skip(4)
    flags = try fields.number(2)
    let method = try fields.number(2)
    try fields.skip(4)
    crc32 = UInt32(truncatingIfNeeded: try fields.number(4))
    let (packed, unpacked) = (try fields.number(4), try fields.number(4))
    let nameBytes = try fields.number(2)
    let (extraBytes, commentBytes) = (try fields.number(2), try fields.number(2))
    let disk = try fields.number(2)
    try fields.skip(6)
    let start = try fields.number(4)
    name = try Self.name(try fields.take(nameBytes))
    let extra = try fields.take(extraBytes)
    try fields.skip(commentBytes)
    let shown = escaped(Array(name.utf8))
    guard flags & ~Self.allowedFlags == 0 else {
      throw .refused("its zip entry \(shown) is encrypted or has other unusual flags")
    }
    guard method == 0 else {
      if name.contains("/code/") { throw .refused(TorchFile.isProgram) }
      throw .refused(
        "its zip entry \(shown) is compressed, which torch.save never does; unpack the archive and "
          + "pack it again with zip -0 -r")
    }
    var large = try Self.large(extra, [unpacked, packed, start])
    size = unpacked == Self.moved ? large.removeFirst() : unpacked
    let packedSize = packed == Self.moved ? large.removeFirst() : packed
    offset = start == Self.moved ? large.removeFirst() : start
    guard packedSize == size, disk == 0 else {
      throw .malformed("its zip entry \(shown) has \(size) bytes in \(packedSize)")
    }
  }

  private static func name(_ bytes: [UInt8]) throws(WeightsError) -> String {
    guard !bytes.isEmpty, bytes.count <= maximumNameBytes, !bytes.contains(0),
      let name = String(validating: bytes, as: UTF8.self)
    else { throw .malformed("a zip entry's name of \(bytes.count) bytes is none") }
    return name
  }

  /// Reads the ZIP64 extra field, which has a number for each field that is `moved`.
  private static func large(_ extra: [UInt8], _ fields: [Int]) throws(WeightsError) -> [Int] {
    let count = fields.count { $0 == moved }
    guard count > 0 else { return [] }
    var reader = ZipFields(Buffer(extra))
    while !reader.isAtEnd {
      let (id, length) = (try reader.number(2), try reader.number(2))
      var field = ZipFields(Buffer(try reader.take(length)))
      guard id == 1 else { continue }
      var numbers: [Int] = []
      for _ in 0..<count { numbers.append(try field.number(8)) }
      return numbers
    }
    throw .malformed("a zip entry's 64-bit sizes are missing")
  }

  /// Checks the local header, which has to say the same.
  ///
  /// - Parameter bytes: The whole zip file.
  /// - Returns: Where the entry's bytes begin.
  /// - Throws: `WeightsError.malformed` if it says something else.
  func dataStart(_ bytes: SeekableBytes) throws(WeightsError) -> Int {
    guard offset < bytes.count else {
      throw .malformed("its zip entry \(printableName) begins after the end of the file")
    }
    var local = ZipFields(try bytes.piece(offset..<min(bytes.count, offset + 30)))
    guard try local.signature(0x0403) else {
      throw .malformed("its zip entry \(printableName) is not where the directory says")
    }
    try local.skip(2)
    let (flags, method) = (try local.number(2), try local.number(2))
    try local.skip(4)
    let stated = (try local.number(4), try local.number(4), try local.number(4))
    let (nameBytes, extraBytes) = (try local.number(2), try local.number(2))
    let nameEnd = offset + 30 + nameBytes
    let isNamed = try bytes.piece(offset + 30..<nameEnd).elementsEqual(name.utf8)
    let isSame =
      isNamed && flags == self.flags && method == 0
      && (stated.0 == Int(crc32) || sizesFollow && stated.0 == 0)
      && agrees(stated.1) && agrees(stated.2)
    guard isSame else {
      throw .malformed("its zip entry \(printableName) is described in two ways that differ")
    }
    return nameEnd + extraBytes
  }

  /// Whether the local header leaves sizes and checksum to what follows the data.
  private var sizesFollow: Bool { flags & 0x0008 != 0 }

  /// Whether a size in the local header fits.
  private func agrees(_ stated: Int) -> Bool {
    stated == size || stated == Self.moved || sizesFollow && stated == 0
  }
}

/// Reads the fields of a zip record.
private struct ZipFields {
  private var cursor: ByteCursor

  init(_ bytes: Buffer<UInt8>) { cursor = ByteCursor(bytes) }

  var isAtEnd: Bool { cursor.isAtEnd }

  /// Reads a little-endian number.
  ///
  /// - Parameter count: Its length, 2, 4 or 8 bytes.
  /// - Returns: Not negative.
  /// - Throws: `WeightsError.malformed` if there are fewer, or it is above 2^63.
  mutating func number(_ count: Int) throws(WeightsError) -> Int {
    let value = UInt64(try take(count), .littleEndian)
    guard let number = Int(exactly: value) else { throw .malformed("a zip field of \(value)") }
    return number
  }

  /// Reads bytes.
  ///
  /// - Parameter count: How many.
  /// - Returns: Exactly as many.
  /// - Throws: `WeightsError.malformed` if there are fewer.
  mutating func take(_ count: Int) throws(WeightsError) -> [UInt8] {
    do throws(EndOfBytes) { return Array(try cursor.readBytes(count)) } catch {
      throw .malformed("its zip directory ends within an entry")
    }
  }

  /// Skips bytes.
  mutating func skip(_ count: Int) throws(WeightsError) { _ = try take(count) }

  /// Reads the four bytes that begin a record of a zip file.
  ///
  /// - Parameter last: The third and fourth of them, after `PK`.
  /// - Returns: Whether they are there.
  /// - Throws: `WeightsError.malformed` if there are fewer than four.
  mutating func signature(_ last: UInt16) throws(WeightsError) -> Bool {
    try number(4) == Int(last) << 16 | 0x4B50
  }
}

/// Writes a zip file of stored entries, each of which begins at a multiple of 64 bytes as in a file of
/// `torch.save`, so that PyTorch can map it.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, section 4.3; the padding is that of caffe2/serialize.
struct ZipWriter {
  private var parts = FileContent()
  private var directory: [UInt8] = []
  private var count = 0

  private static let alignment = 64
  private static let headerBytes = 30
  /// Entries, sizes and offsets beyond these would need the 64-bit form.
  private static let (maximumCount, maximumBytes) = (0xFFFE, 0xFFFF_FFFE)

  /// Adds an entry.
  ///
  /// - Parameters:
  ///   - name: With slashes between its parts.
  ///   - content: Its bytes.
  mutating func add(_ name: String, _ content: FileContent) {
    let (start, name) = (parts.count, Array(name.utf8))
    let common =
      // Version 2.0, UTF-8, stored, the first of January 1980.
      Self.field(20, 2) + Self.field(0x0800, 2) + Self.field(0, 2) + Self.field(0x21_0000, 4)
      + Self.field(Int(content.crc32), 4) + Self.field(content.count, 4)
      + Self.field(content.count, 4) + Self.field(name.count, 2)
    let padding = Self.padding(after: start + Self.headerBytes + name.count)
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
    var content = FileContent()
    content.append(bytes)
    add(name, content)
  }

  /// Writes the directory.
  ///
  /// - Returns: The whole file.
  /// - Throws: `WeightsError.tooLarge` if the 32-bit form cannot hold it.
  consuming func finished() throws(WeightsError) -> FileContent {
    guard count <= Self.maximumCount, parts.count + directory.count <= Self.maximumBytes else {
      throw .tooLarge(
        "\(parts.count) bytes in \(count) entries are too much for a zip file of 32 bits")
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
  private static func padding(after end: Int) -> [UInt8] {
    let count = (2 * alignment - (end + 4) % alignment) % alignment
    return Array("FB".utf8) + field(count, 2) + [UInt8](repeating: UInt8(ascii: "Z"), count: count)
  }

  private static func field(_ value: Int, _ count: Int) -> [UInt8] {
    Array(UInt64(value).bytes(.littleEndian).prefix(count))
  }
}
