/// Bytes to pixels and back: a C face over libpng, libjpeg-turbo, libwebp and zlib.
///
/// Nothing here exits, aborts, prints, throws or jumps out of a call. A reader is used in three
/// calls: `init` reads the header, `read` the pixels, `free` ends it. It keeps a pointer to the
/// caller's bytes, which must stay where they are until `free`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How a call ended. After CC_OK and CC_WARNED all pixels are right; after CC_TRUNCATED and
/// CC_DAMAGED `read` has stored those that could be decoded.
typedef enum {
  CC_OK = 0,
  CC_WARNED,       ///< The codec complained about something harmless.
  CC_DAMAGED,      ///< Pixels were lost, or may be wrong.
  CC_TRUNCATED,    ///< The bytes end too early.
  CC_UNSUPPORTED,  ///< The kind of file, or of image to write, is not one the codec knows.
  CC_TOO_MANY_SCANS,
  CC_TOO_SLOW,
  CC_OUT_OF_MEMORY,
} cc_status;

/// The reason of every status but CC_OK: a sentence for a person, ended by a NUL.
typedef struct {
  char message[240];
} cc_error;

/// What a header says.
typedef struct {
  uint32_t width;   ///< Columns, px.
  uint32_t height;  ///< Rows, px.
  uint64_t memory;  ///< Bytes that `read` will allocate, roughly.
  uint32_t frames;  ///< Images of an animation, else 1; the first is read.
  bool by_rows;     ///< Whether `read` may be called for some rows at a time.
} cc_header;

/// What `read` may take.
typedef struct {
  double seconds;  ///< CPU time.
  uint32_t scans;  ///< Scans of a JPEG.
} cc_limits;

/// Encoded bytes, to be freed by cc_bytes_free.
typedef struct {
  uint8_t *start;
  size_t count;
} cc_bytes;

/// Frees what an encoder made; a second call does nothing.
void cc_bytes_free(cc_bytes *bytes);

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

typedef struct cc_png_reader cc_png_reader;
typedef struct cc_jpeg_reader cc_jpeg_reader;
typedef struct cc_webp_reader cc_webp_reader;

/// Reads a header. On CC_OK, `*output` is a reader that the matching `free` ends, and `*header` is
/// filled; else `*output` is NULL.
cc_status cc_png_reader_init(const uint8_t *bytes, size_t count, cc_png_reader **output,
                             cc_header *header, cc_error *error);
cc_status cc_jpeg_reader_init(const uint8_t *bytes, size_t count, cc_jpeg_reader **output,
                              cc_header *header, cc_error *error);
cc_status cc_webp_reader_init(const uint8_t *bytes, size_t count, cc_webp_reader **output,
                              cc_header *header, cc_error *error);

/// Lets a JPEG be decoded at a half, a quarter or an eighth of its size, which takes a part of the
/// time, as long as it stays at least `width` x `height`. To be called before `read`; `*header`
/// gets the new size.
void cc_jpeg_reader_shrink(cc_jpeg_reader *self, uint32_t width, uint32_t height,
                           cc_header *header);

/// Decodes the next `rows` rows, all of them unless the header says otherwise, into `width * rows *
/// 3` bytes of RGB, alpha blended over white. Pixels that cannot be decoded are left as they were.
/// The status is the worst so far. To be called with the `error` that `init` got, which may hold a
/// complaint about the header already; the limits are those of the first call.
cc_status cc_png_reader_read(cc_png_reader *self, const cc_limits *limits, uint32_t rows,
                             uint8_t *pixels, cc_error *error);
cc_status cc_jpeg_reader_read(cc_jpeg_reader *self, const cc_limits *limits, uint32_t rows,
                              uint8_t *pixels, cc_error *error);
cc_status cc_webp_reader_read(cc_webp_reader *self, const cc_limits *limits, uint32_t rows,
                              uint8_t *pixels, cc_error *error);

/// Frees a reader; NULL is fine.
void cc_png_reader_free(cc_png_reader *self);
void cc_jpeg_reader_free(cc_jpeg_reader *self);
void cc_webp_reader_free(cc_webp_reader *self);

/// Encodes `width * height * channels` bytes, gray (1) or RGB (3). On CC_OK, `*output` is to be
/// freed by cc_bytes_free; else it is empty.
cc_status cc_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                        cc_bytes *output, cc_error *error);
/// The same as JPEG, baseline, 4:4:4; `quality` is 1...100.
cc_status cc_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                         int quality, cc_bytes *output, cc_error *error);
/// The same as WebP; RGB only.
cc_status cc_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality,
                         bool lossless, cc_bytes *output, cc_error *error);

/// The old samples that one new sample is made from.
typedef struct {
  uint32_t first;    ///< The first of them.
  uint32_t count;    ///< How many.
  uint32_t weights;  ///< Where their weights begin.
} cc_window;

/// How one side of an image is resampled: a window for every new sample, in order.
typedef struct {
  const cc_window *windows;
  size_t count;
  const int32_t *weights;  ///< In 22-bit fixed point.
} cc_resampling;

/// The vertical pass: makes one row from several.
///
/// @param rows    `count` old rows of `length` samples, one after the other.
/// @param weights One for each of them.
/// @param output  Gets `length` samples.
void cc_resample_vertically(const uint8_t *rows, const int32_t *weights, size_t count,
                            size_t length, uint8_t *output);

/// The horizontal pass: makes rows wider or narrower.
///
/// @param pixels  `rows` rows of `width` pixels of `channels` samples.
/// @param output  Gets as many rows of `resampling->count` pixels.
/// @param scratch `16 * channels * (width + resampling->count)` bytes to work in.
void cc_resample_horizontally(const cc_resampling *resampling, const uint8_t *pixels, size_t width,
                              size_t rows, size_t channels, uint8_t *output, uint8_t *scratch);

/// Makes this thread resample as processors without AVX2 do, for tests.
void cc_resample_portably(bool wished);

/// The version of a codec library in use, as text that lives for ever.
const char *cc_png_version(void);
/// The same of libjpeg-turbo, as it was when this was compiled: the library does not tell.
const char *cc_jpeg_version(void);
/// Major, minor, revision of libwebp, one byte each, as 0xMMmmrr.
uint32_t cc_webp_version(void);
