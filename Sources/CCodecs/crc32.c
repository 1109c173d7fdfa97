#include <zlib.h>

#include "CCodecs.h"

uint32_t cc_crc32(uint32_t previous, const void *bytes, size_t count) {
  if (count == 0) return previous;
  return (uint32_t)crc32_z(previous, bytes, count);
}
