/// Why a tensor stream cannot be read further.
public enum StreamError: ResourceLimited, Equatable {
  /// A place in a stream.
  public struct Position: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1, notes included.
    public let record: Int
    /// Bytes from the start of the stream.
    public let offset: Int

    /// As errors say it.
    public var description: String { "record \(record), byte \(offset)" }
  }

  /// It stops in the middle of a record, or without the end note that its notes promise.
  case truncated(Position, reason: String)
  /// A record is not what the format says, or not what its checksum says.
  case damaged(Position, reason: String)
  /// A record of another kind, which NumPy could read and this can't.
  case unsupported(Position, reason: String)
  /// A record asks for more than the limits allow.
  case tooLarge(Position, reason: String, limit: ResourceLimit? = nil)
  /// The system could not read it.
  case unreadable(Position, SystemError)

  /// The limit that was exceeded, if it is one that an image has, too; else nil.
  public var exceededLimit: ResourceLimit? {
    if case .tooLarge(_, _, let limit) = self { limit } else { nil }
  }

  /// One line for standard error, without the file name.
  public var description: String {
    switch self {
    case .truncated(let position, let reason):
      "truncated tensor stream at \(position): \(reason)"
    case .damaged(let position, let reason):
      "damaged tensor stream at \(position): \(reason)"
    case .unsupported(let position, let reason), .tooLarge(let position, let reason, _):
      "tensor stream at \(position): \(reason)"
    case .unreadable(let position, let error):
      "tensor stream at \(position) is unreadable: \(error)"
    }
  }
}
