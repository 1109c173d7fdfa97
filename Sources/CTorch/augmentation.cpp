#include <algorithm>

#include "handles.h"

namespace {

using list = std::vector<ct_augmentation>;

/// A number per image, [N, 1, 1, 1], on the images' device.
template <typename Field>
at::Tensor column(const list &all, const at::Tensor &like, Field field) {
  const int64_t count = all.size();
  std::vector<float> values(count);
  std::transform(all.begin(), all.end(), values.begin(),
                 [&](const ct_augmentation &one) { return static_cast<float>(one.*field); });
  return at::from_blob(values.data(), {count, 1, 1, 1}, at::kFloat).clone().to(like.device());
}

bool has(const list &all, bool (*differs)(const ct_augmentation &)) {
  return std::any_of(all.begin(), all.end(), differs);
}

at::Tensor colored(at::Tensor x, const list &all) {
  const auto stretched = [&](at::IntArrayRef axes, double ct_augmentation::*factor) {
    const auto mean = x.mean(axes, /*keepdim=*/true);
    return (x - mean) * column(all, x, factor) + mean;
  };
  x = x + column(all, x, &ct_augmentation::brightness);
  x = stretched({1}, &ct_augmentation::saturation);
  return stretched({1, 2, 3}, &ct_augmentation::contrast);
}

at::Tensor moved(const at::Tensor &x, const list &all) {
  std::vector<at::Tensor> images;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto &one = all[i];
    // Negative padding crops.
    images.push_back(
        at::constant_pad_nd(x.narrow(0, i, 1), {one.right, -one.right, one.down, -one.down}, 0));
  }
  return at::cat(images, 0);
}

at::Tensor cut(const at::Tensor &x, const list &all) {
  const int64_t count = all.size();
  auto kept = at::ones({count, 1, x.size(2), x.size(3)}, at::kFloat);
  for (int64_t i = 0; i < count; ++i) {
    const auto &one = all[i];
    kept[i][0].slice(0, one.top, one.bottom).slice(1, one.left, one.end).zero_();
  }
  return x * kept.to(x.device());
}

}  // namespace

ct_status ct_tensor_augment(const ct_tensor *images, const ct_augmentation *augmentations,
                            int32_t count, ct_tensor **output, ct_error *error) {
  return ct::produce(output, error, [&] {
    TORCH_CHECK(images->value.dim() == 4 && images->value.size(0) == count, count,
                " augmentations meet images of ", images->value.sizes());
    // A mean depends on the order in memory, which is another one in images out of a checkpoint.
    auto x = images->value.contiguous();
    const list all(augmentations, augmentations + count);
    if (has(all, [](const ct_augmentation &one) {
          return one.brightness != 0 || one.saturation != 1 || one.contrast != 1;
        }))
      x = colored(x, all);
    if (has(all, [](const ct_augmentation &one) { return one.down != 0 || one.right != 0; }))
      x = moved(x, all);
    if (has(all, [](const ct_augmentation &one) { return one.top < one.bottom; })) x = cut(x, all);
    return x;
  });
}
