import Glibc

/// Which outputs need not be made again.
package struct Freshness: Sendable {
  /// The rule in force.
  package var rule: FreshnessRule
  /// What every output is made from besides its own input, such as the weights.
  package var prerequisites: [FilePath]

  /// Chooses a rule.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - prerequisites: What every output is made from besides its own input.
  package init(_ rule: FreshnessRule = .remake, prerequisites: [FilePath] = []) {
    self.rule = rule
    self.prerequisites = prerequisites
  }

  /// Whether an output has to be made.
  ///
  /// - Parameters:
  ///   - output: Its path.
  ///   - input: What it is made from; where there is no such file, only the prerequisites count.
  /// - Returns: False where the rule keeps what is there.
  func isWanted(_ output: FilePath, from input: FilePath) -> Bool {
    guard rule != .remake, let made = Self.time(output) else { return true }
    guard rule == .update else { return false }
    return ([input] + prerequisites).contains { path in Self.time(path).map { $0 > made } ?? false }
  }

  /// When a file was changed, seconds and nanoseconds; nil if there is none.
  private static func time(_ path: FilePath) -> (Int, Int)? {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    return (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}
