/// What a filter was asked to read.
public struct InputSelection: Sendable {
  /// What standard input can hold.
  public enum Kind: String, Sendable, CaseIterable {
    /// A tensor stream.
    case stream
    /// An encoded image, or several of Netpbm's.
    case image
    /// Paths, one a line.
    case paths
  }

  /// A file that lists paths.
  public struct List: Sendable {
    /// The file; `-` is standard input.
    public var path: FilePath
    /// Whether a path ends in NUL and not in a line feed.
    public var isNull: Bool

    /// Names a list.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - isNull: Whether a path ends in NUL and not in a line feed.
    public init(_ path: FilePath, isNull: Bool) {
      self.path = path
      self.isNull = isNull
    }
  }

  /// Images, streams and folders in the order given; `-` is standard input.
  public var operands: [FilePath]
  /// Lists of paths, read after the operands.
  public var lists: [List]
  /// What standard input holds; nil asks its first bytes.
  public var standardInput: Kind?
  /// Whether a path on standard input ends in NUL.
  public var isNull: Bool
  /// Limits of images, and which damage is refused.
  public var decoding: DecodingOptions

  /// Selects inputs.
  ///
  /// - Parameters:
  ///   - operands: Images, streams and folders; `-` is standard input.
  ///   - lists: Lists of paths.
  ///   - standardInput: What standard input holds; nil asks its first bytes.
  ///   - isNull: Whether a path on standard input ends in NUL.
  ///   - decoding: Limits of images, and which damage is refused.
  public init(
    operands: [FilePath] = [], lists: [List] = [], standardInput: Kind? = nil,
    isNull: Bool = false, decoding: DecodingOptions = DecodingOptions()
  ) {
    self.operands = operands
    self.lists = lists
    self.standardInput = standardInput
    self.isNull = isNull
    self.decoding = decoding
  }

  /// What a frame of a stream may ask for.
  var streamLimits: StreamLimits {
    StreamLimits(maximumPixels: decoding.maximumPixels, maximumSide: decoding.maximumSide)
  }
}
