#include "inference/gemm_convolution.h"

#include <algorithm>
#include <stdexcept>

#include "guard.h"
#include "reflection.h"
#include "rounding.h"
#include "threads.h"

using namespace ck;

namespace {

// Floats of the input rows that a thread holds at a time: they stay in the second-level cache.
constexpr size_t window_floats = 96 << 10;
// Outputs in a row below which the windows of several rows are copied into one matrix: a GEMM with
// few rows reads the weights more often than it multiplies them.
constexpr int narrow = 24;
// Parts of the rows, so that the threads have enough to choose from, where the image is not small.
constexpr int least_parts = 16;

}  // namespace

/// One call: the sizes, and how the work is cut.
struct ck_gemm_convolution::call {
  call(const ck_gemm_convolution &own, const ck_map &map, const float *x, int height, int width,
       const float *bias, float *y, int y_height, int y_width)
      : map(map),
        x(x),
        bias(bias),
        y(y),
        height(height),
        width(width),
        y_height(y_height),
        y_width(y_width),
        x_image(static_cast<size_t>(height) * width * own.input),
        y_image(static_cast<size_t>(y_height) * y_width * own.output),
        rows(divided_up(y_height, own.y_step)) {
    const int columns = divided_up(y_width, own.y_step);
    size_t depth = 0;
    for (const phase &p : own.phases) {
      before = std::min(before, p.x_row);
      after = std::max(after, p.x_row + p.rows);
      left = std::max(left, -p.x_column);
      right = std::max(
          right, (own.columns_of(p, y_width) - 1) * own.x_step + p.x_column + p.columns - width);
      depth = std::max(depth, static_cast<size_t>(p.rows) * p.columns * own.input);
    }
    line = static_cast<size_t>(left + width + right) * own.input;
    is_narrow = columns < narrow && rows > 1;
    part_rows = static_cast<int>(std::clamp<size_t>(window_floats / line / own.x_step, 1, rows));
    if (is_narrow)
      part_rows =
          static_cast<int>(std::clamp<size_t>(window_floats / depth / columns, 1, part_rows));
    else
      part_rows = std::min(part_rows, divided_up(rows, least_parts));
    parts = divided_up(rows, part_rows);
    is_copied = map.mean || map.slope != 1 || left > 0 || right > 0 || before < 0 ||
                (rows - 1) * own.x_step + after > height;
    window = is_copied ? ((part_rows - 1) * own.x_step + after - before) * line : 0;
    gathered = is_narrow ? part_rows * columns * depth : 0;
    products = static_cast<size_t>(is_narrow ? part_rows * columns : columns) *
               rounded_up(own.output, own.table.lanes);
  }

  /// Whole cache lines.
  size_t thread_floats() const { return (window + gathered + products + 15) / 16 * 16; }

  const ck_map &map;
  const float *x, *bias;
  float *y;
  int height, width, y_height, y_width;
  size_t x_image, y_image;
  int rows;                   // of the outputs of a phase
  int before = 0, after = 0;  // the inputs' rows that an output reads, around x_step times its own
  int left = 0, right = 0;    // padding, px
  size_t line;                // floats of an input row with its padding
  bool is_narrow, is_copied;
  int part_rows, parts;
  size_t window, gathered, products;  // floats of a thread
};

ck_gemm_convolution::ck_gemm_convolution(int input, int output, convolution_geometry geometry,
                                         const convolution_weights &weights)
    : input(input),
      output(output),
      geometry(geometry),
      table(kernels()),
      panels(divided_up(output, table.panel)),
      x_step(geometry.transposed ? 1 : geometry.stride),
      y_step(geometry.transposed ? geometry.stride : 1) {
  const int kernel = geometry.kernel, padding = geometry.padding, stride = geometry.stride;
  if (!geometry.transposed) {
    phases.push_back({0, 0, -padding, -padding, kernel, kernel, 0, 0, 1, {}});
    pack(weights);
    return;
  }
  if (kernel < stride) throw std::invalid_argument("a kernel smaller than the stride");
  // Input i reaches output stride * i - padding + tap.
  const auto last_tap = [&](int remainder) {
    const int first = (remainder + padding) % stride;
    return first + (kernel - 1 - first) / stride * stride;
  };
  for (int row = 0; row < stride; row++)
    for (int column = 0; column < stride; column++) {
      const int tap_row = last_tap(row), tap_column = last_tap(column);
      phases.push_back({row,
                        column,
                        (row + padding - tap_row) / stride,
                        (column + padding - tap_column) / stride,
                        tap_row / stride + 1,
                        tap_column / stride + 1,
                        tap_row,
                        tap_column,
                        -stride,
                        {}});
    }
  pack(weights);
}

size_t ck_gemm_convolution::panel_floats(const phase &p) const {
  return static_cast<size_t>(p.rows) * p.columns * input * table.panel;
}

size_t ck_gemm_convolution::bytes() const {
  size_t floats = 0;
  for (const phase &p : phases) floats += panels * panel_floats(p);
  return floats * sizeof(float);
}

int ck_gemm_convolution::columns_of(const phase &p, int y_width) const {
  return divided_up(y_width - p.y_column, y_step);
}

void ck_gemm_convolution::pack(const convolution_weights &weights) {
  // Kernels of some inputs to all outputs of a panel are read whole, since each lies in its own
  // lines, and then dealt out.
  constexpr int share = 4;
  const int shares = divided_up(input, share), panel = table.panel;
  const int taps = geometry.kernel * geometry.kernel;
  const size_t thread_floats = static_cast<size_t>(panel) * taps;
  for (phase &p : phases) p.packed = floats_of(panels * panel_floats(p));
  float *scratch = scratch_floats(threads_for(panels * shares) * thread_floats);
  in_parallel_with_thread(panels * shares, [&](int i, int thread) {
    const int first = i / shares * panel, count = std::min(panel, output - first);
    float *kernels = scratch + thread * thread_floats;
    for (int c = i % shares * share; c < std::min(input, (i % shares + 1) * share); c++) {
      for (int k = 0; k < count; k++)
        std::copy_n(weights.values + (first + k) * weights.output_step + c * weights.input_step,
                    taps, kernels + k * taps);
      std::fill(kernels + count * taps, kernels + panel * taps, 0.f);
      for (const phase &p : phases) {
        float *to = p.packed.get() + i / shares * panel_floats(p);
        for (int row = 0; row < p.rows; row++)
          for (int column = 0; column < p.columns; column++) {
            const int tap =
                (p.kernel_row + row * p.step) * geometry.kernel + p.kernel_column + column * p.step;
            float *line = to + (static_cast<size_t>(row * p.columns + column) * input + c) * panel;
            for (int k = 0; k < panel; k++) line[k] = kernels[k * taps + tap];
          }
      }
    }
  });
}

/// Copies rows of an image from row `first` on, with the map and inside their padding.
void ck_gemm_convolution::copy_rows(const call &c, const float *x, int first, int count,
                                    float *to) const {
  const bool reflects = geometry.reflects;
  const size_t pixel = input;
  for (int i = 0; i < count; i++, to += c.line) {
    int row = first + i;
    if (row < 0 || row >= c.height) {
      if (!reflects) {
        std::fill(to, to + c.line, 0.f);
        continue;
      }
      row = reflected(row, c.height);
    }
    float *inside = to + c.left * pixel;
    const float *from = x + static_cast<size_t>(row) * c.width * pixel;
    if (c.map.mean || c.map.slope != 1)
      table.map_pixels(c.map, from, nullptr, c.width, input, inside, input);
    else
      std::copy_n(from, c.width * pixel, inside);
    const auto pad = [&](int column) {
      float *padded = inside + static_cast<ptrdiff_t>(column) * input;
      if (reflects)
        std::copy_n(inside + reflected(column, c.width) * pixel, pixel, padded);
      else
        std::fill(padded, padded + pixel, 0.f);
    };
    for (int column = -c.left; column < 0; column++) pad(column);
    for (int column = c.width; column < c.width + c.right; column++) pad(column);
  }
}

/// The product of rows of windows with some panels of the weights, into every `y_step`th pixel of
/// y.
void ck_gemm_convolution::multiply(const call &c, const phase &p, gemm_operands product,
                                   panel_range range, float *y, float *products) const {
  const int first = range.first * table.panel;
  const int count = std::min(output, range.end * table.panel) - first;
  const size_t y_pixel = static_cast<size_t>(y_step) * output;
  product.b = p.packed.get() + range.first * panel_floats(p);
  product.b_row = table.panel;
  product.b_panel = panel_floats(p);
  product.columns = rounded_up(count, table.lanes);
  product.adds = c.bias != nullptr;
  const bool is_direct = product.columns == count && !c.is_narrow;
  product.c = is_direct ? y + first : products;
  product.c_row = is_direct ? y_pixel : product.columns;
  if (product.adds)
    for (int i = 0; i < product.rows; i++)
      std::copy_n(c.bias + first, count, product.c + i * product.c_row);
  table.gemm(product);
  if (is_direct) return;
  const int columns = columns_of(p, c.y_width);
  const size_t y_line = static_cast<size_t>(y_step) * c.y_width * output;
  for (int i = 0; i < product.rows; i++)
    std::copy_n(products + static_cast<size_t>(i) * product.columns, count,
                y + i / columns * y_line + i % columns * y_pixel + first);
}

/// Narrow rows of outputs at once: their windows are copied into one matrix.
void ck_gemm_convolution::multiply_gathered(const call &c, const phase &p, const float *window,
                                            float *y, int rows, panel_range range,
                                            float *scratch) const {
  const int columns = columns_of(p, c.y_width);
  const size_t part = static_cast<size_t>(p.columns) * input, depth = p.rows * part;
  float *to = scratch;
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++)
      for (int i = 0; i < p.rows; i++, to += part)
        std::copy_n(
            window + (row * x_step + i) * c.line + static_cast<size_t>(column) * x_step * input,
            part, to);
  multiply(c, p,
           {.a = scratch,
            .a_row = depth,
            .a_column = 1,
            .rows = rows * columns,
            .depth = static_cast<int>(depth)},
           range, y, scratch + c.gathered);
}

/// The outputs of all phases in their rows from `first` on, `end` excluded, and in some panels.
void ck_gemm_convolution::run_rows(const call &c, int image, int first, int end, panel_range range,
                                   float *scratch) const {
  const float *x = c.x + image * c.x_image;
  const int top = first * x_step + c.before,
            count = (end - 1 - first) * x_step + c.after - c.before;
  const float *window = x + top * static_cast<ptrdiff_t>(c.line);
  if (c.is_copied) {
    copy_rows(c, x, top, count, scratch);
    window = scratch;
  }
  for (const phase &p : phases) {
    const int phase_end = std::min(end, divided_up(c.y_height - p.y_row, y_step));
    const float *own =
        window + (p.x_row - c.before) * c.line + static_cast<size_t>(c.left + p.x_column) * input;
    const auto y_of = [&](int row) {
      return c.y + image * c.y_image +
             (static_cast<size_t>(row * y_step + p.y_row) * c.y_width + p.y_column) * output;
    };
    if (c.is_narrow && first < phase_end)
      multiply_gathered(c, p, own, y_of(first), phase_end - first, range, scratch + c.window);
    for (int row = first; row < phase_end && !c.is_narrow; row++)
      multiply(c, p,
               {.a = own + (row - first) * x_step * c.line,
                .a_row = static_cast<size_t>(x_step) * input,
                .a_column = 1,
                .rows = columns_of(p, c.y_width),
                .depth = p.columns * input,
                .segments = p.rows,
                .a_segment = c.line},
               range, y_of(row), scratch + c.window + c.gathered);
  }
}

void ck_gemm_convolution::run(const ck_map &map, int batch, const float *x, int height, int width,
                              const float *bias, float *y, int y_height, int y_width,
                              const image_channels *statistics, float epsilon) const {
  const call c(*this, map, x, height, width, bias, y, y_height, y_width);
  // Few parts are cut by panels of outputs, too; each copies the inputs for itself.
  const int cuts = batch * c.parts < least_parts ? panels : 1, items = batch * c.parts * cuts;
  const bool gathers = statistics && cuts == 1;
  std::vector<partial_statistics> seen;
  for (int n = 0; gathers && n < batch; n++) seen.emplace_back(c.parts, output);
  const size_t thread_floats = c.thread_floats();
  float *scratch = scratch_floats(threads_for(items) * thread_floats);
  in_parallel_with_thread(items, [&](int item, int thread) {
    const int n = item / cuts / c.parts, part = item / cuts % c.parts, cut = item % cuts;
    const int first = part * c.part_rows, end = std::min(c.rows, first + c.part_rows);
    run_rows(c, n, first, end, {panels * cut / cuts, panels * (cut + 1) / cuts},
             scratch + thread * thread_floats);
    if (!gathers) return;
    const size_t from = static_cast<size_t>(first) * y_step * c.y_width;
    const size_t to = static_cast<size_t>(std::min(end * y_step, c.y_height)) * c.y_width;
    table.gather_statistics(y + n * c.y_image + from * output, to - from, output,
                            &seen[n].of(part));
  });
  for (int n = 0; statistics && n < batch; n++) {
    float *mean = statistics->mean + n * statistics->step;
    float *scale = statistics->scale + n * statistics->step;
    if (gathers)
      seen[n].finish(epsilon, mean, scale);
    else
      compute_statistics(y + n * c.y_image, static_cast<size_t>(c.y_height) * c.y_width, output,
                         epsilon, mean, scale);
  }
}

ck_status ck_gemm_convolution_create(ck_convolution_shape shape, const float *weight,
                                     ck_gemm_convolution **result, ck_error *error) {
  *result = nullptr;
  return guarded(error, [&] {
    const size_t taps = static_cast<size_t>(shape.kernel) * shape.kernel;
    // A transposed weight is [C, K, k, k] in its file.
    const size_t of_output = shape.transposed ? taps : shape.input * taps;
    const size_t of_input = shape.transposed ? shape.output * taps : taps;
    *result = new ck_gemm_convolution(
        shape.input, shape.output,
        {shape.kernel, shape.stride, shape.padding, shape.reflects != 0, shape.transposed != 0},
        {weight, of_output, of_input});
  });
}

void ck_gemm_convolution_free(ck_gemm_convolution *convolution) { delete convolution; }

ck_status ck_gemm_convolution_run(const ck_gemm_convolution *convolution, ck_map map,
                                  const float *x, int height, int width, const float *bias,
                                  float *y, int y_height, int y_width, float *y_mean,
                                  float *y_scale, float epsilon, ck_error *error) {
  return guarded(error, [&] {
    const image_channels statistics{y_mean, y_scale, 0};
    convolution->run(map, 1, x, height, width, bias, y, y_height, y_width,
                     y_mean ? &statistics : nullptr, epsilon);
  });
}
