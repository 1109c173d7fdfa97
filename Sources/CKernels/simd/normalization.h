// Statistics per channel, the maps they feed, and the backward pass of a norm; included inside one
// namespace per instruction set.

/// Adds `count` pixels to a channel's mean and squared deviation, by blocks of 32.
///
/// Each block's mean is taken first and the blocks are merged by Chan's update: a sum of squares
/// would lose the variance of a channel that is nearly flat. The mean is taken from the first value
/// on, so that a flat channel has no deviation at all.
static void gather_statistics(const float *x, size_t count, int channels,
                              channel_statistics *statistics) {
  constexpr int block = 32;
  for (size_t first = 0; first < count; first += block) {
    const int pixels = count - first < block ? static_cast<int>(count - first) : block;
    const float share = static_cast<float>(pixels / (statistics->seen + pixels));
    const float weight = static_cast<float>(statistics->seen) * share;
    for (int c = 0; c < channels; c += LANES) {
      const int part = channels - c;
      const float *from = x + first * channels + c;
      vec sum{}, deviation{};
      const vec start = load_partial(from, part);
      for (int p = 1; p < pixels; p++)
        sum += load_partial(from + static_cast<size_t>(p) * channels, part) - start;
      const vec mean = start + sum * (1.f / pixels);
      for (int p = 0; p < pixels; p++) {
        const vec difference = load_partial(from + static_cast<size_t>(p) * channels, part) - mean;
        deviation += difference * difference;
      }
      const vec before = load(statistics->mean + c), shift = mean - before;
      store(statistics->mean + c, before + shift * share);
      store(statistics->deviation + c,
            load(statistics->deviation + c) + deviation + shift * shift * weight);
    }
    statistics->seen += pixels;
  }
}

/// Maps `count` pixels from x (and the addend) into pixels of y that are `y_channels` apart.
static void map_pixels(const ck_map &map, const float *x, const float *addend, size_t count,
                       int channels, float *y, int y_channels) {
  for (int c = 0; c < channels; c += LANES) {
    const int part = channels - c;
    const vec none{}, one = splat(1), slope = splat(map.slope);
    const vec mean = map.mean ? load_partial(map.mean + c, part) : none;
    const vec scale = map.mean ? load_partial(map.scale + c, part) : one;
    const vec shift = map.shift ? load_partial(map.shift + c, part) : none;
    for (size_t p = 0; p < count; p++) {
      vec value = (load_partial(x + p * channels + c, part) - mean) * scale + shift;
      value = value > none ? value : value * slope;
      if (addend) value += load_partial(addend + p * channels + c, part);
      store_partial(y + p * y_channels + c, value, part);
    }
  }
}

/// The gradient by the norm's output of LANES channels of a pixel, and that output itself.
CK_INLINE vec norm_gradient_at(const norm_gradient &n, size_t at, int part, vec mean, vec scale,
                               vec &z) {
  z = (load_partial(n.y + at, part) - mean) * scale;
  const vec g = load_partial(n.g + at, part);
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
      const vec mean = load_partial(n.norm.mean + c, part),
                scale = load_partial(n.norm.scale + c, part);
      vec sum{}, product{}, z;
      for (size_t p = start; p < end; p++) {
        const vec g = norm_gradient_at(n, p * n.channels + c, part, mean, scale, z);
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
      const vec mean = load_partial(n.norm.mean + c, part),
                scale = load_partial(n.norm.scale + c, part);
      const vec constant = load(mean_g + c), slope = load(mean_product + c);
      vec z;
      for (size_t p = start; p < end; p++) {
        const size_t at = p * n.channels + c;
        const vec g = norm_gradient_at(n, at, part, mean, scale, z);
        store_partial(n.dy + at, scale * (g - constant - z * slope), part);
      }
    }
  }
}
