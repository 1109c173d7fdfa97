#include <algorithm>
#include <stdexcept>
#include <vector>

#include "guard.h"
#include "kernel_table.h"
#include "parallel.h"

namespace {

/// The index that a mirror at 0 and at `length` - 1 shows at `i`, less than `length` beyond them.
int mirrored(int i, int length) { return i < 0 ? -i : i < length ? i : 2 * length - 2 - i; }

}  // namespace

/// For every pixel of x the products with all k * k taps of all K outputs, [k * k * K] columns;
/// then each output is the sum of k * k of its neighbours' columns.
struct ck_thin {
  ck_thin(int input, int output, int kernel, const float *weight, const float *bias);

  void run(const ck_map &map, const float *x, int height, int width, float *y) const;

 private:
  void rows(const ck_map &map, const float *x, int height, int width, int first, int end,
            const int *mirror, float *scratch, const float **around, float *y) const;
  void sum(const float *const *products, int width, const int *mirror, float *y) const;

  const int input, output, kernel;
  const kernel_table &table;  // what `packed` is laid out for
  int columns;                // k * k * K and 4 to spare, rounded up to whole vectors
  std::vector<float> packed;  // [strip][C][columns of a strip]
  std::vector<float> bias;
};

ck_thin::ck_thin(int input, int output, int kernel, const float *weight, const float *bias_values)
    : input(input), output(output), kernel(kernel), table(kernels()), bias(output) {
  if (output > 4) throw std::invalid_argument("more than 4 output channels");
  const int taps = kernel * kernel, lanes = table.lanes, strip = table.strip;
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
void ck_thin::sum(const float *const *products, int width, const int *mirror, float *y) const {
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
                   const int *mirror, float *scratch, const float **around, float *y) const {
  const int border = kernel / 2;
  const size_t line = static_cast<size_t>(width) * columns;
  float *ring = scratch, *mapped = scratch + kernel * line;
  int done = std::max(0, first - border);  // rows below this one have their products in the ring
  for (int row = first; row < end; row++) {
    for (; done < std::min(height, row + border + 1); done++) {
      table.map_pixels(map, x + static_cast<size_t>(done) * width * input, nullptr, width, input,
                       mapped, input);
      table.product(mapped, input, 1, packed.data(), table.strip,
                    static_cast<size_t>(table.strip) * input, ring + done % kernel * line, columns,
                    width, columns, input);
    }
    for (int i = 0; i < kernel; i++) {
      around[i] = ring + mirrored(row + i - border, height) % kernel * line;
    }
    sum(around, width, mirror, y + static_cast<size_t>(row) * width * output);
  }
}

void ck_thin::run(const ck_map &map, const float *x, int height, int width, float *y) const {
  const int threads = std::min(ck_threads(), std::max(1, height / (4 * kernel)));
  const size_t each = static_cast<size_t>(width) * (kernel * columns + input);
  // No thread may run out of memory on its own: nobody would catch it there.
  float *scratch = scratch_floats(threads * each);
  std::vector<int> mirror(width + kernel - 1);
  for (int i = 0; i < width + kernel - 1; i++) mirror[i] = mirrored(i - kernel / 2, width);
  std::vector<const float *> around(threads * kernel);
  on_threads(threads, [&](int thread) {
    rows(map, x, height, width, height * thread / threads, height * (thread + 1) / threads,
         mirror.data(), scratch + thread * each, around.data() + thread * kernel, y);
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
