// One step of Adam; included inside one namespace per instruction set.

/// One pass over `count` elements where PyTorch's own Adam makes eight.
static void adam(const ck_adam_update &u, float *parameter, const float *gradient, float *mean,
                 float *square, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const int part = count - i < LANES ? static_cast<int>(count - i) : LANES;
    const vec g = load_partial(gradient + i, part);
    const vec m = u.beta1 * load_partial(mean + i, part) + u.rest1 * g;
    const vec v = u.beta2 * load_partial(square + i, part) + u.rest2 * g * g;
    const vec step = u.rate * m / (__builtin_elementwise_sqrt(v) / u.correction + u.epsilon);
    store_partial(mean + i, m, part);
    store_partial(square + i, v, part);
    store_partial(parameter + i, load_partial(parameter + i, part) - step, part);
  }
}
