// Statistics per channel and the maps they feed; included inside one namespace per instruction set.

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
      const vec start = load_part(from, part);
      for (int p = 1; p < pixels; p++)
        sum += load_part(from + static_cast<size_t>(p) * channels, part) - start;
      const vec mean = start + sum * (1.f / pixels);
      for (int p = 0; p < pixels; p++) {
        const vec difference = load_part(from + static_cast<size_t>(p) * channels, part) - mean;
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
    const vec mean = map.mean ? load_part(map.mean + c, part) : none;
    const vec scale = map.mean ? load_part(map.scale + c, part) : one;
    const vec shift = map.shift ? load_part(map.shift + c, part) : none;
    for (size_t p = 0; p < count; p++) {
      vec value = (load_part(x + p * channels + c, part) - mean) * scale + shift;
      value = value > none ? value : value * slope;
      if (addend) value += load_part(addend + p * channels + c, part);
      store_part(y + p * y_channels + c, value, part);
    }
  }
}
