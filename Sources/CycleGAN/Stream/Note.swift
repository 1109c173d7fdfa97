/// What one tool tells the next about a frame or about the stream: a JSON object in a record.
enum Note: Equatable {
  /// Precedes its frame; the checksum is of the frame's record, header included.
  case frame(name: FilePath?, crc32: UInt32?)
  /// Replaces the frame of an input that failed.
  case failure(name: FilePath?, reason: String)
  /// Closes what one tool wrote; the checksum is of everything before, see `StreamTally`.
  case end(StreamTally)
  /// Something about the stream that this version does not know.
  case other

  /// Reads a note's text.
  ///
  /// - Parameter bytes: UTF-8 JSON.
  /// - Throws: `NoteError` if it is not an object, or its members are not what they should be.
  init(parsing bytes: [UInt8]) throws(NoteError) {
    let json: JSON
    do throws(JSONError) { json = try JSON(parsing: bytes) } catch {
      throw NoteError(reason: "its note is not JSON: \(error)")
    }
    guard json.object != nil else { throw NoteError(reason: "its note is not a JSON object") }
    if let end = json["end"] {
      guard end == .bool(true), let frames = json["frames"]?.integer,
        let failed = json["failed"]?.integer, let sum = try Self.checksum(json)
      else { throw NoteError(reason: "its end note lacks frames, failed or crc32") }
      self = .end(StreamTally(crc32: sum, frames: frames, failed: failed))
    } else if let reason = json["error"] {
      guard let reason = reason.string else {
        throw NoteError(reason: "its note has an error that is not text")
      }
      self = .failure(name: try Self.name(json), reason: reason)
    } else if json["name"] != nil || json["crc32"] != nil {
      self = .frame(name: try Self.name(json), crc32: try Self.checksum(json))
    } else {
      self = .other
    }
  }

  /// The note as JSON text; nil for one that is not ours to write.
  var text: [UInt8]? {
    switch self {
    case .frame(let name, let sum):
      JSON.object(Self.members(name) + (sum.map { [("crc32", .integer(Int($0)))] } ?? []))
        .serialized
    case .failure(let name, let reason):
      JSON.object(Self.members(name) + [("error", .string(reason))]).serialized
    case .end(let tally):
      JSON.object([
        ("end", .bool(true)), ("frames", .integer(tally.frames)),
        ("failed", .integer(tally.failed)), ("crc32", .integer(Int(tally.crc32))),
      ]).serialized
    case .other: nil
    }
  }

  /// A name that is not UTF-8 is there twice: repaired to be read, and in Base64 to be used.
  private static func members(_ name: FilePath?) -> [(String, JSON)] {
    guard let name else { return [] }
    let text = [("name", JSON.string(name.string))]
    return name.isText ? text : text + [("name_base64", .string(Base64.encoded(name.bytes)))]
  }

  private static func name(_ json: JSON) throws(NoteError) -> FilePath? {
    if let encoded = json["name_base64"] {
      guard let bytes = encoded.string.flatMap(Base64.decoded), !bytes.contains(0) else {
        throw NoteError(reason: "its note has a name_base64 that is no path in Base64")
      }
      return FilePath(bytes: bytes)
    }
    guard let name = json["name"], name != .null else { return nil }
    guard let text = name.string, !text.utf8.contains(0) else {
      throw NoteError(reason: "its note has a name that is no path")
    }
    return FilePath(text)
  }

  private static func checksum(_ json: JSON) throws(NoteError) -> UInt32? {
    guard let value = json["crc32"] else { return nil }
    guard let sum = value.integer.flatMap(UInt32.init(exactly:)) else {
      throw NoteError(reason: "its note has a crc32 that is not a number of 32 bits")
    }
    return sum
  }
}

/// Why a note cannot be read.
struct NoteError: Error {
  let reason: String
}

/// What an end note sums up: all records since the stream's start or the end note before.
struct StreamTally: Equatable {
  /// The CRC-32 of every byte.
  var crc32: UInt32 = 0
  /// How many frames.
  var frames = 0
  /// How many failures.
  var failed = 0

  /// Adds a record.
  ///
  /// - Parameters:
  ///   - sum: Its CRC-32, header included.
  ///   - count: Its length, bytes, header included.
  mutating func add(_ sum: UInt32, count: Int) {
    crc32 = CycleGAN.crc32(crc32, followedBy: sum, count: count)
  }
}
