import CKernels

/// The way of every image through a filter: load | compute | save, with the order kept and a bounded
/// number of images under way.
///
/// Loading and saving run on several threads. The calling thread computes with all cores; images
/// that are best computed on one core are computed by the threads that load, one a core.
package struct Pipeline<Loaded: Sendable, Computed: Sendable>: Sendable {
  /// The last part of saving, which happens in order and on one thread.
  package typealias Delivery = @Sendable () throws(ToolError) -> Void

  private let load: @Sendable (Input.Content, Input.Identity) throws -> Loaded
  private let save: @Sendable (Computed, Input.Identity) throws -> Delivery
  private let done: @Sendable (Input.Identity, InputFailure?) throws(ToolError) -> Void
  private let deliversAlways: Bool

  /// Connects the stages.
  ///
  /// An error that a stage throws is that image's alone, unless it is a `ToolError`.
  ///
  /// - Parameters:
  ///   - deliversAlways: Whether what is saved already is delivered even after an error that ends
  ///     the run.
  ///   - load: Makes of an image what is computed with.
  ///   - save: Encodes a result, or writes its file.
  ///   - done: Told in order of every image, and why it failed if it did.
  package init(
    deliversAlways: Bool = false,
    load: @escaping @Sendable (Input.Content, Input.Identity) throws -> Loaded,
    save: @escaping @Sendable (Computed, Input.Identity) throws -> Delivery,
    done: @escaping @Sendable (Input.Identity, InputFailure?) throws(ToolError) -> Void
  ) {
    self.deliversAlways = deliversAlways
    self.load = load
    self.save = save
    self.done = done
  }

  /// Sends every image through.
  ///
  /// - Parameters:
  ///   - jobs: Threads that load and that save.
  ///   - next: Gives the next image, nil at the end.
  ///   - prepare: Makes what computes, while the first images load.
  /// - Throws: `ToolError` if the tool cannot go on; what was delivered before stays.
  package func run(
    jobs: Jobs, from next: sending @escaping () throws(ToolError) -> Input?,
    computing prepare: () throws(ToolError) -> Computation<Loaded, Computed>
  ) throws(ToolError) {
    let promise = Promise<Computation<Loaded, Computed>>()
    let loading = try loading(next, threads: jobs.load, promise)
    let computed = Channel<Item<Computed>>(depth: 1)
    let writer: Writer
    do throws(ToolError) {
      writer = try startWriter(of: computed, threads: jobs.save, whenDone: { loading.cancel() })
    } catch {
      loading.cancel()
      promise.keep(nil)
      throw error
    }
    let failure = attempt { () throws(ToolError) in
      let computation: Computation<Loaded, Computed>
      do throws(ToolError) { computation = try prepare() } catch {
        promise.keep(nil)
        throw error
      }
      promise.keep(computation)
      while !writer.hasFailed, let item = loading.next() {
        computed.send(item.map { try $0.computed(by: computation) })
      }
    }
    computed.close()
    try writer.finish()
    if let failure { throw failure }
  }

  /// Reads and decodes, and computes what one core computes.
  private func loading(
    _ next: sending @escaping () throws(ToolError) -> Input?, threads: Int,
    _ promise: Promise<Computation<Loaded, Computed>>
  ) throws(ToolError) -> OrderedPool<Result<Input, ToolError>, Item<Stage<Loaded, Computed>>> {
    let read = { () -> Result<Input, ToolError>? in
      do throws(ToolError) { return try next().map { .success($0) } } catch {
        return .failure(error)
      }
    }
    do throws(SystemError) {
      return try OrderedPool(threads: threads, depth: 1, next: read) { [load] input, index in
        switch input {
        case .failure(let error): return Item(identity: .init(), result: .failure(error))
        case .success(let input):
          var identity = input.identity
          identity.index = index
          return Item(
            identity: identity,
            result: Result {
              let loaded = try load(try input.content.get(), identity)
              // An image alone is done soonest by all cores, and so is the first of many.
              guard index > 0, let computed = try promise.wait()?.onOneCore(loaded) else {
                return .loaded(loaded)
              }
              return .computed(computed)
            })
        }
      }
    } catch {
      throw ToolError(noThread: error)
    }
  }

  /// Encodes on several threads, and delivers in order on one more.
  private func startWriter(
    of computed: Channel<Item<Computed>>, threads: Int, whenDone: @escaping @Sendable () -> Void
  ) throws(ToolError) -> Writer {
    let end = Locked<End?>(nil)
    let endRun = { @Sendable (index: Int, error: ToolError) in
      end.withLock { if index < $0?.index ?? .max { $0 = End(index: index, error: error) } }
    }
    do throws(SystemError) {
      let saving = try OrderedPool<Item<Computed>, Item<Delivery>>(threads: threads, depth: 1) {
        computed.receive()
      } transform: { [save] item, index in
        item.map { computed in
          // Nothing is begun behind the image that ends the run; what is in front of it is delivered.
          if let end = end.withLock({ $0 }), end.index < index { throw end.error }
          do { return try save(computed, item.identity) } catch let error as ToolError {
            endRun(index, error)
            throw error
          }
        }
      }
      return try Writer { () throws(ToolError) in
        var index = 0
        do throws(ToolError) {
          while let item = saving.next() {
            try deliver(item)
            index += 1
          }
        } catch {
          endRun(index, error)
          whenDone()
          while deliversAlways, let item = saving.next() {
            guard case .success = item.result else { continue }
            // Where it cannot be delivered, the first error has said why.
            guard attempt({ () throws(ToolError) in try deliver(item) }) == nil else { break }
          }
          throw error
        }
      } afterwards: {
        // Where it failed, the next image may be a long time coming.
        whenDone()
        // Nobody may be left waiting for room.
        while saving.next() != nil {}
      }
    } catch {
      computed.close()
      throw ToolError(noThread: error)
    }
  }

  private func deliver(_ item: Item<Delivery>) throws(ToolError) {
    do {
      try item.result.get()()
    } catch let error as ToolError {
      throw error
    } catch {
      return try done(item.identity, InputFailure(from: error))
    }
    try done(item.identity, nil)
  }
}

/// What a filter computes of every image, and on which cores.
package struct Computation<Loaded: Sendable, Computed: Sendable>: Sendable {
  private let compute: @Sendable (Loaded) throws -> Computed
  private let isForOneCore: @Sendable (Loaded) -> Bool
  private let cores = Semaphore(Kernels.threads)

  /// Takes what is computed.
  ///
  /// - Parameters:
  ///   - isForOneCore: Whether one core computes an image while others compute others; else all
  ///     cores compute it together.
  ///   - compute: Makes a result; called from several threads at once.
  package init(
    isForOneCore: @escaping @Sendable (Loaded) -> Bool = { _ in false },
    _ compute: @escaping @Sendable (Loaded) throws -> Computed
  ) {
    self.compute = compute
    self.isForOneCore = isForOneCore
  }

  func callAsFunction(_ loaded: Loaded) throws -> Computed { try compute(loaded) }

  /// Computes on the calling thread alone.
  ///
  /// - Parameter loaded: An image.
  /// - Returns: nil where all cores are better.
  /// - Throws: What computing throws.
  func onOneCore(_ loaded: Loaded) throws -> Computed? {
    guard isForOneCore(loaded) else { return nil }
    cores.wait()
    let before = ck_threads_limit(1)
    defer {
      ck_threads_limit(before)
      cores.signal()
    }
    return try compute(loaded)
  }
}

/// The image with which a run ends, and why.
private struct End {
  let index: Int
  let error: ToolError
}

/// An image under way.
private struct Item<Value: Sendable>: Sendable {
  let identity: Input.Identity
  let result: Result<Value, any Error>

  func map<New>(_ transform: (Value) throws -> New) -> Item<New> {
    Item<New>(
      identity: identity, result: result.flatMap { value in Result { try transform(value) } })
  }
}

/// How far an image has come where it was loaded.
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

/// A value that one thread makes while others wait for it.
private final class Promise<Value: Sendable>: Sendable {
  private let value = Locked<Value?>(nil)
  private let isKept = Semaphore(0)

  /// Says what the value is, nil for none; once.
  func keep(_ made: Value?) {
    value.withLock { $0 = made }
    isKept.signal()
  }

  /// Waits until it is known.
  func wait() -> Value? {
    isKept.wait()
    isKept.signal()
    return value.withLock { $0 }
  }
}

/// Runs one task on a thread of its own, and keeps why it ended.
private final class Writer: Sendable {
  private let failure = Locked<ToolError?>(nil)
  private let ended = Semaphore(0)

  /// Starts the task.
  ///
  /// - Parameters:
  ///   - task: What to do.
  ///   - afterwards: What follows in any case.
  /// - Throws: `SystemError` if there can be no more threads.
  init(
    _ task: @escaping @Sendable () throws(ToolError) -> Void,
    afterwards: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    try BlockingThread { [self] in
      let failed = attempt(task)
      failure.withLock { $0 = failed }
      afterwards()
      ended.signal()
    }.detach()
  }

  /// Whether the task has thrown already.
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Waits for the task.
  ///
  /// - Throws: What it threw.
  func finish() throws(ToolError) {
    ended.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

/// Runs a task.
///
/// - Parameter task: What to do.
/// - Returns: What it threw; nil if nothing.
func attempt(_ task: () throws(ToolError) -> Void) -> ToolError? {
  do throws(ToolError) { try task() } catch { return error }
  return nil
}

extension ToolError {
  /// The error of a tool that cannot start a thread.
  init(noThread error: SystemError) {
    self.init(.outOfMemory, "cannot start a thread: \(error); use fewer with -j and -t")
  }
}
