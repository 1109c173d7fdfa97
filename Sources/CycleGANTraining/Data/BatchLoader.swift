import CycleGAN

/// Decodes, resizes, crops and flips ahead of the steps, on threads of its own, in order.
package final class BatchLoader: Sendable {
  /// The images of one step.
  package struct Batch: Sendable {
    /// Frames of A, uint8 samples.
    package let realA: [Frame]
    /// Frames of B, uint8 samples.
    package let realB: [Frame]
    /// Names of the images, A before B, for messages.
    package let names: [String]
  }

  private let pool: OrderedPool<Int, Result<Batch, TrainingError>>

  /// Starts to load an epoch.
  ///
  /// - Parameters:
  ///   - epoch: Counted from 1.
  ///   - first: The first step of the epoch that is wanted, counted from 0.
  ///   - data: Both domains.
  ///   - threads: Threads that load, at least 1.
  /// - Throws: `TrainingError.outOfMemory` if no thread can be started.
  package init(
    epoch: Int, from first: Int, _ data: TrainingData, threads: Int
  ) throws(TrainingError) {
    let pairs = data.order.pairs(epoch: epoch)
    var steps = (first..<max(first, data.order.stepsPerEpoch)).makeIterator()
    do throws(SystemError) {
      pool = try OrderedPool(threads: threads, depth: threads) {
        steps.next()
      } transform: { step, _ in
        Result { () throws(TrainingError) in try data.batch(step, of: pairs) }
      }
    } catch {
      throw .outOfMemory("no thread can be started to load images: \(error)")
    }
  }

  /// Waits for the batch of the next step.
  ///
  /// - Returns: Its images.
  /// - Throws: `TrainingError.images` if a domain has none that can be used.
  /// - Precondition: The epoch has a next step, and `stop` was not called.
  package func next() throws(TrainingError) -> Batch {
    guard let batch = pool.next() else { preconditionFailure("the epoch has no more steps") }
    return try batch.get()
  }

  /// Lets the threads end; the batches they hold are dropped.
  package func stop() { pool.cancel() }
}

extension TrainingData {
  /// Loads the images of one step.
  fileprivate func batch(
    _ step: Int, of pairs: [DataOrder.Pair]
  ) throws(TrainingError) -> BatchLoader.Batch {
    var (realA, realB): ([Frame], [Frame]) = ([], [])
    var (namesA, namesB): ([String], [String]) = ([], [])
    for pair in pairs[order.pairs(ofStep: step)] {
      var random = pair.random
      let a = try imagesA.prepared(pair.indexA, preparationA, random: &random)
      let b = try imagesB.prepared(pair.indexB, preparationB, random: &random)
      realA.append(Frame(a.image))
      realB.append(Frame(b.image))
      namesA.append(imagesA.name(a.index))
      namesB.append(imagesB.name(b.index))
    }
    try requiredSizes?.A.require(realA, namesA)
    try requiredSizes?.B.require(realB, namesB)
    for (frames, names) in [(realA, namesA), (realB, namesB)] {
      for batch in frames.indices.split(into: batchSize) {
        try RequiredSize(of: frames[batch.lowerBound], for: .batch)
          .require(Array(frames[batch]), Array(names[batch]))
      }
    }
    return BatchLoader.Batch(realA: realA, realB: realB, names: namesA + namesB)
  }
}
