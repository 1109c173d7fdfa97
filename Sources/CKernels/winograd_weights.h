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
