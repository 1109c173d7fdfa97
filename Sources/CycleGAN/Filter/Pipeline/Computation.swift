import CKernels
import Dispatch

/// What a filter computes of every picture, and which threads do it.
public struct Computation<Loaded: Sendable, Computed: Sendable>: Sendable {
  private let compute: @Sendable (Loaded) throws -> Computed
  private let isSmall: @Sendable (Loaded) -> Bool
  private let cores: DispatchSemaphore

  /// Takes what is computed.
  ///
  /// - Parameters:
  ///   - isSmall: Whether a core does it while others do the same to other pictures; else all cores
  ///     do it together. Small ones are computed on several threads at once.
  ///   - compute: Makes a result.
  public init(
    isSmall: @escaping @Sendable (Loaded) -> Bool = { _ in false },
    _ compute: @escaping @Sendable (Loaded) throws -> Computed
  ) {
    self.compute = compute
    self.isSmall = isSmall
    cores = DispatchSemaphore(value: Kernels.threads)
  }

  func callAsFunction(_ loaded: Loaded) throws -> Computed { try compute(loaded) }

  /// Computes on the calling thread alone.
  ///
  /// - Parameter loaded: A picture.
  /// - Returns: nil where it is not small.
  /// - Throws: What computing throws.
  func onOneCore(_ loaded: Loaded) throws -> Computed? {
    guard isSmall(loaded) else { return nil }
    cores.wait()
    let before = ck_threads_limit(1)
    defer {
      ck_threads_limit(before)
      cores.signal()
    }
    return try compute(loaded)
  }
}
