#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/// Everything that must survive the jump lives here, on the heap, never in a local.
struct cc_png_reader {
  png_structp codec;
  png_infop info;
  jmp_buf escape;
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  size_t chunk;      // where the next chunk begins
  uint8_t *scratch;  // RGBA: one row, or the whole image if it is interlaced
  int passes;        // 0 before the first row is read
  uint32_t row;      // the next
  bool has_ended;    // libpng has given up, or all rows are read
  double deadline;
  bool allocation_failed;
  cc_status status;  // the worst so far
  cc_error *error;   // of the call in progress
};

/// Keeps a reason if it is worse than the one before.
static void png_reader_note(cc_png_reader *self, cc_status status, const char *message) {
  if (status > self->status) self->status = cc_fail(self->error, status, "%s", message);
}

static void png_reader_fail(png_structp codec, png_const_charp message) {
  cc_png_reader *self = png_get_error_ptr(codec);
  cc_status status = self->allocation_failed ? CC_OUT_OF_MEMORY : CC_DAMAGED;
  png_reader_note(self, status, message);
  longjmp(self->escape, 1);
}

/// A wrong checksum in an ancillary chunk is a warning to libpng; but the chunk is tRNS, since the
/// others are skipped before.
static void png_reader_warn(png_structp codec, png_const_charp message) {
  cc_png_reader *self = png_get_error_ptr(codec);
  bool harmful = strstr(message, "CRC error") != NULL;
  png_reader_note(self, harmful ? CC_DAMAGED : CC_WARNED, message);
}

static png_voidp png_reader_allocate(png_structp codec, png_alloc_size_t count) {
  cc_png_reader *self = png_get_mem_ptr(codec);
  void *memory = malloc(count);
  if (memory == NULL) self->allocation_failed = true;
  return memory;
}

static void png_reader_release(png_structp codec, png_voidp memory) {
  (void)codec;
  free(memory);
}

static void png_reader_check_time(cc_png_reader *self) {
  if (cc_cpu_seconds() < self->deadline) return;
  png_reader_note(self, CC_TOO_SLOW, "decoding takes too long");
  longjmp(self->escape, 1);
}

/// Whether a chunk is one of those that say something beside the pixels.
static bool png_reader_knows(const uint8_t *type) {
  static const char names[][5] = {"acTL", "bKGD", "caBX", "cHRM", "cICP", "cLLi", "eXIf", "fcTL",
                                  "fdAT", "gAMA", "gIFg", "gIFt", "gIFx", "hIST", "iCCP", "iDOT",
                                  "iTXt", "mDCv", "oFFs", "orNT", "pCAL", "pHYs", "sBIT", "sCAL",
                                  "sPLT", "sRGB", "sTER", "tEXt", "tIME", "vpAg", "zTXt"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (memcmp(type, names[i], 4) == 0) return true;
  }
  return false;
}

static bool png_reader_is_letter(uint8_t byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/// A chunk's name for a message, whatever its bytes are.
static void png_reader_describe(const uint8_t *type, char *name, size_t count) {
  size_t length = 0;
  for (size_t i = 0; i < 4 && length + 5 < count; i++) {
    const char *form = png_reader_is_letter(type[i]) ? "%c" : "\\x%02x";
    length += (size_t)snprintf(name + length, count - length, form, type[i]);
  }
}

/// Checks an ancillary chunk that libpng is not shown. Where its name is none that is known, a
/// wrong checksum is damage: it may have been tRNS, or have lost its critical bit.
static void png_reader_inspect(cc_png_reader *self, const uint8_t *type, size_t length) {
  char name[32] = "";
  char message[96];
  uint32_t sum = cc_crc32(0, type, 4 + length);
  const uint8_t *stored = type + 4 + length;
  bool is_right = sum == ((uint32_t)stored[0] << 24 | (uint32_t)stored[1] << 16 |
                          (uint32_t)stored[2] << 8 | stored[3]);
  bool is_odd = false;
  for (size_t i = 0; i < 4; i++) is_odd |= !png_reader_is_letter(type[i]);
  if (is_right && !is_odd) return;
  png_reader_describe(type, name, sizeof name);
  snprintf(message, sizeof message,
           is_right ? "a chunk with the odd name %s is skipped"
                    : "the checksum of the chunk %s is wrong",
           name);
  bool is_harmless = is_right || png_reader_knows(type);
  png_reader_note(self, is_harmless ? CC_WARNED : CC_DAMAGED, message);
}

/// Moves over the ancillary chunks that libpng has no need of: text and profiles can be bombs, and
/// an odd name would be an error.
static void png_reader_skip_ancillary(cc_png_reader *self) {
  for (unsigned round = 1; self->count - self->offset >= 12; round++) {
    const uint8_t *chunk = self->bytes + self->offset;
    size_t length =
        (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
    const uint8_t *type = chunk + 4;
    bool is_ancillary = (type[0] & 0x20) != 0 && memcmp(type, "tRNS", 4) != 0;
    bool is_whole = length <= PNG_UINT_31_MAX && length <= self->count - self->offset - 12;
    self->chunk = self->offset + 12 + length;
    if (!is_ancillary || !is_whole) return;
    png_reader_inspect(self, type, length);
    self->offset = self->chunk;
    if (round % 1024 == 0 || length > 1024) png_reader_check_time(self);
  }
}

/// libpng's source of bytes. It also looks at the time, since a chunk can inflate a thousandfold
/// without giving a single row.
static void png_reader_supply(png_structp codec, png_bytep target, size_t count) {
  cc_png_reader *self = png_get_io_ptr(codec);
  if (self->offset == self->chunk) png_reader_skip_ancillary(self);
  if (count > self->count - self->offset) {
    if (self->status < CC_TRUNCATED) {
      self->status = cc_fail(self->error, CC_TRUNCATED, "it ends after %zu bytes", self->count);
    }
    longjmp(self->escape, 1);
  }
  memcpy(target, self->bytes + self->offset, count);
  self->offset += count;
  if (count > 1024) png_reader_check_time(self);
}

static void png_reader_start(cc_png_reader *self) {
  self->codec =
      png_create_read_struct_2(PNG_LIBPNG_VER_STRING, self, png_reader_fail, png_reader_warn, self,
                               png_reader_allocate, png_reader_release);
  if (self->codec != NULL) self->info = png_create_info_struct(self->codec);
  if (self->info == NULL) {
    png_reader_note(self, CC_OUT_OF_MEMORY, "libpng could not start");
    longjmp(self->escape, 1);
  }
  png_set_read_fn(self->codec, self, png_reader_supply);
  // Sizes are the caller's to refuse, by its own limits.
  png_set_user_limits(self->codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Every critical chunk but IHDR, PLTE, IDAT, IEND is skipped.
  png_set_keep_unknown_chunks(self->codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(self->codec, self->info);
}

/// Asks for 8-bit RGB, or RGBA where there is any transparency.
static void png_reader_transform(cc_png_reader *self) {
  png_set_expand(self->codec);
  png_set_scale_16(self->codec);
  png_set_gray_to_rgb(self->codec);
}

static bool png_reader_has_alpha(const cc_png_reader *self) {
  return (png_get_color_type(self->codec, self->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
         png_get_valid(self->codec, self->info, PNG_INFO_tRNS) != 0;
}

static bool png_reader_is_interlaced(const cc_png_reader *self) {
  return png_get_interlace_type(self->codec, self->info) != PNG_INTERLACE_NONE;
}

/// Bytes of RGBA that have to be kept before they can be blended.
static uint64_t png_reader_scratch_count(const cc_png_reader *self) {
  if (!png_reader_has_alpha(self)) return 0;
  uint64_t row = 4 * (uint64_t)png_get_image_width(self->codec, self->info);
  uint64_t rows =
      png_reader_is_interlaced(self) ? png_get_image_height(self->codec, self->info) : 1;
  return row * rows;
}

cc_status cc_png_reader_init(const uint8_t *bytes, size_t count, cc_png_reader **output,
                             cc_header *header, cc_error *error) {
  *output = NULL;
  cc_png_reader *self = calloc(1, sizeof *self);
  if (self == NULL) return cc_fail(error, CC_OUT_OF_MEMORY, "no memory for a PNG reader");
  self->bytes = bytes;
  self->count = count;
  self->chunk = 8;  // behind the signature
  self->error = error;
  self->deadline = cc_cpu_seconds() + 1;  // headers are short
  if (setjmp(self->escape)) {
    cc_status status = self->status;
    cc_png_reader_free(self);
    return status;
  }
  png_reader_start(self);
  header->width = png_get_image_width(self->codec, self->info);
  header->height = png_get_image_height(self->codec, self->info);
  uint64_t scratch = png_reader_scratch_count(self);
  uint64_t rows = 20 * (uint64_t)header->width;
  header->memory = scratch > UINT64_MAX - rows ? UINT64_MAX : scratch + rows;
  header->frames = 1;
  header->by_rows = !png_reader_is_interlaced(self);
  *output = self;
  return CC_OK;
}

static void png_reader_prepare(cc_png_reader *self, const cc_limits *limits) {
  if (self->passes > 0) return;
  self->deadline = cc_cpu_seconds() + limits->seconds;
  uint64_t scratch = png_reader_scratch_count(self);
  // Zeroed: a damaged interlaced image has pixels that no pass reached.
  if (scratch > 0 && (self->scratch = calloc(scratch, 1)) == NULL) {
    png_reader_note(self, CC_OUT_OF_MEMORY, "no memory for a transparent image");
    longjmp(self->escape, 1);
  }
  png_reader_transform(self);
  self->passes = png_set_interlace_handling(self->codec);
  png_read_update_info(self->codec, self->info);
}

/// Reads opaque rows straight into the output; passes of an interlaced image fill in one another.
static void png_reader_read_opaque(cc_png_reader *self, uint32_t rows, uint8_t *pixels) {
  size_t stride = 3 * (size_t)png_get_image_width(self->codec, self->info);
  for (int pass = 0; pass < self->passes; pass++) {
    for (uint32_t row = 0; row < rows; row++) {
      png_read_row(self->codec, pixels + row * stride, NULL);
      if (row % 16 == 0) png_reader_check_time(self);
    }
  }
}

static void png_reader_read_alpha(cc_png_reader *self, uint32_t rows, uint8_t *pixels) {
  size_t width = png_get_image_width(self->codec, self->info);
  size_t step = png_reader_is_interlaced(self) ? 4 * width : 0;
  for (int pass = 0; pass < self->passes; pass++) {
    for (uint32_t row = 0; row < rows; row++) {
      uint8_t *source = self->scratch + row * step;
      png_read_row(self->codec, source, NULL);
      if (pass == self->passes - 1) cc_blend_over_white(source, width, pixels + 3 * row * width);
      if (row % 16 == 0) png_reader_check_time(self);
    }
  }
}

cc_status cc_png_reader_read(cc_png_reader *self, const cc_limits *limits, uint32_t rows,
                             uint8_t *pixels, cc_error *error) {
  self->error = error;
  if (self->has_ended) return self->status;
  if (setjmp(self->escape)) {
    self->has_ended = true;
    return self->status;
  }
  png_reader_prepare(self, limits);
  uint32_t left = png_get_image_height(self->codec, self->info) - self->row;
  if (rows > left) rows = left;
  if (self->scratch == NULL) {
    png_reader_read_opaque(self, rows, pixels);
  } else {
    png_reader_read_alpha(self, rows, pixels);
  }
  self->row += rows;
  if (rows == left) {
    png_read_end(self->codec, NULL);
    self->has_ended = true;
  }
  return self->status;
}

void cc_png_reader_free(cc_png_reader *self) {
  if (self == NULL) return;
  png_destroy_read_struct(&self->codec, &self->info, NULL);
  free(self->scratch);
  free(self);
}

const char *cc_png_version(void) { return png_get_libpng_ver(NULL); }
