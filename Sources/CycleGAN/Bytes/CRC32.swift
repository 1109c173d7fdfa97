import CCodecs

/// Computes the CRC-32 that zlib, gzip and PNG use.
///
/// The corresponding C function is `cc_crc32`.
///
/// - Parameters:
///   - bytes: What to add.
///   - previous: The value so far, 0 at the start.
/// - Returns: The value with `bytes` added.
package func crc32(_ bytes: UnsafeRawBufferPointer, _ previous: UInt32 = 0) -> UInt32 {
  cc_crc32(previous, bytes.baseAddress, bytes.count)
}

/// Computes the CRC-32 that zlib, gzip and PNG use.
///
/// - Parameters:
///   - bytes: What to add.
///   - previous: The value so far, 0 at the start.
/// - Returns: The value with `bytes` added.
package func crc32(_ bytes: [UInt8], _ previous: UInt32 = 0) -> UInt32 {
  bytes.withUnsafeBytes { crc32($0, previous) }
}

/// Computes the CRC-32 that zlib, gzip and PNG use.
///
/// - Parameters:
///   - bytes: What to add.
///   - previous: The value so far, 0 at the start.
/// - Returns: The value with `bytes` added.
package func crc32(_ bytes: Buffer<UInt8>, _ previous: UInt32 = 0) -> UInt32 {
  bytes.withUnsafeBytes { crc32($0, previous) }
}

/// Joins the CRC-32s of two pieces, so that no byte is read twice.
///
/// The corresponding C function is `cc_crc32_combine`.
///
/// - Parameters:
///   - first: The CRC-32 of the first piece.
///   - second: The CRC-32 of the second piece.
///   - count: The length of the second piece, bytes.
/// - Returns: The CRC-32 of both, one after the other.
func crc32(_ first: UInt32, followedBy second: UInt32, count: Int) -> UInt32 {
  cc_crc32_combine(first, second, count)
}

/// Writes a checksum as eight digits.
///
/// - Parameter value: Any.
/// - Returns: Lower-case hexadecimal digits.
package func hexadecimal(_ value: UInt32) -> String { padded(value, to: 8, radix: 16) }
