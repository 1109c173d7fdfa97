/// Where a filter's pictures go.
public protocol PictureOutput: Sendable {
  /// Encodes a picture, and writes it if nothing depends on the order; on any thread.
  ///
  /// - Parameters:
  ///   - frame: The picture.
  ///   - place: Which one it is.
  /// - Returns: What is left to do in order, on one thread.
  /// - Throws: What concerns this picture alone, or a `ToolError`.
  func prepare(
    _ frame: Frame, _ place: Arrival.Place
  ) throws -> @Sendable () throws(ToolError) -> Void

  /// Passes on that a picture failed, in order.
  ///
  /// - Parameters:
  ///   - failure: Why.
  ///   - place: Which one it was.
  /// - Throws: `ToolError` if it cannot be written.
  func fail(_ failure: PictureFailure, _ place: Arrival.Place) throws(ToolError)

  /// Completes the output after the last picture.
  ///
  /// - Parameter isWhole: Whether all inputs came to their proper end.
  /// - Throws: `ToolError` if it cannot be written.
  func finish(isWhole: Bool) throws(ToolError)

  /// Whether a filter further on gets to know of failures.
  var tellsFailures: Bool { get }

  /// Whether a picture is to be made.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: False where it is there already.
  func wants(_ name: FilePath) -> Bool

  /// The file a picture ends up in.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: nil where it has none of its own.
  func file(for name: FilePath) -> FilePath?
}

extension PictureOutput {
  /// Failures end here.
  public var tellsFailures: Bool { false }

  /// Nothing is told.
  public func fail(_ failure: PictureFailure, _ place: Arrival.Place) throws(ToolError) {}

  /// There is no file.
  public func file(for name: FilePath) -> FilePath? { nil }

  /// Everything is wanted.
  public func wants(_ name: FilePath) -> Bool { true }
}
