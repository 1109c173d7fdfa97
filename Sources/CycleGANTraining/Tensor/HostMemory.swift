import Glibc

/// Memory of the host, asked for by a call that can fail: an array that Swift cannot allocate ends the
/// process.
enum HostMemory {
  /// Makes sure of memory that is about to be allocated.
  ///
  /// - Parameters:
  ///   - byteCount: How much, at once.
  ///   - operation: What the user would call it.
  /// - Throws: `TorchError` of the kind `.outOfMemory`.
  static func require(_ byteCount: Int, for operation: @autoclosure () -> String) throws(TorchError)
  {
    // Small pieces come from memory that the process has already.
    guard byteCount >= 1 << 16 else { return }
    // With room for what an array keeps beside its elements.
    guard let memory = malloc(byteCount + 4096) else {
      throw TorchError(
        .outOfMemory, operation: operation(), reason: "\(byteCount) bytes cannot be allocated")
    }
    // Otherwise the compiler may leave both calls out.
    withExtendedLifetime(memory) { free(memory) }
  }
}
