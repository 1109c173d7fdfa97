#include <errno.h>
#include <stdlib.h>
#include <webp/encode.h>

#include "internal.h"

/// An encoder with its source and its sink.
typedef struct {
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter memory;
} webp_writer;

static bool webp_writer_configure(webp_writer *self, int quality, bool lossless) {
  if (!WebPConfigInit(&self->config) || !WebPPictureInit(&self->picture)) return false;
  WebPMemoryWriterInit(&self->memory);
  self->config.quality = (float)quality;
  if (lossless && !WebPConfigLosslessPreset(&self->config, 6)) return false;
  self->picture.use_argb = lossless;
  self->picture.writer = WebPMemoryWrite;
  self->picture.custom_ptr = &self->memory;
  return true;
}

/// Hands the bytes over in memory that `free` takes.
static cc_status webp_writer_finish(webp_writer *self, cc_bytes *output, cc_error *error) {
  WebPEncodingError code = self->picture.error_code;
  // Some allocations that fail leave libwebp with another image, and only malloc says so.
  if (code == VP8_ENC_OK && errno == ENOMEM) code = VP8_ENC_ERROR_OUT_OF_MEMORY;
  // Writing fails only where the bytes before could not become more.
  if (code == VP8_ENC_ERROR_OUT_OF_MEMORY || code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY ||
      code == VP8_ENC_ERROR_BAD_WRITE) {
    return cc_fail(error, CC_OUT_OF_MEMORY, "libwebp has no memory");
  }
  if (code != VP8_ENC_OK) return cc_fail(error, CC_UNSUPPORTED, "libwebp's error %d", (int)code);
  *output = (cc_bytes){self->memory.mem, self->memory.size};
  self->memory.mem = NULL;
  return CC_OK;
}

cc_status cc_webp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality,
                         bool lossless, cc_bytes *output, cc_error *error) {
  *output = (cc_bytes){0};
  webp_writer self;
  if (!webp_writer_configure(&self, quality, lossless)) {
    return cc_fail(error, CC_UNSUPPORTED, "libwebp is not the version this was built for");
  }
  self.picture.width = (int)width;
  self.picture.height = (int)height;
  errno = 0;
  if (WebPPictureImportRGB(&self.picture, pixels, 3 * (int)width)) {
    WebPEncode(&self.config, &self.picture);
  }
  cc_status status = webp_writer_finish(&self, output, error);
  WebPMemoryWriterClear(&self.memory);
  WebPPictureFree(&self.picture);
  return status;
}
