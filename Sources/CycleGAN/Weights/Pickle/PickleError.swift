/// Why a pickle was not read.
struct PickleError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  let reason: String
  /// Where, bytes from the start of the file or of the zip entry.
  let offset: Int

  /// One line for standard error, without the file name.
  var description: String { "\(reason) (byte \(offset) of its pickle)" }
}
