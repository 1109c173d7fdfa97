#include <algorithm>

#include "simd/kernel_table.h"
#include "threads.h"

void ck_adam_step(const ck_adam_update *update, float *parameter, const float *gradient,
                  float *mean, float *square, size_t count) {
  constexpr size_t share = size_t{1} << 15;
  const ck::kernel_table &table = ck::kernels();
  ck::in_parallel(static_cast<int>((count + share - 1) / share), [&](int i) {
    const size_t first = i * share;
    table.adam(*update, parameter + first, gradient + first, mean + first, square + first,
               std::min(share, count - first));
  });
}
