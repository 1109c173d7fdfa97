#include <errno.h>
#include <stdlib.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "internal.h"

struct cc_webp_reader {
  WebPDemuxer *demuxer;
  WebPIterator frame;  // the first
  bool is_cut;         // the bytes end before the file does
  bool allocation_failed;
  size_t count;
  uint32_t width;
  uint32_t height;
  WebPIDecoder *decoder;
  WebPDecoderConfig config;
  uint8_t *scratch;  // RGBA of a transparent frame
};

/// Bytes of RGBA that have to be kept before they can be blended.
static uint64_t webp_reader_scratch_count(const cc_webp_reader *self) {
  if (!self->config.input.has_alpha) return 0;
  return 4 * (uint64_t)self->frame.width * (uint64_t)self->frame.height;
}

/// libwebp keeps a lossless image whole, a lossy one by rows, and its alpha whole.
static uint64_t webp_reader_memory(const cc_webp_reader *self) {
  bool is_lossless = self->config.input.format == 2;
  uint64_t pixels = (uint64_t)self->frame.width * (uint64_t)self->frame.height;
  uint64_t own = is_lossless ? 4 * pixels : (self->config.input.has_alpha ? 2 * pixels : 0);
  return own + webp_reader_scratch_count(self) + 256 * (uint64_t)self->frame.width;
}

/// Finds the frames. libwebp calls an allocation that failed a parse error, but malloc says so in
/// errno; where a second try succeeds, nothing is wrong with the file either.
static void webp_reader_demux(cc_webp_reader *self, const WebPData *file) {
  for (int attempt = 0; attempt < 2 && self->demuxer == NULL; attempt++) {
    WebPDemuxState state = WEBP_DEMUX_PARSING_HEADER;
    errno = 0;
    self->demuxer = WebPDemuxPartial(file, &state);
    self->allocation_failed = self->demuxer == NULL && errno == ENOMEM;
    self->is_cut = state == WEBP_DEMUX_PARSING_HEADER || state == WEBP_DEMUX_PARSED_HEADER;
  }
}

/// Finds the first frame and what it is.
static cc_status webp_reader_start(cc_webp_reader *self, const uint8_t *bytes, cc_error *error) {
  WebPData file = {bytes, self->count};
  webp_reader_demux(self, &file);
  bool found = self->demuxer != NULL && WebPDemuxGetFrame(self->demuxer, 1, &self->frame) != 0;
  VP8StatusCode status = VP8_STATUS_NOT_ENOUGH_DATA;
  if (found) {
    WebPData data = self->frame.fragment;
    status = WebPGetFeatures(data.bytes, data.size, &self->config.input);
  }
  if (status == VP8_STATUS_OK) return CC_OK;
  if (self->allocation_failed) return cc_fail(error, CC_OUT_OF_MEMORY, "libwebp has no memory");
  if (self->is_cut) {
    return cc_fail(error, CC_TRUNCATED, "it ends after %zu bytes", self->count);
  }
  return cc_fail(error, CC_DAMAGED, "the container makes no sense");
}

cc_status cc_webp_reader_init(const uint8_t *bytes, size_t count, cc_webp_reader **output,
                              cc_header *header, cc_error *error) {
  *output = NULL;
  cc_webp_reader *self = calloc(1, sizeof *self);
  if (self == NULL || !WebPInitDecoderConfig(&self->config)) {
    free(self);
    return cc_fail(error, CC_OUT_OF_MEMORY, "no memory for a WebP reader");
  }
  self->count = count;
  cc_status status = webp_reader_start(self, bytes, error);
  if (status != CC_OK) {
    cc_webp_reader_free(self);
    return status;
  }
  self->width = WebPDemuxGetI(self->demuxer, WEBP_FF_CANVAS_WIDTH);
  self->height = WebPDemuxGetI(self->demuxer, WEBP_FF_CANVAS_HEIGHT);
  header->width = self->width;
  header->height = self->height;
  header->memory = webp_reader_memory(self);
  header->frames = WebPDemuxGetI(self->demuxer, WEBP_FF_FRAME_COUNT);
  header->by_rows = false;
  *output = self;
  return CC_OK;
}

/// Points libwebp at the scratch rows, or straight at the frame's position on the canvas.
static void webp_reader_aim(cc_webp_reader *self, uint8_t *origin) {
  WebPDecBuffer *output = &self->config.output;
  output->is_external_memory = 1;
  output->colorspace = self->scratch != NULL ? MODE_RGBA : MODE_RGB;
  output->u.RGBA.rgba = self->scratch != NULL ? self->scratch : origin;
  output->u.RGBA.stride = self->scratch != NULL ? 4 * self->frame.width : 3 * (int)self->width;
  size_t rows = (size_t)self->frame.height;
  size_t row = (size_t)self->frame.width * (self->scratch != NULL ? 4 : 3);
  output->u.RGBA.size = (size_t)output->u.RGBA.stride * (rows - 1) + row;
}

/// Decodes as far as the bytes go.
static VP8StatusCode webp_reader_decode(cc_webp_reader *self) {
  WebPData data = self->frame.fragment;
  self->decoder = WebPIDecode(NULL, 0, &self->config);
  if (self->decoder == NULL) return VP8_STATUS_OUT_OF_MEMORY;
  return WebPIUpdate(self->decoder, data.bytes, data.size);
}

/// Moves the decoded rows of a transparent frame onto the canvas.
static void webp_reader_blend(cc_webp_reader *self, uint8_t *origin) {
  int rows = 0;
  if (WebPIDecGetRGB(self->decoder, &rows, NULL, NULL, NULL) == NULL) return;
  size_t width = (size_t)self->frame.width;
  for (size_t row = 0; row < (size_t)rows; row++) {
    cc_blend_over_white(self->scratch + 4 * row * width, width, origin + 3 * row * self->width);
  }
}

/// Turns a canvas that the first frame does not fill white.
static void webp_reader_clear(const cc_webp_reader *self, uint8_t *pixels) {
  bool fills =
      (uint32_t)self->frame.width == self->width && (uint32_t)self->frame.height == self->height;
  size_t count = 3 * (size_t)self->width * self->height;
  for (size_t i = 0; !fills && i < count; i++) pixels[i] = 255;
}

cc_status cc_webp_reader_read(cc_webp_reader *self, const cc_limits *limits, uint32_t rows,
                              uint8_t *pixels, cc_error *error) {
  (void)limits;  // libwebp's time is bounded by the number of pixels
  (void)rows;    // always all
  uint64_t scratch = webp_reader_scratch_count(self);
  if (scratch > 0 && (self->scratch = calloc(scratch, 1)) == NULL) {
    return cc_fail(error, CC_OUT_OF_MEMORY, "no memory for a transparent image");
  }
  webp_reader_clear(self, pixels);
  size_t first = (size_t)self->frame.y_offset * self->width + (size_t)self->frame.x_offset;
  webp_reader_aim(self, pixels + 3 * first);
  errno = 0;
  VP8StatusCode status = webp_reader_decode(self);
  if (status != VP8_STATUS_OK && errno == ENOMEM) status = VP8_STATUS_OUT_OF_MEMORY;
  if (self->scratch != NULL && self->decoder != NULL) webp_reader_blend(self, pixels + 3 * first);
  if (status == VP8_STATUS_OUT_OF_MEMORY) {
    return cc_fail(error, CC_OUT_OF_MEMORY, "libwebp has no memory");
  }
  if (self->is_cut) {
    return cc_fail(error, CC_TRUNCATED, "it ends after %zu bytes", self->count);
  }
  if (status == VP8_STATUS_OK) return CC_OK;
  bool is_short = status == VP8_STATUS_SUSPENDED || status == VP8_STATUS_NOT_ENOUGH_DATA;
  return is_short ? cc_fail(error, CC_TRUNCATED, "the image's data end too early")
                  : cc_fail(error, CC_DAMAGED, "the image's data make no sense");
}

void cc_webp_reader_free(cc_webp_reader *self) {
  if (self == NULL) return;
  if (self->decoder != NULL) WebPIDelete(self->decoder);
  WebPFreeDecBuffer(&self->config.output);
  WebPDemuxReleaseIterator(&self->frame);
  WebPDemuxDelete(self->demuxer);
  free(self->scratch);
  free(self);
}

uint32_t cc_webp_version(void) { return (uint32_t)WebPGetDecoderVersion(); }
