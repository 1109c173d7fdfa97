#include <algorithm>
#include <stdexcept>
#include <vector>

#include "guard.h"
#include "kernel_table.h"
#include "parallel.h"

/// For every pixel of x the products with all k * k taps of all K outputs, [k * k * K] columns;
/// then each output is the sum of k * k of its neighbours' columns.
struct ck_thin {
  ck_thin(int input, int output, int kernel, const float *weight, const float *bias);

  void run(const ck_map &map, const float *x, int height, int width, float *y) const;

 private:
  void rows(const ck_map &map, const float *x, int height, int width, int first, int end,
            float *scratch, float *y) const;
  void sum(const std::vector<const float *> &products, int width, const std::vector<int> &mirror,
           float *y) const;

  const int input, output, kernel;
  int columns;                // k * k * K and 4 to spare, rounded up to whole vectors
  std::vector<float> packed;  // [strip][C][columns of a strip]
  std::vector<float> bias;
};

ck_thin::ck_thin(int input, int output, int kernel, const float *weight, const float *bias_values)
    : input(input), output(output), kernel(kernel), bias(output) {
  if (output > 4) throw std::invalid_argument("more than 4 output channels");
  const int taps = kernel * kernel, lanes = kernels().lanes, strip = kernels().strip;
  columns = (taps * output + 4 + lanes - 1) / lanes * lanes;
  packed.resize(static_cast<size_t>(columns + strip - 1) / strip * strip * input);
  for (int k = 0; k < output; k++)
    for (int c = 0; c < input; c++)
      for (int tap = 0; tap < taps; tap++) {
        const int column = tap * output + k;
        packed[(static_cast<size_t>(column / strip) * input + c) * strip + column % strip] =
            weight[(static_cast<size_t>(k) * input + c) * taps + tap];
      }
  if (bias_values) bias.assign(bias_values, bias_values + output);
}

// Four outputs at once: a tap's column is followed by another's, or by the padding.
typedef float four __attribute__((vector_size(16), aligned(4)));

/// Adds up one row of the output from the products of the k rows around it.
void ck_thin::sum(const std::vector<const float *> &products, int width,
                  const std::vector<int> &mirror, float *y) const {
  four start{};
  for (int k = 0; k < output; k++) start[k] = bias[k];
  for (int column = 0; column < width; column++) {
    four total = start;
    for (int i = 0; i < kernel; i++)
      for (int j = 0; j < kernel; j++)
        total += *reinterpret_cast<const four *>(products[i] +
                                                 static_cast<size_t>(mirror[column + j]) * columns +
                                                 (i * kernel + j) * output);
    for (int k = 0; k < output; k++) y[static_cast<size_t>(column) * output + k] = total[k];
  }
}

void ck_thin::rows(const ck_map &map, const float *x, int height, int width, int first, int end,
                   float *scratch, float *y) const {
  const int border = kernel / 2;
  const size_t line = static_cast<size_t>(width) * columns;
  float *ring = scratch, *mapped = scratch + kernel * line;
  std::vector<int> mirror(width + 2 * border);
  for (int i = 0; i < width + 2 * border; i++) {
    const int at = i - border;
    mirror[i] = at < 0 ? -at : at < width ? at : 2 * width - 2 - at;
  }
  std::vector<const float *> around(kernel);
  int done = std::max(0, first - border);  // rows below this one have their products in the ring
  for (int row = first; row < end; row++) {
    for (; done < std::min(height, row + border + 1); done++) {
      kernels().map_pixels(map, x + static_cast<size_t>(done) * width * input, nullptr, width,
                           input, mapped, input);
      kernels().product(mapped, input, 1, packed.data(), kernels().strip,
                        static_cast<size_t>(kernels().strip) * input, ring + done % kernel * line,
                        columns, width, columns, input);
    }
    for (int i = 0; i < kernel; i++) {
      const int at = row + i - border;
      const int from = at < 0 ? -at : at < height ? at : 2 * height - 2 - at;
      around[i] = ring + from % kernel * line;
    }
    sum(around, width, mirror, y + static_cast<size_t>(row) * width * output);
  }
}

void ck_thin::run(const ck_map &map, const float *x, int height, int width, float *y) const {
  const int threads = std::min(omp_get_max_threads(), std::max(1, height / (4 * kernel)));
  const size_t each = static_cast<size_t>(width) * (kernel * columns + input);
  float *scratch = scratch_floats(threads * each);
  on_threads(threads, [&](int thread) {
    rows(map, x, height, width, height * thread / threads, height * (thread + 1) / threads,
         scratch + thread * each, y);
  });
}

ck_status ck_thin_create(int input, int output, int kernel, const float *weight, const float *bias,
                         ck_thin **result, ck_error *error) {
  *result = nullptr;
  return guarded(error, [&] { *result = new ck_thin(input, output, kernel, weight, bias); });
}

void ck_thin_free(ck_thin *thin) { delete thin; }

ck_status ck_thin_run(const ck_thin *thin, ck_map map, const float *x, int height, int width,
                      float *y, ck_error *error) {
  return guarded(error, [&] { thin->run(map, x, height, width, y); });
}
