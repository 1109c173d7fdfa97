#include "inference/thin.h"

#include <algorithm>
#include <stdexcept>

#include "guard.h"
#include "parallel.h"

namespace {

/// Where the index `i` of a bordered row lies in the row itself; -1 is a zero.
int source(int i, int length, bool mirrored) {
  if (i >= 0 && i < length) return i;
  if (!mirrored) return -1;
  return i < 0 ? -i : 2 * length - 2 - i;
}

}  // namespace

ck_thin::ck_thin(int input, int output, int kernel, const float *weight, steps steps,
                 const float *bias_values)
    : input(input), output(output), kernel(kernel), table(kernels()), bias(output) {
  if (output > most) throw std::invalid_argument("more than 4 output channels");
  const int taps = kernel * kernel, lanes = table.lanes, strip = table.strip;
  columns = (taps * output + 4 + lanes - 1) / lanes * lanes;
  packed.resize(static_cast<size_t>(columns + strip - 1) / strip * strip * input);
  for (int k = 0; k < output; k++)
    for (int c = 0; c < input; c++)
      for (int tap = 0; tap < taps; tap++) {
        const int column = tap * output + k;
        packed[(static_cast<size_t>(column / strip) * input + c) * strip + column % strip] =
            weight[k * steps.output + c * steps.input + (steps.flipped ? taps - 1 - tap : tap)];
      }
  if (bias_values) bias.assign(bias_values, bias_values + output);
}

/// One call.
struct ck_thin::plan {
  const ck_map &map;
  const float *x;
  int height, width;  // of x
  surroundings around;
  int y_width;
  std::vector<int> from;     // the pixel of a row of x that is at each place of the bordered one
  std::vector<float> zeros;  // the products of a row outside of x
  float *y;
};

// Four outputs at once: a tap's column is followed by another's, or by the padding.
typedef float four __attribute__((vector_size(16), aligned(4)));

/// Adds up one row of the output from the products of the k rows around it.
void ck_thin::sum(const plan &p, const float *const *products, float *y) const {
  four start{};
  for (int k = 0; k < output; k++) start[k] = bias[k];
  for (int column = 0; column < p.y_width; column++) {
    four total = start;
    for (int i = 0; i < kernel; i++)
      for (int j = 0; j < kernel; j++)
        total += *reinterpret_cast<const four *>(products[i] +
                                                 static_cast<size_t>(p.from[column + j]) * columns +
                                                 (i * kernel + j) * output);
    for (int k = 0; k < output; k++) y[static_cast<size_t>(column) * output + k] = total[k];
  }
}

void ck_thin::rows(const plan &p, int first, int end, float *scratch,
                   const float **products) const {
  // Behind the pixels of a row there is one of zeros.
  const size_t line = static_cast<size_t>(p.width + 1) * columns;
  float *ring = scratch, *mapped = scratch + kernel * line;
  for (int i = 0; i < kernel; i++)
    std::fill(ring + (i + 1) * line - columns, ring + (i + 1) * line, 0.f);
  // The rows below this one have their products in the ring.
  int done = std::max(0, first - p.around.border);
  for (int row = first; row < end; row++) {
    for (; done < std::min(p.height, row + kernel - p.around.border); done++) {
      table.map_pixels(p.map, p.x + static_cast<size_t>(done) * p.width * input, nullptr, p.width,
                       input, mapped, input);
      table.product(mapped, input, 1, packed.data(), table.strip,
                    static_cast<size_t>(table.strip) * input, ring + done % kernel * line, columns,
                    p.width, columns, input);
    }
    for (int i = 0; i < kernel; i++) {
      const int from = source(row + i - p.around.border, p.height, p.around.mirrored);
      products[i] = from < 0 ? p.zeros.data() : ring + from % kernel * line;
    }
    sum(p, products, p.y + static_cast<size_t>(row) * p.y_width * output);
  }
}

void ck_thin::run(const ck_map &map, const float *x, int height, int width, surroundings around,
                  float *y) const {
  const int outside = 2 * around.border - kernel + 1;
  plan p{map, x, height, width, around, width + outside, {}, {}, y};
  for (int i = 0; i < width + 2 * around.border; i++) {
    const int from = source(i - around.border, width, around.mirrored);
    p.from.push_back(from < 0 ? width : from);
  }
  if (!around.mirrored) p.zeros.resize(static_cast<size_t>(width + 1) * columns);
  const int y_height = height + outside;
  const int threads = std::min(ck_threads(), std::max(1, y_height / (4 * kernel)));
  const size_t each =
      static_cast<size_t>(width + 1) * kernel * columns + static_cast<size_t>(width) * input;
  // No thread may run out of memory on its own: nobody would catch it there.
  float *scratch = scratch_floats(threads * each);
  std::vector<const float *> products(threads * kernel);
  on_threads(threads, [&](int thread) {
    rows(p, y_height * thread / threads, y_height * (thread + 1) / threads, scratch + thread * each,
         products.data() + thread * kernel);
  });
}

ck_status ck_thin_create(int input, int output, int kernel, const float *weight, const float *bias,
                         ck_thin **result, ck_error *error) {
  *result = nullptr;
  return guarded(error, [&] {
    const size_t taps = static_cast<size_t>(kernel) * kernel;
    *result = new ck_thin(input, output, kernel, weight, {input * taps, taps, false}, bias);
  });
}

void ck_thin_free(ck_thin *thin) { delete thin; }

ck_status ck_thin_run(const ck_thin *thin, ck_map map, const float *x, int height, int width,
                      float *y, ck_error *error) {
  return guarded(error, [&] { thin->run_mirrored(map, x, height, width, y); });
}
