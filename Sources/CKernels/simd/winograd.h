// The transforms of Winograd's F(4x4, 3x3); included inside one namespace per instruction set.

/// One column of Bᵀd.
CK_INLINE void transform_input(const vec d[6], vec v[6]) {
  constexpr float a = winograd_points::a, b = winograd_points::b, a2 = a * a, b2 = b * b;
  const vec even = d[4] - b2 * d[2], odd = a * (d[3] - b2 * d[1]);
  const vec even2 = d[4] - a2 * d[2], odd2 = b * (d[3] - a2 * d[1]);
  v[0] = a2 * b2 * d[0] - (a2 + b2) * d[2] + d[4];
  v[1] = even + odd;
  v[2] = even - odd;
  v[3] = even2 + odd2;
  v[4] = even2 - odd2;
  v[5] = a2 * b2 * d[1] - (a2 + b2) * d[3] + d[5];
}

/// One column of Bv, the adjoint of `transform_input`.
CK_INLINE void transform_input_adjoint(const vec v[6], vec d[6]) {
  constexpr float a = winograd_points::a, b = winograd_points::b, a2 = a * a, b2 = b * b;
  const vec sum = v[1] + v[2], difference = a * (v[1] - v[2]);
  const vec sum2 = v[3] + v[4], difference2 = b * (v[3] - v[4]);
  d[0] = a2 * b2 * v[0];
  d[1] = a2 * b2 * v[5] - b2 * difference - a2 * difference2;
  d[2] = -(a2 + b2) * v[0] - b2 * sum - a2 * sum2;
  d[3] = difference + difference2 - (a2 + b2) * v[5];
  d[4] = v[0] + sum + sum2;
  d[5] = v[5];
}

/// One column of Aᵀm.
CK_INLINE void transform_output(const vec m[6], vec y[4]) {
  constexpr float a = winograd_points::a, b = winograd_points::b, a2 = a * a, b2 = b * b;
  const vec sum = m[1] + m[2], difference = m[1] - m[2];
  const vec sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  y[0] = m[0] + sum + sum2;
  y[1] = a * difference + b * difference2;
  y[2] = a2 * sum + b2 * sum2;
  y[3] = a * a2 * difference + b * b2 * difference2 + m[5];
}

/// One column of Ay, the adjoint of `transform_output`.
CK_INLINE void transform_output_adjoint(const vec y[4], vec m[6]) {
  constexpr float a = winograd_points::a, b = winograd_points::b, a2 = a * a, b2 = b * b;
  const vec even = y[0] + a2 * y[2], odd = a * y[1] + a * a2 * y[3];
  const vec even2 = y[0] + b2 * y[2], odd2 = b * y[1] + b * b2 * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = even2 + odd2;
  m[4] = even2 - odd2;
  m[5] = y[3];
}

/// V[q][t][c] = BᵀdB of `count` tiles from `first` on; the positions of V are `position` floats
/// apart.
static void input_tiles(const winograd_shape &s, const float *x, const channel_map *map, int first,
                        int count, float *v, size_t position) {
  for (int t = 0; t < count; t++) {
    const int *rows = s.rows + 4 * ((first + t) / s.tile_columns);
    const int *columns = s.columns + 4 * ((first + t) % s.tile_columns);
    float *to = v + static_cast<size_t>(t) * s.input_padded;
    for (int c = 0; c < s.input; c += LANES) {
      const int part = s.input - c;
      vec half[6][6];
      for (int j = 0; j < 6; j++) {
        vec d[6], column[6];
        for (int i = 0; i < 6; i++) {
          if (rows[i] < 0 || columns[j] < 0) {
            d[i] = vec{};
            continue;
          }
          const size_t pixel = static_cast<size_t>(rows[i]) * s.width + columns[j];
          d[i] = load_partial(x + pixel * s.input + c, part);
          if (map)
            d[i] = positive((d[i] - load_partial(map->mean + c, part)) *
                            load_partial(map->scale + c, part));
        }
        transform_input(d, column);
        for (int i = 0; i < 6; i++) half[i][j] = column[i];
      }
      for (int i = 0; i < 6; i++) {
        vec row[6];
        transform_input(half[i], row);
        for (int j = 0; j < 6; j++) store(to + (i * 6 + j) * position + c, row[j]);
      }
    }
  }
}

/// Folds one output tile into the running mean and squared deviation of LANES channels.
///
/// Chan's pairwise update: exact where a sum of squares would lose the variance of a flat channel.
/// The tile's mean is taken from its first value on, so that a flat tile has no deviation at all.
CK_INLINE void accumulate(const vec y[4][4], int rows, int columns, double seen, vec &mean,
                          vec &deviation) {
  vec sum{};
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) sum += y[i][j] - y[0][0];
  const float count = static_cast<float>(rows * columns);
  const float share = static_cast<float>(count / (seen + count));
  const vec tile_mean = y[0][0] + sum * (1 / count), shift = tile_mean - mean;
  vec tile_deviation{};
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) {
      const vec difference = y[i][j] - tile_mean;
      tile_deviation += difference * difference;
    }
  mean += shift * share;
  deviation += tile_deviation + shift * shift * static_cast<float>(seen * share);
}

/// y = AᵀMA of `count` tiles from `first` on, with a bias or with statistics for the norm.
static void output_tiles(const winograd_shape &s, const float *m, size_t position,
                         const float *bias, int first, int count, float *y,
                         channel_statistics *statistics) {
  for (int t = 0; t < count; t++) {
    const int row = 4 * ((first + t) / s.tile_columns);
    const int column = 4 * ((first + t) % s.tile_columns);
    const int rows = s.output_height - row < 4 ? s.output_height - row : 4;
    const int columns = s.output_width - column < 4 ? s.output_width - column : 4;
    const float *from = m + static_cast<size_t>(t) * s.output_padded;
    float *to = y + (static_cast<size_t>(row) * s.output_width + column) * s.output;
    for (int k = 0; k < s.output; k += LANES) {
      const int part = s.output - k;
      vec half[4][6], tile[4][4];
      for (int j = 0; j < 6; j++) {
        vec d[6], o[4];
        for (int i = 0; i < 6; i++) d[i] = load(from + (i * 6 + j) * position + k);
        transform_output(d, o);
        for (int i = 0; i < 4; i++) half[i][j] = o[i];
      }
      for (int i = 0; i < 4; i++) transform_output(half[i], tile[i]);
      if (bias) {
        const vec b = load_partial(bias + k, part);
        for (int i = 0; i < 4; i++)
          for (int j = 0; j < 4; j++) tile[i][j] += b;
      }
      for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
          store_partial(to + (static_cast<size_t>(i) * s.output_width + j) * s.output + k,
                        tile[i][j], part);
      if (!statistics) continue;
      vec mean = load(statistics->mean + k), deviation = load(statistics->deviation + k);
      if (rows == 4 && columns == 4)
        accumulate(tile, 4, 4, statistics->seen, mean, deviation);
      else
        accumulate(tile, rows, columns, statistics->seen, mean, deviation);
      store(statistics->mean + k, mean);
      store(statistics->deviation + k, deviation);
    }
    if (statistics) statistics->seen += rows * columns;
  }
}

/// dM[q][t][k] = A dY Aᵀ of `count` tiles from `first` on.
static void output_tiles_adjoint(const winograd_shape &s, const float *dy, int first, int count,
                                 float *dm, size_t position) {
  for (int t = 0; t < count; t++) {
    const int row = 4 * ((first + t) / s.tile_columns);
    const int column = 4 * ((first + t) % s.tile_columns);
    float *to = dm + static_cast<size_t>(t) * s.output_padded;
    for (int k = 0; k < s.output; k += LANES) {
      const int part = s.output - k;
      vec half[6][4];
      for (int j = 0; j < 4; j++) {
        vec d[4], o[6];
        for (int i = 0; i < 4; i++) {
          const bool inside = row + i < s.output_height && column + j < s.output_width;
          const size_t pixel = static_cast<size_t>(row + i) * s.output_width + column + j;
          d[i] = inside ? load_partial(dy + pixel * s.output + k, part) : vec{};
        }
        transform_output_adjoint(d, o);
        for (int i = 0; i < 6; i++) half[i][j] = o[i];
      }
      for (int i = 0; i < 6; i++) {
        vec o[6];
        transform_output_adjoint(half[i], o);
        for (int j = 0; j < 6; j++) store(to + (i * 6 + j) * position + k, o[j]);
      }
    }
  }
}

/// dX += B dV Bᵀ of `count` tiles from `first` on; tiles of one call run one after the other.
static void input_tiles_adjoint(const winograd_shape &s, const float *dv, size_t position,
                                int first, int count, float *dx) {
  for (int t = 0; t < count; t++) {
    const int *rows = s.rows + 4 * ((first + t) / s.tile_columns);
    const int *columns = s.columns + 4 * ((first + t) % s.tile_columns);
    const float *from = dv + static_cast<size_t>(first + t) * s.input_padded;
    for (int c = 0; c < s.input; c += LANES) {
      const int part = s.input - c;
      vec half[6][6];
      for (int j = 0; j < 6; j++) {
        vec d[6], o[6];
        for (int i = 0; i < 6; i++) d[i] = load(from + (i * 6 + j) * position + c);
        transform_input_adjoint(d, o);
        for (int i = 0; i < 6; i++) half[i][j] = o[i];
      }
      for (int i = 0; i < 6; i++) {
        if (rows[i] < 0) continue;
        vec o[6];
        transform_input_adjoint(half[i], o);
        for (int j = 0; j < 6; j++) {
          if (columns[j] < 0) continue;
          float *to = dx + (static_cast<size_t>(rows[i]) * s.width + columns[j]) * s.input + c;
          store_partial(to, load_partial(to, part) + o[j], part);
        }
      }
    }
  }
}

/// One column of G g: a polynomial's values at the points, scaled; at infinity its last term.
CK_INLINE void evaluated(const vec g[3], vec u[6]) {
  constexpr double a = winograd_points::a, b = winograd_points::b;
  constexpr float at_0 = 1 / (a * a * b * b);
  constexpr double at_a = 1 / (2 * a * a * (a * a - b * b));
  constexpr double at_b = 1 / (2 * b * b * (b * b - a * a));
  const vec even = static_cast<float>(at_a) * g[0] + static_cast<float>(at_a * a * a) * g[2];
  const vec even2 = static_cast<float>(at_b) * g[0] + static_cast<float>(at_b * b * b) * g[2];
  const vec odd = static_cast<float>(at_a * a) * g[1], odd2 = static_cast<float>(at_b * b) * g[1];
  u[0] = at_0 * g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = even2 + odd2;
  u[4] = even2 - odd2;
  u[5] = g[2];
}

/// U = G g Gᵀ of LANES kernels at a time, from g [9][panel] to the 36 positions.
CK_INLINE void transform_panel(const float (&g)[9][panel], float *u, size_t position) {
  for (int k = 0; k < panel; k += LANES) {
    vec half[3][6];
    for (int j = 0; j < 3; j++) {
      const vec column[3] = {load(g[j] + k), load(g[3 + j] + k), load(g[6 + j] + k)};
      evaluated(column, half[j]);
    }
    for (int i = 0; i < 6; i++) {
      const vec row[3] = {half[0][i], half[1][i], half[2][i]};
      vec values[6];
      evaluated(row, values);
      for (int j = 0; j < 6; j++) store(u + (i * 6 + j) * position + k, values[j]);
    }
  }
}

/// U of a panel's first `count` outputs, for the inputs from `first` to `end`.
///
/// Position q of the panel goes to u + q * position, [C][panel]; the columns past `count` become 0.
static void transform_kernels(const convolution_weights &w, int count, int first, int end, float *u,
                              size_t position) {
  // Kernels of one output lie side by side, so that a few of them are read at a time.
  constexpr int few = 4;
  float g[few][9][panel] = {};
  for (int c = first; c < end; c += few) {
    const int some = end - c < few ? end - c : few;
    for (int k = 0; k < count; k++)
      for (int i = 0; i < some; i++)
        for (int tap = 0; tap < 9; tap++)
          g[i][tap][k] = w.values[k * w.output_step + (c + i) * w.input_step + tap];
    for (int i = 0; i < some; i++)
      transform_panel(g[i], u + static_cast<size_t>(c + i) * panel, position);
  }
}

/// One column of Gᵀu, the adjoint of `evaluated` over all of its points.
CK_INLINE void gathered(const vec u[6], vec g[3]) {
  constexpr double a = winograd_points::a, b = winograd_points::b;
  constexpr double at_a = 1 / (2 * a * a * (a * a - b * b));
  constexpr double at_b = 1 / (2 * b * b * (b * b - a * a));
  const vec sum = static_cast<float>(at_a) * (u[1] + u[2]);
  const vec sum2 = static_cast<float>(at_b) * (u[3] + u[4]);
  g[0] = static_cast<float>(1 / (a * a * b * b)) * u[0] + sum + sum2;
  g[1] =
      static_cast<float>(at_a * a) * (u[1] - u[2]) + static_cast<float>(at_b * b) * (u[3] - u[4]);
  g[2] = static_cast<float>(a * a) * sum + static_cast<float>(b * b) * sum2 + u[5];
}

/// dg = Gᵀ dU G of one input's kernels to all outputs.
///
/// Position q of dU starts at du + q * position, [C][K padded]; `row` is where the input's row
/// starts in it. The kernel of output k is at dweight + k * output_step, [3, 3].
static void transform_kernels_adjoint(const float *du, size_t position, int row, int output,
                                      float *dweight, size_t output_step) {
  du += row;
  for (int k = 0; k < output; k += LANES) {
    vec half[3][6];
    for (int j = 0; j < 6; j++) {
      vec column[6], g[3];
      for (int i = 0; i < 6; i++) column[i] = load(du + (i * 6 + j) * position + k);
      gathered(column, g);
      for (int i = 0; i < 3; i++) half[i][j] = g[i];
    }
    float taps[9][LANES];
    for (int i = 0; i < 3; i++) {
      vec g[3];
      gathered(half[i], g);
      for (int j = 0; j < 3; j++) store(taps[i * 3 + j], g[j]);
    }
    for (int lane = 0; lane < LANES && k + lane < output; lane++)
      for (int tap = 0; tap < 9; tap++) dweight[(k + lane) * output_step + tap] = taps[tap][lane];
  }
}
