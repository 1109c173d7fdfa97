// Vectors of LANES floats. Included inside one namespace per instruction set, LANES defined before.

#pragma clang fp contract(fast)

typedef float vec __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));

#define CK_INLINE static inline __attribute__((always_inline))

CK_INLINE vec load(const float *from) { return *reinterpret_cast<const vec *>(from); }

CK_INLINE void store(float *to, vec value) { *reinterpret_cast<vec *>(to) = value; }

CK_INLINE vec splat(float value) { return value - vec{}; }

/// Reads `count` floats, or LANES if that is less; the other lanes are 0.
CK_INLINE vec load_partial(const float *from, int count) {
  if (__builtin_expect(count >= LANES, 1)) return load(from);
  vec value{};
  for (int i = 0; i < count; i++) value[i] = from[i];
  return value;
}

/// Writes the first `count` lanes, or all if there are no more.
CK_INLINE void store_partial(float *to, vec value, int count) {
  if (__builtin_expect(count >= LANES, 1)) return store(to, value);
  for (int i = 0; i < count; i++) to[i] = value[i];
}

CK_INLINE vec positive(vec x) { return x > vec{} ? x : vec{}; }
