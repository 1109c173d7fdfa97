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
