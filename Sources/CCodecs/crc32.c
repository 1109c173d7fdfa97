#include <zlib.h>

#include "CCodecs.h"

uint32_t cc_crc32(uint32_t previous, const void *bytes, size_t count) {
  if (count == 0) return previous;
  return (uint32_t)crc32_z(previous, bytes, count);
}

uint32_t cc_crc32_combine(uint32_t first, uint32_t second, size_t count) {
  return (uint32_t)crc32_combine(first, second, (z_off_t)count);
}
