// GEMM of small dense matrices; included inside one namespace per instruction set.

/// Vectors, and columns, of the panel of B that a tile of C takes at a time.
constexpr int vectors_in_panel = LANES == 16 ? 4 : 2;
constexpr int panel = vectors_in_panel * LANES;

/// Terms that are added up on their own before they join the sum: rounding grows with the length of
/// a chain of additions, and chains this short cost little more.
constexpr int chain = 64;

/// A tile of `rows` x (`vectors` * LANES) of C = A B, kept in registers over each chain.
template <int rows, int vectors>
CK_INLINE void gemm_tile(const float *a, size_t a_row, size_t a_column, const float *b,
                         size_t b_row, float *c, size_t c_row, int depth) {
  for (int first = 0; first < depth; first += chain) {
    vec sums[rows][vectors];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sums[i][j] = vec{};
    const int end = first + chain < depth ? first + chain : depth;
    for (int p = first; p < end; p++) {
      vec row[vectors];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) row[j] = load(b + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const vec factor = splat(a[i * a_row]);
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sums[i][j] += factor * row[j];
      }
      a += a_column;
      b += b_row;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        float *to = c + i * c_row + j * LANES;
        store(to, first == 0 ? sums[i][j] : load(to) + sums[i][j]);
      }
  }
}

/// `vectors` * LANES columns of C = A B from row `i` on, `tile` rows at a time while there are as
/// many; returns the row it came to.
template <int tile, int vectors>
static int gemm_rows(int i, const float *a, size_t a_row, size_t a_column, const float *b,
                     size_t b_row, float *c, size_t c_row, int rows, int depth) {
  for (; i + tile <= rows; i += tile)
    gemm_tile<tile, vectors>(a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, depth);
  return i;
}

/// `vectors` * LANES columns of C = A B.
template <int vectors>
static void gemm_panel(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                       float *c, size_t c_row, int rows, int depth) {
  // As many sums as fit in the registers beside a row of B and an element of A.
  constexpr int tile = (LANES == 16 ? 24 : LANES == 8 ? 12 : 8) / vectors;
  int i = gemm_rows<tile, vectors>(0, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  i = gemm_rows<4, vectors>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  i = gemm_rows<2, vectors>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  gemm_rows<1, vectors>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
}

/// C = A B, `rows` x `columns` with `columns` a multiple of LANES, over `depth`.
///
/// A's element (i, p) is a[i * a_row + p * a_column]. B's row p starts at b + p * b_row in each of
/// its panels, which are `b_panel` apart: packed one after the other, or plain rows cut in panels.
static void gemm(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                 size_t b_panel, float *c, size_t c_row, int rows, int columns, int depth) {
  int j = 0;
  for (; j + panel <= columns; j += panel, b += b_panel)
    gemm_panel<vectors_in_panel>(a, a_row, a_column, b, b_row, c + j, c_row, rows, depth);
  for (; j < columns; j += LANES, b += LANES)
    gemm_panel<1>(a, a_row, a_column, b, b_row, c + j, c_row, rows, depth);
}
