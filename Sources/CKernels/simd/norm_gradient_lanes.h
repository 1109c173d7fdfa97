// The way back through a norm; included inside one namespace per instruction set.

/// The gradient by the norm's output of LANES channels of a pixel, and that output itself.
CK_INLINE vec norm_gradient_of(const norm_gradient &n, size_t at, int part, vec mean, vec scale,
                               vec &z) {
  z = (load_part(n.y + at, part) - mean) * scale;
  const vec g = load_part(n.g + at, part);
  return z > vec{} ? g : g * n.slope;
}

/// Adds up g and g z over pixels, by blocks whose sums join those before: rounding grows with the
/// length of a chain of additions.
static void norm_gradient_sums(const norm_gradient &n, size_t first, size_t count, float *sums,
                               float *products) {
  constexpr size_t block = 64;
  for (size_t start = first; start < first + count; start += block) {
    const size_t end = start + block < first + count ? start + block : first + count;
    for (int c = 0; c < n.channels; c += LANES) {
      const int part = n.channels - c;
      const vec mean = load_part(n.norm.mean + c, part), scale = load_part(n.norm.scale + c, part);
      vec sum{}, product{}, z;
      for (size_t p = start; p < end; p++) {
        const vec g = norm_gradient_of(n, p * n.channels + c, part, mean, scale, z);
        sum += g;
        product += g * z;
      }
      store(sums + c, load(sums + c) + sum);
      store(products + c, load(products + c) + product);
    }
  }
}

/// dy = scale * (g - mean of g - z * mean of g z), by blocks of pixels that stay in the cache.
static void norm_gradient_map(const norm_gradient &n, const float *mean_g,
                              const float *mean_product, size_t first, size_t count) {
  constexpr size_t block = 16;
  for (size_t start = first; start < first + count; start += block) {
    const size_t end = start + block < first + count ? start + block : first + count;
    for (int c = 0; c < n.channels; c += LANES) {
      const int part = n.channels - c;
      const vec mean = load_part(n.norm.mean + c, part), scale = load_part(n.norm.scale + c, part);
      const vec constant = load(mean_g + c), slope = load(mean_product + c);
      vec z;
      for (size_t p = start; p < end; p++) {
        const size_t at = p * n.channels + c;
        const vec g = norm_gradient_of(n, at, part, mean, scale, z);
        store_part(n.dy + at, scale * (g - constant - z * slope), part);
      }
    }
  }
}
