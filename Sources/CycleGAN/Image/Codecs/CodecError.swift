/// Why bytes could not become an image, or an image could not become bytes.
public enum CodecError: ResourceLimited, OutOfMemoryError, Equatable {
  /// There are no bytes.
  case empty
  /// The first bytes match no format's signature.
  case unknownFormat
  /// The first bytes are those of something that cannot be read.
  case foreign(ForeignFile)
  /// The file ends too early.
  case truncated(ImageFormat, reason: String)
  /// The codec found something wrong; its own words are kept.
  case damaged(ImageFormat, reason: String)
  /// The file may be fine, but this variant of the format cannot be read.
  case unsupported(ImageFormat, reason: String)
  /// The image has more pixels than the limit.
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// The image is wider or higher than the limit.
  case sideTooLong(width: Int, height: Int, limit: Int)
  /// The file is larger than the limit.
  case tooManyBytes(count: Int, limit: Int)
  /// Decoding would take more memory, bytes, than the limit.
  case tooMuchMemory(needed: Int, limit: Int)
  /// A JPEG has more scans than the limit.
  case tooManyScans(limit: Int)
  /// Decoding took longer than the limit, s.
  case tooSlow(limit: Int)
  /// The system lacks the memory.
  case outOfMemory(reason: String)
  /// The image does not fit the format, or an option is out of range.
  case notEncodable(ImageFormat, reason: String)

  /// The error of bytes that no codec recognizes.
  ///
  /// - Parameter firstBytes: At most 512 from the start.
  /// - Returns: `.empty`, `.foreign` or `.unknownFormat`.
  package static func unrecognized(_ firstBytes: [UInt8]) -> CodecError {
    guard !firstBytes.isEmpty else { return .empty }
    return ForeignFile.recognized(firstBytes).map { .foreign($0) } ?? .unknownFormat
  }

  /// The system lacks the memory.
  package static func outOfMemory(_ error: OutOfMemory) -> CodecError {
    .outOfMemory(reason: error.reason)
  }

  /// Whether the bytes are of no format that is read here.
  package var isUnrecognized: Bool {
    switch self {
    case .empty, .unknownFormat, .foreign: true
    default: false
    }
  }

  /// One line for standard error, without the file name.
  public var description: String {
    switch self {
    case .empty: "an empty file, not an image"
    case .unknownFormat: "not a PNG, JPEG, WebP or PNM file"
    case .foreign(let file):
      "\(file.name), not a PNG, JPEG, WebP or PNM file" + (file.advice.map { "; \($0)" } ?? "")
    case .truncated(let format, let reason): "truncated \(format.name): \(reason)"
    case .damaged(let format, let reason): "damaged \(format.name): \(reason)"
    case .unsupported(let format, let reason): "unsupported \(format.name): \(reason)"
    case .tooManyPixels(let width, let height, let limit):
      "\(width) x \(height) pixels; the limit is \(limit) in all"
    case .sideTooLong(let width, let height, let limit):
      "\(width) x \(height) pixels; the limit is \(limit) per side"
    case .tooManyBytes(let count, let limit):
      "\(count) bytes; the limit is \(limit)"
    case .tooMuchMemory(let needed, let limit):
      "decoding needs \(needed) bytes of memory; the limit is \(limit)"
    case .tooManyScans(let limit):
      "more than \(limit) JPEG scans, which is the limit"
    case .tooSlow(let limit):
      "decoding took more than \(limit) s, which is the limit"
    case .outOfMemory(let reason): "out of memory: \(reason)"
    case .notEncodable(let format, let reason): "cannot be written as \(format.name): \(reason)"
    }
  }

  /// The limit that was exceeded; nil for every other reason.
  public var exceededLimit: ResourceLimit? {
    switch self {
    case .tooManyPixels: .pixels
    case .sideTooLong: .side
    case .tooManyBytes: .bytes
    case .tooMuchMemory: .memory
    case .tooManyScans: .scans
    case .tooSlow: .seconds
    case .empty, .unknownFormat, .foreign, .truncated, .damaged, .unsupported, .outOfMemory,
      .notEncodable:
      nil
    }
  }
}

/// What an image may not have or take too much of.
public enum ResourceLimit: Sendable {
  /// Width times height.
  case pixels
  /// Width or height.
  case side
  /// The encoded file's bytes.
  case bytes
  /// The memory that decoding takes.
  case memory
  /// The scans of a JPEG.
  case scans
  /// The CPU time that decoding takes.
  case seconds
}

/// An error whose reason may be a limit that the caller has set and can change.
package protocol ResourceLimited: Error, CustomStringConvertible {
  /// The limit that was exceeded; nil for every other reason.
  var exceededLimit: ResourceLimit? { get }
}
