import ArgumentParser

/// How many threads a filter uses.
package struct ThreadOptions: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "Threads that compute (default: OMP_NUM_THREADS, or the processors it may use).",
      valueName: "n"))
  var threads: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads that decode, and threads that encode (default: -t).", valueName: "load:save"))
  var jobs: JobsWord?

  /// The defaults, to be parsed into.
  package init() {}

  /// Refuses less than one thread.
  package func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("-t is from 1 to 1024, not \(threads)")
    }
  }

  /// Threads that compute.
  package var computing: Int { threads ?? Kernels.threads }

  /// Threads that decode and encode; as many as compute unless given.
  package var loadingAndSaving: Jobs {
    jobs?.value ?? Jobs(load: computing, save: computing)
  }
}

/// The value of `-j`: `4`, or `4:2`.
struct JobsWord: ExpressibleByArgument, Sendable {
  let value: Jobs

  init?(argument: String) {
    let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(numbers.count),
      numbers.allSatisfy({ $0.map { (1...1024).contains($0) } ?? false }),
      let first = numbers.first, let load = first, let last = numbers.last, let save = last
    else { return nil }
    value = Jobs(load: load, save: save)
  }
}

/// How many threads load and save.
package struct Jobs: Sendable, Equatable {
  /// Threads that decode.
  package var load: Int
  /// Threads that encode.
  package var save: Int

  /// Sets the threads.
  ///
  /// - Parameters:
  ///   - load: Threads that decode, at least 1.
  ///   - save: Threads that encode, at least 1.
  package init(load: Int, save: Int) {
    self.load = load
    self.save = save
  }
}
