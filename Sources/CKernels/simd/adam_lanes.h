// Adam's update; included inside one namespace per instruction set.

/// One pass over `count` elements where PyTorch's own Adam makes eight.
static void adam(const ck_adam_update &u, float *parameter, const float *gradient, float *mean,
                 float *square, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const int part = count - i < LANES ? static_cast<int>(count - i) : LANES;
    const vec g = load_part(gradient + i, part);
    const vec m = u.beta1 * load_part(mean + i, part) + u.rest1 * g;
    const vec v = u.beta2 * load_part(square + i, part) + u.rest2 * g * g;
    const vec step = u.rate * m / (__builtin_elementwise_sqrt(v) / u.correction + u.epsilon);
    store_part(mean + i, m, part);
    store_part(square + i, v, part);
    store_part(parameter + i, load_part(parameter + i, part) - step, part);
  }
}
