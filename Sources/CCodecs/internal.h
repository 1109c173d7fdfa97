/// What the codecs share.
#pragma once

#include "CCodecs.h"

/// Writes a reason and returns `status`. `message` is a printf format.
__attribute__((format(printf, 3, 4))) cc_status cc_fail(cc_error *error, cc_status status,
                                                        const char *message, ...);

/// Makes room for `more` bytes behind those that there are, of which `*capacity` have memory.
/// Returns the first byte, or NULL if there is no memory; the bytes stay then.
uint8_t *cc_bytes_reserve(cc_bytes *bytes, size_t *capacity, size_t more);

/// CPU time of this thread, s.
double cc_cpu_seconds(void);

/// Blends RGBA over white, rounding to nearest: `count` pixels of 4 bytes become as many of 3.
void cc_blend_over_white(const uint8_t *pixels, size_t count, uint8_t *output);
