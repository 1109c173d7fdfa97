// GEMM of small dense matrices; included inside one namespace per instruction set.

/// Vectors, and columns, of the panel of B that a tile of C takes at a time.
constexpr int vectors_in_panel = LANES == 16 ? 4 : 2;
constexpr int panel = vectors_in_panel * LANES;

/// Terms that are added up on their own before they join the sum: rounding grows with the length of
/// a chain of additions, and chains this short cost little more.
constexpr int chain = 64;

/// Rows and columns of C from `c` on as a tile of `rows` x (`vectors` * LANES), kept in registers
/// over each chain. `a`, `b` and `c` are where the tile's rows and columns begin.
template <int rows, int vectors>
CK_INLINE void gemm_tile(const gemm_operands &g, const float *a, const float *b, float *c) {
  bool adds = g.adds;
  for (int s = 0; s < g.segments; s++) {
    const float *from = a + s * g.a_segment;
    for (int first = 0; first < g.depth; first += chain) {
      vec sums[rows][vectors];
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] = vec{};
      const int end = first + chain < g.depth ? first + chain : g.depth;
      for (int p = first; p < end; p++) {
        vec row[vectors];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) row[j] = load(b + j * LANES);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
          const vec factor = splat(from[i * g.a_row]);
#pragma clang loop unroll(full)
          for (int j = 0; j < vectors; j++) sums[i][j] += factor * row[j];
        }
        from += g.a_column;
        b += g.b_row;
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) {
          float *to = c + i * g.c_row + j * LANES;
          store(to, adds ? load(to) + sums[i][j] : sums[i][j]);
        }
      adds = true;
    }
  }
}

/// `vectors` * LANES columns of C, `tile` rows at a time from row `i` on while there are as many;
/// returns the row it came to.
template <int tile, int vectors>
static int gemm_rows(int i, const gemm_operands &g, const float *b, float *c) {
  for (; i + tile <= g.rows; i += tile)
    gemm_tile<tile, vectors>(g, g.a + i * g.a_row, b, c + i * g.c_row);
  return i;
}

/// `vectors` * LANES columns of C.
template <int vectors>
static void gemm_panel(const gemm_operands &g, const float *b, float *c) {
  // As many sums as fit in the registers beside a row of B and an element of A.
  constexpr int tile = (LANES == 16 ? 24 : LANES == 8 ? 12 : 8) / vectors;
  int i = gemm_rows<tile, vectors>(0, g, b, c);
  i = gemm_rows<4, vectors>(i, g, b, c);
  i = gemm_rows<2, vectors>(i, g, b, c);
  gemm_rows<1, vectors>(i, g, b, c);
}

/// C = A B, or C += A B.
static void gemm(const gemm_operands &g) {
  const float *b = g.b;
  int j = 0;
  for (; j + panel <= g.columns; j += panel, b += g.b_panel)
    gemm_panel<vectors_in_panel>(g, b, g.c + j);
  for (; j < g.columns; j += LANES, b += LANES) gemm_panel<1>(g, b, g.c + j);
}
