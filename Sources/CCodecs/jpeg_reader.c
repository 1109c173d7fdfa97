#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "libjpeg.h"

/// Everything that must survive the jump lives here, on the heap, never in a local.
struct cc_jpeg_reader {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr handler;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  struct jpeg_source_mgr source;
  const uint8_t *bytes;
  size_t count;
  size_t offset;  // of what libjpeg has not got yet
  uint8_t *row;   // one row of CMYK
  double deadline;
  uint32_t scans;
  bool has_started;
  bool has_all_rows;
  bool has_ended;    // libjpeg has given up, or all rows are read
  cc_status status;  // the worst so far
  cc_error *error;   // of the call in progress
};

/// Keeps a reason if it is worse than the one before.
static void jpeg_reader_note(cc_jpeg_reader *self, cc_status status) {
  if (status <= self->status) return;
  char message[JMSG_LENGTH_MAX];
  self->handler.format_message((j_common_ptr)&self->codec, message);
  self->status = cc_fail(self->error, status, "%s", message);
}

/// Whether a Samsung phone has put data of its own in the place of the end marker.
static bool jpeg_reader_has_samsung_trailer(const cc_jpeg_reader *self) {
  return self->count >= 4 && memcmp(self->bytes + self->count - 4, "SEFT", 4) == 0;
}

/// Keeps libjpeg's message and leaves; libjpeg must never get control back.
static void jpeg_reader_fail(j_common_ptr codec) {
  cc_jpeg_reader *self = codec->client_data;
  switch (self->handler.msg_code) {
    case JERR_OUT_OF_MEMORY:
      jpeg_reader_note(self, CC_OUT_OF_MEMORY);
      break;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      jpeg_reader_note(self, self->has_all_rows ? CC_WARNED : CC_UNSUPPORTED);
      break;
    default:
      jpeg_reader_note(self, self->has_all_rows ? CC_WARNED : CC_DAMAGED);
  }
  longjmp(self->escape, 1);
}

/// What a warning of libjpeg means for the pixels.
static cc_status jpeg_reader_severity(int code) {
  switch (code) {
    case JWRN_JPEG_EOF:
      return CC_TRUNCATED;
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_TOO_MUCH_DATA:
    case JWRN_BOGUS_ICC:
      return CC_WARNED;
    default:
      return CC_DAMAGED;
  }
}

static void jpeg_reader_check_time(cc_jpeg_reader *self) {
  if (cc_cpu_seconds() < self->deadline) return;
  self->status = cc_fail(self->error, CC_TOO_SLOW, "decoding takes too long");
  longjmp(self->escape, 1);
}

/// Level -1 is a warning, the others are traces. Rubbish can give a warning every few bytes.
static void jpeg_reader_warn(j_common_ptr codec, int level) {
  cc_jpeg_reader *self = codec->client_data;
  if (level >= 0) return;
  cc_status severity = jpeg_reader_severity(self->handler.msg_code);
  if (self->has_all_rows && jpeg_reader_has_samsung_trailer(self)) severity = CC_WARNED;
  jpeg_reader_note(self, severity);
  if (++self->handler.num_warnings % 256 == 0) jpeg_reader_check_time(self);
}

/// libjpeg would print.
static void jpeg_reader_stay_silent(j_common_ptr codec) { (void)codec; }

/// Called for every row of blocks of every scan.
static void jpeg_reader_progress(j_common_ptr codec) {
  cc_jpeg_reader *self = codec->client_data;
  if (self->codec.input_scan_number > 0 && (uint32_t)self->codec.input_scan_number > self->scans) {
    self->status = cc_fail(self->error, CC_TOO_MANY_SCANS, "more than %u scans", self->scans);
    longjmp(self->escape, 1);
  }
  jpeg_reader_check_time(self);
}

/// Bytes of coefficients that are kept where an image comes in several scans.
static uint64_t jpeg_reader_memory(cc_jpeg_reader *self) {
  struct jpeg_decompress_struct *codec = &self->codec;
  uint64_t memory = 64 * (uint64_t)codec->image_width * (uint64_t)codec->num_components;
  if (!jpeg_has_multiple_scans(codec)) return memory;
  for (int i = 0; i < codec->num_components; i++) {
    const jpeg_component_info *component = &codec->comp_info[i];
    uint64_t columns = component->width_in_blocks + (uint64_t)component->h_samp_factor;
    uint64_t rows = component->height_in_blocks + (uint64_t)component->v_samp_factor;
    memory += columns * rows * sizeof(JBLOCK);
  }
  return memory;
}

static void jpeg_reader_start_source(j_decompress_ptr codec) { (void)codec; }

/// Hands libjpeg the next piece, and looks at the time: fill bytes and rubbish give no rows.
static boolean jpeg_reader_supply(j_decompress_ptr codec) {
  static const JOCTET end[2] = {0xFF, JPEG_EOI};
  cc_jpeg_reader *self = codec->client_data;
  jpeg_reader_check_time(self);
  size_t left = self->count - self->offset;
  size_t piece = left < 1 << 16 ? left : 1 << 16;
  if (piece == 0) {
    // As libjpeg's own sources do at the end.
    WARNMS(codec, JWRN_JPEG_EOF);
    self->source.next_input_byte = end;
    self->source.bytes_in_buffer = sizeof end;
    return TRUE;
  }
  self->source.next_input_byte = self->bytes + self->offset;
  self->source.bytes_in_buffer = piece;
  self->offset += piece;
  return TRUE;
}

static void jpeg_reader_skip(j_decompress_ptr codec, long count) {
  cc_jpeg_reader *self = codec->client_data;
  while (count > 0 && (size_t)count > self->source.bytes_in_buffer) {
    count -= (long)self->source.bytes_in_buffer;
    jpeg_reader_supply(codec);
  }
  if (count <= 0) return;
  self->source.next_input_byte += count;
  self->source.bytes_in_buffer -= (size_t)count;
}

static void jpeg_reader_start(cc_jpeg_reader *self) {
  jpeg_create_decompress(&self->codec);
  // jpeg_create_decompress keeps err and client_data, and clears the rest.
  self->codec.progress = &self->progress;
  self->source.init_source = jpeg_reader_start_source;
  self->source.fill_input_buffer = jpeg_reader_supply;
  self->source.skip_input_data = jpeg_reader_skip;
  self->source.resync_to_restart = jpeg_resync_to_restart;
  self->source.term_source = jpeg_reader_start_source;
  self->codec.src = &self->source;
  jpeg_read_header(&self->codec, TRUE);
}

cc_status cc_jpeg_reader_init(const uint8_t *bytes, size_t count, cc_jpeg_reader **output,
                              cc_header *header, cc_error *error) {
  *output = NULL;
  cc_jpeg_reader *self = calloc(1, sizeof *self);
  if (self == NULL) return cc_fail(error, CC_OUT_OF_MEMORY, "no memory for a JPEG reader");
  self->bytes = bytes;
  self->count = count;
  self->error = error;
  self->scans = UINT32_MAX;
  self->deadline = cc_cpu_seconds() + 1;  // headers are short
  self->codec.err = jpeg_std_error(&self->handler);
  self->codec.client_data = self;
  self->handler.error_exit = jpeg_reader_fail;
  self->handler.emit_message = jpeg_reader_warn;
  self->handler.output_message = jpeg_reader_stay_silent;
  self->progress.progress_monitor = jpeg_reader_progress;
  if (setjmp(self->escape)) {
    cc_status status = self->status;
    cc_jpeg_reader_free(self);
    return status;
  }
  jpeg_reader_start(self);
  header->width = self->codec.image_width;
  header->height = self->codec.image_height;
  header->memory = jpeg_reader_memory(self);
  header->frames = 1;
  header->by_rows = true;
  *output = self;
  return CC_OK;
}

void cc_jpeg_reader_shrink(cc_jpeg_reader *self, uint32_t width, uint32_t height,
                           cc_header *header) {
  struct jpeg_decompress_struct *codec = &self->codec;
  for (unsigned divisor = 8; divisor > 1; divisor /= 2) {
    uint32_t columns = (codec->image_width + divisor - 1) / divisor;
    uint32_t rows = (codec->image_height + divisor - 1) / divisor;
    if (columns < width || rows < height) continue;
    codec->scale_num = 1;
    codec->scale_denom = divisor;
    header->width = columns;
    header->height = rows;
    return;
  }
}

/// Turns inverted CMYK, as Adobe's programs store it, into RGB.
static void jpeg_reader_convert_cmyk(const uint8_t *cmyk, size_t count, uint8_t *rgb) {
  for (size_t i = 0; i < count; i++) {
    unsigned light = cmyk[4 * i + 3];
    for (size_t channel = 0; channel < 3; channel++) {
      unsigned product = (255u - cmyk[4 * i + channel]) * light + 128;
      rgb[3 * i + channel] = (uint8_t)(light - ((product + (product >> 8)) >> 8));
    }
  }
}

static void jpeg_reader_prepare(cc_jpeg_reader *self, const cc_limits *limits) {
  if (self->has_started) return;
  self->has_started = true;
  self->scans = limits->scans;
  self->deadline = cc_cpu_seconds() + limits->seconds;
  bool is_cmyk = self->codec.num_components == 4;
  if (is_cmyk && (self->row = malloc(4 * (size_t)self->codec.image_width)) == NULL) {
    self->status = cc_fail(self->error, CC_OUT_OF_MEMORY, "no memory for a row");
    longjmp(self->escape, 1);
  }
  self->codec.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&self->codec);
}

static void jpeg_reader_read_rows(cc_jpeg_reader *self, uint32_t rows, uint8_t *pixels) {
  struct jpeg_decompress_struct *codec = &self->codec;
  size_t stride = 3 * (size_t)codec->output_width;
  for (uint32_t i = 0; i < rows && codec->output_scanline < codec->output_height; i++) {
    uint8_t *target = pixels + i * stride;
    JSAMPROW row = self->row == NULL ? target : self->row;
    jpeg_read_scanlines(codec, &row, 1);
    if (self->row != NULL) jpeg_reader_convert_cmyk(row, codec->output_width, target);
  }
}

cc_status cc_jpeg_reader_read(cc_jpeg_reader *self, const cc_limits *limits, uint32_t rows,
                              uint8_t *pixels, cc_error *error) {
  self->error = error;
  if (self->has_ended) return self->status;
  if (setjmp(self->escape)) {
    self->has_ended = true;
    return self->status;
  }
  jpeg_reader_prepare(self, limits);
  jpeg_reader_read_rows(self, rows, pixels);
  if (self->codec.output_scanline == self->codec.output_height) {
    // What is wrong behind the last row costs no pixels: cameras put data there.
    self->has_all_rows = true;
    jpeg_finish_decompress(&self->codec);
    self->has_ended = true;
  }
  return self->status;
}

void cc_jpeg_reader_free(cc_jpeg_reader *self) {
  if (self == NULL) return;
  jpeg_destroy_decompress(&self->codec);
  free(self->row);
  free(self);
}

#define CC_TEXT_OF(value) #value
#define CC_TEXT(value) CC_TEXT_OF(value)

const char *cc_jpeg_version(void) { return CC_TEXT(LIBJPEG_TURBO_VERSION); }
