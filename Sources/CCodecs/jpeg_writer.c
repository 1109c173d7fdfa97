#include <setjmp.h>
#include <stdlib.h>

#include "internal.h"
#include "libjpeg.h"

/// Everything that must survive the jump lives here, on the heap, never in a local.
typedef struct {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr handler;
  struct jpeg_destination_mgr destination;
  jmp_buf escape;
  cc_bytes output;
  size_t capacity;
  cc_status status;
  cc_error *error;
} jpeg_writer;

/// Keeps libjpeg's message and leaves; libjpeg must never get control back.
static void jpeg_writer_fail(j_common_ptr codec) {
  jpeg_writer *self = codec->client_data;
  bool no_memory = self->handler.msg_code == JERR_OUT_OF_MEMORY;
  char message[JMSG_LENGTH_MAX];
  self->handler.format_message(codec, message);
  self->status = cc_fail(self->error, no_memory ? CC_OUT_OF_MEMORY : CC_UNSUPPORTED, "%s", message);
  longjmp(self->escape, 1);
}

/// libjpeg would print.
static void jpeg_writer_stay_silent(j_common_ptr codec) { (void)codec; }

/// Gives libjpeg room behind what it has written. libjpeg's own sink of this kind names memory that
/// it has freed where it runs out of memory.
static void jpeg_writer_make_room(jpeg_writer *self) {
  if (!cc_bytes_reserve(&self->output, &self->capacity, 4096)) {
    self->status = cc_fail(self->error, CC_OUT_OF_MEMORY, "no memory for the encoded bytes");
    longjmp(self->escape, 1);
  }
  self->destination.next_output_byte = self->output.start + self->output.count;
  self->destination.free_in_buffer = self->capacity - self->output.count;
}

static void jpeg_writer_begin(j_compress_ptr codec) { jpeg_writer_make_room(codec->client_data); }

/// Called when all of the room is used.
static boolean jpeg_writer_go_on(j_compress_ptr codec) {
  jpeg_writer *self = codec->client_data;
  self->output.count = self->capacity;
  jpeg_writer_make_room(self);
  return TRUE;
}

static void jpeg_writer_end(j_compress_ptr codec) {
  jpeg_writer *self = codec->client_data;
  self->output.count = self->capacity - self->destination.free_in_buffer;
}

static void jpeg_writer_free(jpeg_writer *self) {
  jpeg_destroy_compress(&self->codec);
  cc_bytes_free(&self->output);
  free(self);
}

static void jpeg_writer_start(jpeg_writer *self, uint32_t width, uint32_t height, int channels,
                              int quality) {
  struct jpeg_compress_struct *codec = &self->codec;
  jpeg_create_compress(codec);
  self->destination.init_destination = jpeg_writer_begin;
  self->destination.empty_output_buffer = jpeg_writer_go_on;
  self->destination.term_destination = jpeg_writer_end;
  codec->dest = &self->destination;
  codec->image_width = width;
  codec->image_height = height;
  codec->input_components = channels;
  codec->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, quality, TRUE);
  for (int i = 0; i < codec->num_components; i++) {
    codec->comp_info[i].h_samp_factor = 1;
    codec->comp_info[i].v_samp_factor = 1;
  }
  jpeg_start_compress(codec, TRUE);
}

cc_status cc_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                         int quality, cc_bytes *output, cc_error *error) {
  *output = (cc_bytes){0};
  jpeg_writer *self = calloc(1, sizeof *self);
  if (self == NULL) return cc_fail(error, CC_OUT_OF_MEMORY, "no memory for a JPEG writer");
  self->error = error;
  self->codec.err = jpeg_std_error(&self->handler);
  self->codec.client_data = self;
  self->handler.error_exit = jpeg_writer_fail;
  self->handler.output_message = jpeg_writer_stay_silent;
  if (setjmp(self->escape)) {
    cc_status status = self->status;
    jpeg_writer_free(self);
    return status;
  }
  jpeg_writer_start(self, width, height, channels, quality);
  size_t stride = (size_t)width * (size_t)channels;
  while (self->codec.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + self->codec.next_scanline * stride);
    jpeg_write_scanlines(&self->codec, &row, 1);
  }
  jpeg_finish_compress(&self->codec);
  *output = self->output;
  self->output = (cc_bytes){0};
  jpeg_writer_free(self);
  return CC_OK;
}
