#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

cc_status cc_fail(cc_error *error, cc_status status, const char *message, ...) {
  va_list arguments;
  va_start(arguments, message);
  vsnprintf(error->message, sizeof error->message, message, arguments);
  va_end(arguments);
  return status;
}

double cc_cpu_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return 0;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cc_blend_over_white(const uint8_t *pixels, size_t count, uint8_t *output) {
  for (size_t i = 0; i < count; i++) {
    unsigned alpha = pixels[4 * i + 3];
    for (size_t channel = 0; channel < 3; channel++) {
      unsigned scaled = pixels[4 * i + channel] * alpha + 255 * (255 - alpha) + 128;
      output[3 * i + channel] = (uint8_t)((scaled + (scaled >> 8)) >> 8);  // scaled / 255, rounded
    }
  }
}

uint8_t *cc_bytes_reserve(cc_bytes *bytes, size_t *capacity, size_t more) {
  if (more <= *capacity - bytes->count) return bytes->start;
  size_t wanted = 2 * *capacity + more + 4096;
  uint8_t *start = realloc(bytes->start, wanted);
  if (start == NULL) return NULL;
  bytes->start = start;
  *capacity = wanted;
  return start;
}

void cc_bytes_free(cc_bytes *bytes) {
  free(bytes->start);
  *bytes = (cc_bytes){0};
}
