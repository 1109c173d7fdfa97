/// Resampling in fixed point, with exactly Pillow's sums. The vertical pass adds up rows with
/// weights; the horizontal pass transposes 16 rows at a time first, so that the same sums run along
/// vectors.
#include <string.h>

#include "CCodecs.h"

enum {
  PRECISION = 32 - 8 - 2,  // of the weights, bits: 8 are the sample's, 2 are for overshoot
  HALF = 1 << (PRECISION - 1),
  LANES = 16,  // samples in a vector, and rows that are transposed together
  MOST = 3,    // vectors of sums that stay in registers
};

typedef uint8_t samples __attribute__((vector_size(LANES), aligned(1)));
typedef int32_t sums __attribute__((vector_size(4 * LANES), aligned(4)));

#define CC_INLINE static inline __attribute__((always_inline))

/// Weighs `count` rows, `stride` samples apart, over the width of `vectors` vectors.
CC_INLINE void weigh(const uint8_t *rows, size_t stride, const int32_t *weights, size_t count,
                     uint8_t *output, const size_t vectors) {
  sums sum[MOST];
  for (size_t i = 0; i < vectors; i++) sum[i] = (sums){0} + HALF;
  for (size_t k = 0; k < count; k++) {
    for (size_t i = 0; i < vectors; i++) {
      const samples *old = (const samples *)(rows + k * stride + i * LANES);
      sum[i] += __builtin_convertvector(*old, sums) * weights[k];
    }
  }
  for (size_t i = 0; i < vectors; i++) {
    sums sample = __builtin_elementwise_max(sum[i] >> PRECISION, (sums){0});
    sample = __builtin_elementwise_min(sample, (sums){0} + 255);
    *(samples *)(output + i * LANES) = __builtin_convertvector(sample, samples);
  }
}

CC_INLINE void resample_vertically(const uint8_t *rows, const int32_t *weights, size_t count,
                                   size_t length, uint8_t *output) {
  size_t i = 0;
  for (; i + MOST * LANES <= length; i += MOST * LANES) {
    weigh(rows + i, length, weights, count, output + i, MOST);
  }
  for (; i + LANES <= length; i += LANES) weigh(rows + i, length, weights, count, output + i, 1);
  for (; i < length; i++) {
    int32_t sum = HALF;
    for (size_t k = 0; k < count; k++) sum += rows[k * length + i] * weights[k];
    sum >>= PRECISION;
    output[i] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
  }
}

#define CC_LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define CC_HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

/// Transposes 16 x 16 samples: four times, the upper half of the rows is shuffled into the lower.
CC_INLINE void transpose_block(const uint8_t *from, size_t from_stride, uint8_t *to,
                               size_t to_stride) {
  samples row[LANES], shuffled[LANES];
  for (size_t i = 0; i < LANES; i++) row[i] = *(const samples *)(from + i * from_stride);
  for (int round = 0; round < 4; round++) {
    for (size_t i = 0; i < LANES / 2; i++) {
      shuffled[2 * i] = CC_LOW(row[i], row[i + LANES / 2]);
      shuffled[2 * i + 1] = CC_HIGH(row[i], row[i + LANES / 2]);
    }
    memcpy(row, shuffled, sizeof row);
  }
  for (size_t i = 0; i < LANES; i++) *(samples *)(to + i * to_stride) = row[i];
}

/// Transposes [rows, columns]; the last blocks overlap those before.
CC_INLINE void transpose(const uint8_t *from, size_t from_stride, size_t rows, size_t columns,
                         uint8_t *to, size_t to_stride) {
  if (rows < LANES || columns < LANES) {
    for (size_t row = 0; row < rows; row++) {
      for (size_t i = 0; i < columns; i++) to[i * to_stride + row] = from[row * from_stride + i];
    }
    return;
  }
  for (size_t next = 0; next < rows; next += LANES) {
    size_t row = next + LANES <= rows ? next : rows - LANES;
    for (size_t after = 0; after < columns; after += LANES) {
      size_t column = after + LANES <= columns ? after : columns - LANES;
      transpose_block(from + row * from_stride + column, from_stride, to + column * to_stride + row,
                      to_stride);
    }
  }
}

/// Resamples at most LANES rows.
CC_INLINE void resample_strip(const cc_resampling *resampling, const uint8_t *pixels, size_t width,
                              size_t rows, const size_t channels, uint8_t *output,
                              uint8_t *scratch) {
  size_t step = channels * LANES, stride = channels * resampling->count;
  uint8_t *narrow = scratch + step * width;
  transpose(pixels, channels * width, rows, channels * width, scratch, LANES);
  for (size_t i = 0; i < resampling->count; i++) {
    const cc_window *window = &resampling->windows[i];
    weigh(scratch + step * window->first, step, resampling->weights + window->weights,
          window->count, narrow + step * i, channels);
  }
  transpose(narrow, LANES, stride, rows, output, stride);
}

CC_INLINE void resample_horizontally(const cc_resampling *resampling, const uint8_t *pixels,
                                     size_t width, size_t rows, size_t channels, uint8_t *output,
                                     uint8_t *scratch) {
  for (size_t row = 0; row < rows; row += LANES) {
    size_t count = rows - row < LANES ? rows - row : LANES;
    const uint8_t *from = pixels + row * channels * width;
    uint8_t *to = output + row * channels * resampling->count;
    if (channels == 3) {
      resample_strip(resampling, from, width, count, 3, to, scratch);
    } else {
      resample_strip(resampling, from, width, count, 1, to, scratch);
    }
  }
}

static _Thread_local bool is_portable = false;

void cc_resample_portably(bool wished) { is_portable = wished; }

#if defined(__x86_64__)
#define CC_AVX2 __attribute__((target("avx2"))) static

CC_AVX2 void resample_vertically_avx2(const uint8_t *rows, const int32_t *weights, size_t count,
                                      size_t length, uint8_t *output) {
  resample_vertically(rows, weights, count, length, output);
}

CC_AVX2 void resample_horizontally_avx2(const cc_resampling *resampling, const uint8_t *pixels,
                                        size_t width, size_t rows, size_t channels, uint8_t *output,
                                        uint8_t *scratch) {
  resample_horizontally(resampling, pixels, width, rows, channels, output, scratch);
}

static bool has_avx2(void) { return !is_portable && __builtin_cpu_supports("avx2"); }
#endif

void cc_resample_vertically(const uint8_t *rows, const int32_t *weights, size_t count,
                            size_t length, uint8_t *output) {
#if defined(__x86_64__)
  if (has_avx2()) return resample_vertically_avx2(rows, weights, count, length, output);
#endif
  resample_vertically(rows, weights, count, length, output);
}

void cc_resample_horizontally(const cc_resampling *resampling, const uint8_t *pixels, size_t width,
                              size_t rows, size_t channels, uint8_t *output, uint8_t *scratch) {
#if defined(__x86_64__)
  if (has_avx2()) {
    return resample_horizontally_avx2(resampling, pixels, width, rows, channels, output, scratch);
  }
#endif
  resample_horizontally(resampling, pixels, width, rows, channels, output, scratch);
}
