// The kernels' side of Winograd's F(4x4, 3x3); included inside one namespace per instruction set.

/// Row `i` of G (g0, g1, g2): a polynomial's value at a point, scaled; at infinity its last term.
CK_INLINE double evaluated(int i, double g0, double g1, double g2) {
  constexpr double a = winograd_points::a, b = winograd_points::b;
  constexpr double at_a = 1 / (2 * a * a * (a * a - b * b));
  constexpr double at_b = 1 / (2 * b * b * (b * b - a * a));
  constexpr double points[5] = {0, a, -a, b, -b};
  constexpr double factors[5] = {1 / (a * a * b * b), at_a, at_a, at_b, at_b};
  if (i == 5) return g2;
  return factors[i] * (g0 + points[i] * (g1 + points[i] * g2));
}

/// U = G g Gᵀ of a strip's first `count` outputs, for the inputs from `first` to `end`.
///
/// `weight` is [K, C, 3, 3] from the strip's first output on. Position q of the strip goes to
/// u + q * position, [C][strip]; the columns past `count` become 0.
static void transform_kernels(const float *weight, int input, int count, int first, int end,
                              float *u, size_t position) {
  double g[9][strip] = {}, half[3][strip];
  for (int c = first; c < end; c++) {
    for (int k = 0; k < count; k++)
      for (int tap = 0; tap < 9; tap++)
        g[tap][k] = weight[(static_cast<size_t>(k) * input + c) * 9 + tap];
    float *to = u + static_cast<size_t>(c) * strip;
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 3; j++)
        for (int k = 0; k < strip; k++)
          half[j][k] = evaluated(i, g[j][k], g[3 + j][k], g[6 + j][k]);
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; j++)
        for (int k = 0; k < strip; k++)
          to[(i * 6 + j) * position + k] =
              static_cast<float>(evaluated(j, half[0][k], half[1][k], half[2][k]));
    }
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

/// dg += Gᵀ dU G of one input's kernels to all outputs.
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
      for (int tap = 0; tap < 9; tap++) dweight[(k + lane) * output_step + tap] += taps[tap][lane];
  }
}
