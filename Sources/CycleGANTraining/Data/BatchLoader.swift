import CycleGAN
import Dispatch
import Synchronization

/// Decodes, resizes, crops and flips ahead of the steps, on threads of its own, in order.
public final class BatchLoader: Sendable {
  /// The images of one step.
  public struct Batch: Sendable {
    /// Frames of A, levels.
    public let realA: [Frame]
    /// Frames of B, levels.
    public let realB: [Frame]
    /// Names of the images, A before B, for messages.
    public let names: [String]
  }

  private struct State {
    var next: Int
    var ready: [Int: Result<Batch, TrainingError>] = [:]
    var stopped = false
  }

  private let data: TrainingData
  private let pairs: [DataOrder.Pair]
  private let threads: Int
  private let state: Mutex<State>
  /// Places that workers may fill, and results that wait.
  private let room = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  /// Starts to load an epoch.
  ///
  /// - Parameters:
  ///   - epoch: Counted from 1.
  ///   - first: The first step of the epoch that is wanted, counted from 0.
  ///   - data: Both domains.
  ///   - threads: Threads that load, at least 1.
  public init(epoch: Int, from first: Int, _ data: TrainingData, threads: Int) {
    self.data = data
    self.threads = threads
    pairs = data.order.pairs(epoch: epoch)
    state = Mutex(State(next: first))
    for _ in 0..<2 * threads { room.signal() }
    for _ in 0..<threads {
      DispatchQueue(label: "loader").async { [self] in work() }
    }
  }

  /// Waits for the batch of a step.
  ///
  /// - Parameter step: Counted from 0 within the epoch; each one once, in order.
  /// - Returns: Its images.
  /// - Throws: `TrainingError.images` if a domain has none that can be used.
  public func batch(_ step: Int) throws(TrainingError) -> Batch {
    while true {
      if let result = state.withLock({ $0.ready.removeValue(forKey: step) }) {
        room.signal()
        return try result.get()
      }
      filled.wait()
    }
  }

  /// Lets the threads end; the batches they hold are dropped.
  public func stop() {
    state.withLock { $0.stopped = true }
    for _ in 0..<threads { room.signal() }
  }

  private func work() {
    while true {
      room.wait()
      let step = state.withLock { state -> Int? in
        guard !state.stopped, state.next < data.order.stepsPerEpoch else { return nil }
        defer { state.next += 1 }
        return state.next
      }
      guard let step else { return }
      let result = Result { () throws(TrainingError) in try load(step) }
      state.withLock { $0.ready[step] = result }
      filled.signal()
    }
  }

  private func load(_ step: Int) throws(TrainingError) -> Batch {
    var (realA, realB): ([Frame], [Frame]) = ([], [])
    var (namesA, namesB): ([String], [String]) = ([], [])
    for place in data.order.places(ofStep: step) {
      let pair = pairs[place]
      var random = pair.random
      let a = try data.imagesA.prepared(pair.indexA, data.preparationA, random: &random)
      let b = try data.imagesB.prepared(pair.indexB, data.preparationB, random: &random)
      realA.append(Frame(a.image))
      realB.append(Frame(b.image))
      namesA.append(data.imagesA.name(a.index))
      namesB.append(data.imagesB.name(b.index))
    }
    try data.requiredSizes?.A.require(realA, namesA)
    try data.requiredSizes?.B.require(realB, namesB)
    for (frames, names) in [(realA, namesA), (realB, namesB)] {
      for batch in frames.indices.split(into: data.batchSize) {
        try RequiredSize(of: frames[batch.lowerBound], for: .batch)
          .require(Array(frames[batch]), Array(names[batch]))
      }
    }
    return Batch(realA: realA, realB: realB, names: namesA + namesB)
  }
}
