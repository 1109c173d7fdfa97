import Dispatch
import Synchronization

/// The way of every picture through a filter: load | compute | save, with the order kept and a
/// bounded number of pictures under way.
///
/// Loading and saving run on several threads. The calling one computes with all cores, and small
/// pictures are computed where they are loaded, one a core.
public struct Pipeline<Loaded: Sendable, Computed: Sendable>: Sendable {
  /// The last part of saving, which happens in order and on one thread.
  public typealias Delivery = @Sendable () throws(ToolError) -> Void

  private let load: @Sendable (Arrival.Content, Arrival.Place) throws -> Loaded
  private let save: @Sendable (Computed, Arrival.Place) throws -> Delivery
  private let done: @Sendable (Arrival.Place, PictureFailure?) throws(ToolError) -> Void

  /// Connects the stages.
  ///
  /// An error that a stage throws is that picture's alone, unless it is a `ToolError`.
  ///
  /// - Parameters:
  ///   - load: Makes of a picture what is computed with.
  ///   - save: Encodes a result, or writes its file.
  ///   - done: Told in order of every picture, and why it failed if it did.
  public init(
    load: @escaping @Sendable (Arrival.Content, Arrival.Place) throws -> Loaded,
    save: @escaping @Sendable (Computed, Arrival.Place) throws -> Delivery,
    done: @escaping @Sendable (Arrival.Place, PictureFailure?) throws(ToolError) -> Void
  ) {
    self.load = load
    self.save = save
    self.done = done
  }

  /// Sends every picture through.
  ///
  /// - Parameters:
  ///   - inputs: The pictures.
  ///   - jobs: Threads that load and that save.
  ///   - prepare: Makes what computes, while the first pictures load.
  /// - Throws: `ToolError` if the tool cannot go on; what was delivered before stays.
  public func run(
    _ inputs: sending Inputs, jobs: Jobs,
    computing prepare: () throws(ToolError) -> Computation<Loaded, Computed>
  ) throws(ToolError) {
    let promise = Promise<Computation<Loaded, Computed>>()
    let loading = self.loading(inputs, threads: jobs.load, promise)
    let channel = Channel<Item<Computed>>(depth: 1)
    let saving = self.saving(channel, threads: jobs.save)
    let writer = Writer { () throws(ToolError) in
      while let item = saving.next() { try deliver(item) }
    } afterwards: {
      // Where it failed, the next picture may be a long time coming.
      loading.cancel()
      // Nobody may be left waiting for room.
      while saving.next() != nil {}
    }
    let failure = attempt { () throws(ToolError) in
      let computation: Computation<Loaded, Computed>
      do throws(ToolError) { computation = try prepare() } catch {
        promise.keep(nil)
        throw error
      }
      promise.keep(computation)
      while !writer.hasFailed, let item = loading.next() {
        channel.send(item.map { try $0.computed(by: computation) })
      }
    }
    channel.close()
    try writer.finish()
    if let failure { throw failure }
  }

  private func loading(
    _ inputs: sending Inputs, threads: Int, _ promise: Promise<Computation<Loaded, Computed>>
  ) -> ParallelMap<Result<Arrival, ToolError>, Item<Stage<Loaded, Computed>>> {
    ParallelMap(threads: threads, ahead: 1) {
      do throws(ToolError) { return try inputs.next().map { .success($0) } } catch {
        return .failure(error)
      }
    } transform: { [load] arrival, index in
      switch arrival {
      case .failure(let error): return Item(place: .init(), result: .failure(error))
      case .success(let arrival):
        var place = arrival.place
        place.index = index
        return Item(
          place: place,
          result: Result {
            let loaded = try load(try arrival.content.get(), place)
            // A picture alone is done soonest by all cores, and so is the first of many.
            guard index > 0, let computed = try promise.wait()?.onOneCore(loaded) else {
              return .loaded(loaded)
            }
            return .computed(computed)
          })
      }
    }
  }

  private func saving(
    _ channel: Channel<Item<Computed>>, threads: Int
  ) -> ParallelMap<Item<Computed>, Item<Delivery>> {
    ParallelMap(threads: threads, ahead: 1) {
      channel.receive()
    } transform: { [save] item, _ in
      item.map { try save($0, item.place) }
    }
  }

  private func deliver(_ item: Item<Delivery>) throws(ToolError) {
    do {
      try item.result.get()()
    } catch let error as ToolError {
      throw error
    } catch {
      let failure = error as? PictureFailure ?? PictureFailure(describedWithHint(error))
      return try done(item.place, failure)
    }
    try done(item.place, nil)
  }
}

/// A picture under way.
private struct Item<Value: Sendable>: Sendable {
  let place: Arrival.Place
  let result: Result<Value, any Error>

  func map<New>(_ transform: (Value) throws -> New) -> Item<New> {
    Item<New>(
      place: place, result: result.flatMap { value in Result { try transform(value) } })
  }
}

/// How far a picture has come where it was loaded.
private enum Stage<Loaded: Sendable, Computed: Sendable>: Sendable {
  case loaded(Loaded)
  case computed(Computed)

  func computed(by computation: Computation<Loaded, Computed>) throws -> Computed {
    switch self {
    case .loaded(let loaded): try computation(loaded)
    case .computed(let computed): computed
    }
  }
}

/// How many threads load and save.
public struct Jobs: Sendable, Equatable {
  /// Threads that decode.
  public var load: Int
  /// Threads that encode.
  public var save: Int

  /// Sets the threads.
  ///
  /// - Parameters:
  ///   - load: Threads that decode, at least 1.
  ///   - save: Threads that encode, at least 1.
  public init(load: Int, save: Int) {
    self.load = load
    self.save = save
  }
}
