// Products of small dense matrices; included inside one namespace per instruction set.

/// Panels of LANES columns that a block of C takes at a time, and their columns.
constexpr int panels_in_strip = LANES == 16 ? 4 : 2;
constexpr int strip = panels_in_strip * LANES;

/// Terms that are added up on their own before they join the sum: rounding grows with the length of
/// a chain of additions, and chains this short cost little more.
constexpr int chain = 64;

/// A block of `rows` x (`panels` * LANES) of C = A B, kept in registers over each chain.
template <int rows, int panels>
CK_INLINE void product_block(const float *a, size_t a_row, size_t a_column, const float *b,
                             size_t b_row, float *c, size_t c_row, int depth) {
  for (int first = 0; first < depth; first += chain) {
    vec sums[rows][panels];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < panels; j++) sums[i][j] = vec{};
    const int end = first + chain < depth ? first + chain : depth;
    for (int p = first; p < end; p++) {
      vec row[panels];
#pragma clang loop unroll(full)
      for (int j = 0; j < panels; j++) row[j] = load(b + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const vec factor = splat(a[i * a_row]);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) sums[i][j] += factor * row[j];
      }
      a += a_column;
      b += b_row;
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < panels; j++) {
        float *to = c + i * c_row + j * LANES;
        store(to, first == 0 ? sums[i][j] : load(to) + sums[i][j]);
      }
  }
}

/// `panels` * LANES columns of C = A B from row `i` on, `block` rows at a time while there are as
/// many; returns the row it came to.
template <int block, int panels>
static int product_rows(int i, const float *a, size_t a_row, size_t a_column, const float *b,
                        size_t b_row, float *c, size_t c_row, int rows, int depth) {
  for (; i + block <= rows; i += block)
    product_block<block, panels>(a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row,
                                 depth);
  return i;
}

/// `panels` * LANES columns of C = A B.
template <int panels>
static void product_panels(const float *a, size_t a_row, size_t a_column, const float *b,
                           size_t b_row, float *c, size_t c_row, int rows, int depth) {
  // As many sums as fit in the registers beside a row of B and an element of A.
  constexpr int block = (LANES == 16 ? 24 : LANES == 8 ? 12 : 8) / panels;
  int i = product_rows<block, panels>(0, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  i = product_rows<4, panels>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  i = product_rows<2, panels>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
  product_rows<1, panels>(i, a, a_row, a_column, b, b_row, c, c_row, rows, depth);
}

/// C = A B, `rows` x `columns` with `columns` a multiple of LANES, over `depth`.
///
/// A's element (i, p) is a[i * a_row + p * a_column]. B's row p starts at b + p * b_row in each of
/// its strips, which are `b_strip` apart: packed one after the other, or plain rows cut in strips.
static void product(const float *a, size_t a_row, size_t a_column, const float *b, size_t b_row,
                    size_t b_strip, float *c, size_t c_row, int rows, int columns, int depth) {
  int j = 0;
  for (; j + strip <= columns; j += strip, b += b_strip)
    product_panels<panels_in_strip>(a, a_row, a_column, b, b_row, c + j, c_row, rows, depth);
  for (; j < columns; j += LANES, b += LANES)
    product_panels<1>(a, a_row, a_column, b, b_row, c + j, c_row, rows, depth);
}
