// The kernels' side of Winograd's F(4x4, 3x3); included inside one namespace per instruction set.

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

/// U = G g Gᵀ of LANES kernels at a time, from g [9][strip] to the 36 positions.
CK_INLINE void transform_strip(const float (&g)[9][strip], float *u, size_t position) {
  for (int k = 0; k < strip; k += LANES) {
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

/// U of a strip's first `count` outputs, for the inputs from `first` to `end`.
///
/// Position q of the strip goes to u + q * position, [C][strip]; the columns past `count` become 0.
static void transform_kernels(const winograd_weights &w, int count, int first, int end, float *u,
                              size_t position) {
  // Kernels of one output lie side by side, so that a few of them are read at a time.
  constexpr int few = 4;
  float g[few][9][strip] = {};
  for (int c = first; c < end; c += few) {
    const int some = end - c < few ? end - c : few;
    for (int k = 0; k < count; k++)
      for (int i = 0; i < some; i++)
        for (int tap = 0; tap < 9; tap++)
          g[i][tap][k] = w.values[k * w.output_step + (c + i) * w.input_step + tap];
    for (int i = 0; i < some; i++)
      transform_strip(g[i], u + static_cast<size_t>(c + i) * strip, position);
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
/// Position q of dU starts at du + q * position, [C][K padded]; `row` is the input's place in it.
/// The kernel of output k is at dweight + k * output_step, [3, 3].
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
