#include <cmath>
#include <cstring>

#include "reflection.h"
#include "threads.h"

namespace {

/// Fills [H, W, C] row by row; `fill(row, from)` writes the w pixels of image row `from`.
template <typename Fill>
void read_rows(int h, int w, int channels, float *to, int H, int W, Fill fill) {
  ck::in_parallel(H, [&](int row) {
    float *line = to + static_cast<size_t>(row) * W * channels;
    fill(line, ck::reflected(row, h));
    for (int column = w; column < W; column++)
      for (int c = 0; c < channels; c++)
        line[column * channels + c] = line[ck::reflected(column, w) * channels + c];
  });
}

}  // namespace

void ck_image_read_uint8(const uint8_t *samples, int h, int w, int channels, float *to, int H,
                         int W) {
  read_rows(h, w, channels, to, H, W, [&](float *line, int row) {
    const uint8_t *from = samples + static_cast<size_t>(row) * w * channels;
    for (int i = 0; i < w * channels; i++) line[i] = from[i] / 127.5f - 1;
  });
}

void ck_image_read_float32(const float *samples, int h, int w, int channels, float *to, int H,
                           int W) {
  read_rows(h, w, channels, to, H, W, [&](float *line, int row) {
    for (int c = 0; c < channels; c++) {
      const float *from = samples + (static_cast<size_t>(c) * h + row) * w;
      for (int column = 0; column < w; column++) line[column * channels + c] = from[column];
    }
  });
}

void ck_image_write_tanh(const float *from, int W, int channels, float *samples, int h, int w) {
  ck::in_parallel(h, [&](int row) {
    const float *line = from + static_cast<size_t>(row) * W * channels;
    for (int c = 0; c < channels; c++) {
      float *to = samples + (static_cast<size_t>(c) * h + row) * w;
      for (int column = 0; column < w; column++)
        to[column] = std::tanh(line[column * channels + c]);
    }
  });
}

void ck_nearest_upsample(const float *x, int h, int w, int channels, float *y) {
  const size_t pixel = channels, row = 2 * w * pixel;
  ck::in_parallel(h, [&](int i) {
    const float *from = x + i * w * pixel;
    float *to = y + 2 * i * row;
    for (int column = 0; column < w; column++)
      for (int twice = 0; twice < 2; twice++)
        std::memcpy(to + (2 * column + twice) * pixel, from + column * pixel,
                    pixel * sizeof(float));
    std::memcpy(to + row, to, row * sizeof(float));
  });
}
