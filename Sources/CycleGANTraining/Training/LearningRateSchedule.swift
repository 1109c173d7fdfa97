import Glibc

/// The schedule of the learning rate.
///
/// Source: `get_scheduler` in the official networks.py (2025), which counts from the first epoch
/// trained except where it is linear.
package struct LearningRateSchedule: Sendable, Equatable {
  /// The four policies, by the official option's words.
  package enum Policy: String, Sendable, CaseIterable {
    /// Constant, then down to nearly 0 in equal steps.
    case linear
    /// A tenth every `decayEvery` epochs.
    case step
    /// A fifth every six epochs after the first.
    ///
    /// That is what PyTorch's `ReduceLROnPlateau` with patience 5 does with the metric the
    /// official code feeds it, which is always 0.
    case plateau
    /// Half a cosine over `epochs`; it rises again afterwards.
    case cosine
  }

  /// How it changes.
  package var policy: Policy
  /// What it starts from: the official `--lr`.
  package var learningRate: Double
  /// Epochs at the full rate (linear) or of half a cosine: the official `--n_epochs`.
  package var epochs: Int
  /// Epochs of linear decay: the official `--n_epochs_decay`.
  package var decayEpochs: Int
  /// Epochs between steps: the official `--lr_decay_iters`, which counts epochs all the same.
  package var decayEvery: Int
  /// The first epoch trained: the official `--epoch_count`.
  package var firstEpoch: Int

  /// Chooses a schedule; the defaults are the official ones.
  ///
  /// - Parameters:
  ///   - policy: How it changes.
  ///   - learningRate: What it starts from.
  ///   - epochs: Epochs at the full rate, or of half a cosine.
  ///   - decayEpochs: Epochs of linear decay.
  ///   - decayEvery: Epochs between steps.
  ///   - firstEpoch: The first epoch trained.
  package init(
    _ policy: Policy = .linear, learningRate: Double = 0.0002, epochs: Int = 100,
    decayEpochs: Int = 100, decayEvery: Int = 50, firstEpoch: Int = 1
  ) {
    self.policy = policy
    self.learningRate = learningRate
    self.epochs = epochs
    self.decayEpochs = decayEpochs
    self.decayEvery = decayEvery
    self.firstEpoch = firstEpoch
  }

  /// How often a linear rate falls.
  package enum Interval: String, Sendable, CaseIterable {
    /// At the beginning of an epoch, as in the official code.
    case epoch
    /// With every step.
    case step
  }

  /// The rate of a step where it falls with every step: constant, then down to nearly 0 in as many
  /// equal falls as there are steps of decay, of which the first is still at the full rate.
  ///
  /// - Parameters:
  ///   - epoch: Counted from 1.
  ///   - step: Counted from 0 within the epoch.
  ///   - count: Steps of an epoch.
  /// - Returns: Above 0 in the epochs of decay, 0 behind them.
  /// - Precondition: The policy is linear.
  ///
  /// Source: `LinearDecay` of LynnHo's CycleGAN-Tensorflow-2 (module.py); `LinearLrUpdaterHook` of
  /// MMGeneration, with an interval of one step.
  package func rate(epoch: Int, step: Int, of count: Int) -> Double {
    precondition(policy == .linear, "only a linear rate falls with every step")
    let done = Double(max(0, (epoch - 1 - epochs) * count + step))
    return learningRate * max(0, 1 - done / Double(max(1, decayEpochs * count)))
  }

  /// The rate during an epoch.
  ///
  /// - Parameter epoch: Counted from 1.
  /// - Returns: 0 or more.
  package func rate(epoch: Int) -> Double {
    let elapsed = max(0, epoch - firstEpoch)
    switch policy {
    case .linear:
      let decayed = Double(max(0, epoch - epochs)) / Double(decayEpochs + 1)
      return learningRate * max(0, 1 - decayed)
    case .step:
      return learningRate * pow(0.1, Double(elapsed / max(1, decayEvery)))
    case .cosine:
      return learningRate * (1 + cos(Double.pi * Double(elapsed) / Double(max(1, epochs)))) / 2
    case .plateau:
      return plateau(reductions: max(0, elapsed - 1) / 6)
    }
  }

  /// Source: PyTorch's `ReduceLROnPlateau`: factor 0.2 here, and no change smaller than 1e-8.
  private func plateau(reductions: Int) -> Double {
    var rate = learningRate
    for _ in 0..<reductions {
      let reduced = rate * 0.2
      guard rate - reduced > 1e-8 else { break }
      rate = reduced
    }
    return rate
  }
}
