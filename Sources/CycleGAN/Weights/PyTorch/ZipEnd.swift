/// The last bytes of a zip file, which say where its directory is.
struct ZipEnd {
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
    directory = try Self.place(
      count: large?.count ?? count, size: large?.size ?? size, start: large?.start ?? start,
      end: large?.place ?? endStart)
    // The old fields either agree or say that they are too small.
    guard [directory.count, 0xFFFF].contains(count),
      [directory.bytes.count, 0xFFFF_FFFF].contains(size),
      [directory.bytes.lowerBound, 0xFFFF_FFFF].contains(start)
    else { throw .malformed("its zip directory is described in two ways that differ") }
  }

  private static func place(
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
  ) throws(WeightsError) -> (place: Int, count: Int, size: Int, start: Int)? {
    let locatorStart = endStart - locatorBytes
    guard locatorStart >= 0 else { return nil }
    var locator = ZipFields(try bytes.piece(locatorStart..<endStart))
    guard try locator.signature(0x0706) else { return nil }
    let (disk, place, disks) = (
      try locator.number(4), try locator.number(8), try locator.number(4)
    )
    guard disk == 0, disks <= 1, place == locatorStart - end64Bytes, place >= 0 else {
      throw .malformed("its 64-bit zip end is not where its locator says")
    }
    var end = ZipFields(try bytes.piece(place..<locatorStart))
    guard try end.signature(0x0606), try end.number(8) == end64Bytes - 12 else {
      throw .malformed("its 64-bit zip end is missing")
    }
    try end.skip(4)
    guard try end.number(4) == 0, try end.number(4) == 0 else {
      throw .malformed("a zip file in several parts")
    }
    let (here, count) = (try end.number(8), try end.number(8))
    guard here == count else { throw .malformed("a zip file in several parts") }
    return (place, count, try end.number(8), try end.number(8))
  }

  private static let missing = WeightsError.malformed(
    "the end of a zip file is missing: it is cut off, or something follows it")
}
