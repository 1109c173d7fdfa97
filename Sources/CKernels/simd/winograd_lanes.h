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

/// V[q][t][c] = BᵀdB of `count` tiles from `first` on; the places of V are `position` floats apart.
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
          d[i] = load_part(x + pixel * s.input + c, part);
          if (map)
            d[i] =
                positive((d[i] - load_part(map->mean + c, part)) * load_part(map->scale + c, part));
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
        const vec b = load_part(bias + k, part);
        for (int i = 0; i < 4; i++)
          for (int j = 0; j < 4; j++) tile[i][j] += b;
      }
      for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
          store_part(to + (static_cast<size_t>(i) * s.output_width + j) * s.output + k, tile[i][j],
                     part);
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
          d[i] = inside ? load_part(dy + pixel * s.output + k, part) : vec{};
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
          store_part(to, load_part(to, part) + o[j], part);
        }
      }
    }
  }
}
