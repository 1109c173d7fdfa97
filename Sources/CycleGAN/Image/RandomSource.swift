/// A reproducible source of random numbers whose whole state can be saved.
///
/// Source: Blackman and Vigna 2018, arXiv 1805.01407, xoshiro256**, seeded by splitmix64.
package struct RandomSource: RandomNumberGenerator, Sendable, Equatable {
  /// Four words, not all zero.
  package private(set) var state: [UInt64]

  /// Starts from a seed.
  ///
  /// - Parameter seed: Any number; equal seeds give equal sequences.
  package init(seed: UInt64) {
    var mixer = seed
    state = (0..<4).map { _ in Self.splitmix(&mixer) }
  }

  /// Resumes from a saved state.
  ///
  /// - Parameter state: What `state` gave.
  /// - Precondition: Four words, not all zero.
  package init(state: [UInt64]) {
    precondition(state.count == 4 && state.contains { $0 != 0 }, "not a state of this generator")
    self.state = state
  }

  /// Draws 64 random bits.
  ///
  /// - Returns: Any number, all equally likely.
  package mutating func next() -> UInt64 {
    let result = Self.rotated(state[1] &* 5, by: 7) &* 9
    let shifted = state[1] << 17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = Self.rotated(state[3], by: 45)
    return result
  }

  /// Draws an integer.
  ///
  /// - Parameter bound: At least 1.
  /// - Returns: 0..<bound, all exactly equally likely.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "nothing to choose from")
    let bound = UInt64(bound)
    // The lowest draws are rejected, so that the number of the others is a multiple of the bound.
    let rejected = (0 &- bound) % bound
    while true {
      let draw = next()
      if draw >= rejected { return Int(draw % bound) }
    }
  }

  /// Draws a fraction.
  ///
  /// - Returns: 0 ..< 1, a multiple of 2^-53.
  package mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Shuffles elements.
  ///
  /// - Parameter elements: Every order is equally likely (Fisher and Yates).
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }

  /// Starts an independent source for one purpose, leaving this one as it is.
  ///
  /// - Parameter purpose: Its number.
  /// - Returns: The same source for the same state and number.
  package func stream(_ purpose: Int) -> RandomSource {
    var mixer = UInt64(bitPattern: Int64(purpose))
    let mixed = state.map { word -> UInt64 in
      mixer ^= word
      return Self.splitmix(&mixer)
    }
    return RandomSource(state: mixed.contains { $0 != 0 } ? mixed : [1, 0, 0, 0])
  }

  private static func splitmix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  private static func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
    (word << count) | (word >> (64 - count))
  }
}
