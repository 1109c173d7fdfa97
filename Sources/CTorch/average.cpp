#include "handles.h"

ct_status ct_network_approach(ct_network *network, const ct_network *target, double share,
                              ct_error *error) {
  return ct::guarded(error, [&] {
    const at::NoGradGuard no_graph;
    TORCH_CHECK(network->tensors.size() == target->tensors.size(), "the networks differ");
    for (size_t i = 0; i < network->tensors.size(); ++i) {
      const auto &toward = target->tensors[i];
      auto &own = network->tensors[i];
      // Copied at share 1, as the sum of a number and a difference is rounded.
      if (toward.learned && share != 1)
        own.value.lerp_(toward.value, share);
      else
        own.value.copy_(toward.value);
    }
  });
}
