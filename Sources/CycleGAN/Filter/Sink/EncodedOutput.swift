import Glibc

/// Encoded images on standard output, one after the other.
struct EncodedOutput: PictureOutput {
  let format: OutputFormat
  let encoding: EncodingOptions

  func prepare(
    _ frame: Frame, _ place: Arrival.Place
  ) throws -> @Sendable () throws(ToolError) -> Void {
    let bytes = try format.encoded(frame, encoding)
    return { () throws(ToolError) in
      try StandardOutput.write(bytes)
    }
  }

  func finish(isWhole: Bool) {}
}
