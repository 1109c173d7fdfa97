import CycleGAN

/// The fakes of earlier steps, half of which the discriminator sees instead of new ones.
///
/// Source: Shrivastava et al. 2017, arXiv 1612.07828; `ImagePool` in the official image_pool.py.
struct ImagePool {
  /// How many images it keeps: the official `--pool_size`; 0 turns it off.
  let capacity: Int
  /// What it keeps, each `[1, C, H, W]` on the device.
  private(set) var images: [Tensor]

  init(capacity: Int, images: [Tensor] = []) {
    self.capacity = capacity
    self.images = images
  }

  /// Exchanges new fakes for old ones: until the pool is full it stores and returns the new one,
  /// afterwards every second one replaces an old one, which is returned.
  ///
  /// - Parameters:
  ///   - fakes: `[N, C, H, W]`, detached from the generator.
  ///   - random: Decides.
  /// - Returns: As many images.
  /// - Throws: `TorchError` if the device is out of memory or the images' sizes differ.
  mutating func query(
    _ fakes: Tensor, random: inout RandomSource
  ) throws(TorchError) -> Tensor {
    guard capacity > 0 else { return fakes }
    var chosen: [Tensor] = []
    for i in 0..<fakes.shape[0] {
      chosen.append(try query(one: fakes.items(i..<i + 1), random: &random))
    }
    return chosen.count == 1 ? chosen[0] : try Tensor.concatenated(chosen)
  }

  private mutating func query(
    one fake: Tensor, random: inout RandomSource
  ) throws(TorchError) -> Tensor {
    guard images.count == capacity else {
      images.append(try fake.copied())
      return fake
    }
    guard random.unit() > 0.5 else { return fake }
    let index = random.integer(below: capacity)
    let old = images[index]
    images[index] = try fake.copied()
    return old
  }
}
