#include "training/winograd.h"

#include <algorithm>
#include <cstring>

#include "threads.h"

using namespace ck;

namespace {

constexpr int positions = winograd_points::positions;

/// The parts of the gradients, each over the tiles of all images.
struct stages {
  stages(const ck_winograd &transposed, const winograd_geometry &geometry, int batch)
      : transposed(transposed),
        table(transposed.table),
        shape(geometry.shape(transposed.output, transposed.input, table.lanes)),
        batch(batch),
        image_tiles(shape.tile_rows * shape.tile_columns),
        tiles(batch * image_tiles),
        v_position(spread(static_cast<size_t>(tiles) * shape.input_padded)),
        m_position(spread(static_cast<size_t>(tiles) * shape.output_padded)),
        u_position(spread(static_cast<size_t>(shape.input) * shape.output_padded)),
        v(scratch_floats(positions * (v_position + m_position + u_position))),
        m(v + positions * v_position),
        u(m + positions * m_position) {}

  /// V = BᵀdB and dM = A dY Aᵀ.
  void transform(const float *x, const image_channels *map, const float *dy) const {
    const size_t x_image = static_cast<size_t>(shape.height) * shape.width * shape.input;
    const size_t y_image =
        static_cast<size_t>(shape.output_height) * shape.output_width * shape.output;
    in_parallel(batch * shape.tile_rows, [&](int row) {
      const int n = row / shape.tile_rows, count = shape.tile_columns;
      const int first = row % shape.tile_rows * count;
      const size_t at = static_cast<size_t>(n) * image_tiles + first;
      const channel_map own = map ? map->of(n) : channel_map{};
      table.input_tiles(shape, x + n * x_image, map ? &own : nullptr, first, count,
                        v + at * shape.input_padded, v_position);
      table.output_tiles_adjoint(shape, dy + n * y_image, first, count,
                                 m + at * shape.output_padded, m_position);
    });
  }

  /// dU = Vᵀ dM, and dg = Gᵀ dU G.
  void weights(float *dweight) const {
    constexpr int block = 48, few = 4;
    const int blocks = (shape.input + block - 1) / block;
    const size_t v_row = shape.input_padded, m_row = shape.output_padded, panel = table.panel;
    in_parallel(positions * blocks, [&](int i) {
      const int q = i / blocks, c = i % blocks * block;
      table.gemm({.a = v + q * v_position + c,
                  .a_row = 1,
                  .a_column = v_row,
                  .b = m + q * m_position,
                  .b_row = m_row,
                  .b_panel = panel,
                  .c = u + q * u_position + static_cast<size_t>(c) * shape.output_padded,
                  .c_row = m_row,
                  .rows = std::min(block, shape.input - c),
                  .columns = shape.output_padded,
                  .depth = tiles});
    });
    in_parallel((shape.input + few - 1) / few, [&](int i) {
      for (int c = i * few; c < std::min(shape.input, (i + 1) * few); c++)
        table.transform_kernels_adjoint(u, u_position, c * shape.output_padded, shape.output,
                                        dweight + c * 9, static_cast<size_t>(shape.input) * 9);
    });
  }

  /// dV = dM Uᵀ in V's memory, and dX = B dV Bᵀ.
  void input(float *dx) const {
    constexpr int block = 60;
    const int blocks = (tiles + block - 1) / block;
    in_parallel(positions * blocks, [&](int i) {
      const int q = i / blocks, t = i % blocks * block;
      transposed.multiply(q, m + q * m_position + static_cast<size_t>(t) * shape.output_padded,
                          shape.output_padded,
                          v + q * v_position + static_cast<size_t>(t) * shape.input_padded,
                          shape.input_padded, std::min(block, tiles - t));
    });
    const size_t line = static_cast<size_t>(shape.width) * shape.input;
    in_parallel(batch * shape.height,
                [&](int row) { std::memset(dx + row * line, 0, line * sizeof(float)); });
    // Tiles overlap their neighbors by two pixels, so that every other row of them can be added at
    // the same time, in an order that does not depend on the threads.
    for (int parity = 0; parity < 2; parity++) {
      const int rows = (shape.tile_rows + 1 - parity) / 2;
      in_parallel(batch * rows, [&](int i) {
        const int n = i / rows, row = 2 * (i % rows) + parity;
        table.input_tiles_adjoint(
            shape, v + static_cast<size_t>(n) * image_tiles * shape.input_padded, v_position,
            row * shape.tile_columns, shape.tile_columns, dx + n * shape.height * line);
      });
    }
  }

  const ck_winograd &transposed;
  const kernel_table &table;
  const winograd_shape shape;
  const int batch, image_tiles, tiles;
  const size_t v_position, m_position, u_position;
  float *const v, *const m, *const u;
};

}  // namespace

void ck::winograd_backward(const ck_winograd &transposed, const winograd_geometry &geometry,
                           int batch, const float *x, const image_channels *map, const float *dy,
                           float *dx, float *dweight) {
  const stages s(transposed, geometry, batch);
  s.transform(x, map, dy);
  s.weights(dweight);
  s.input(dx);
}
