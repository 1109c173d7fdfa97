/// Bytes to pixels and back: a C face over libpng, libjpeg-turbo, libwebp and zlib.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Continues zlib's CRC-32.
///
/// @param previous 0 to start, else what the call before returned.
/// @param bytes    `count` bytes; may be NULL if `count` is 0.
/// @return The checksum of everything so far.
uint32_t cc_crc32(uint32_t previous, const void *bytes, size_t count);

/// Joins the checksums of two pieces, so that no byte is read twice.
///
/// @param first  The first piece's.
/// @param second The second piece's.
/// @param count  Bytes in the second piece.
/// @return The checksum of both, one after the other.
uint32_t cc_crc32_combine(uint32_t first, uint32_t second, size_t count);
