/// Plans an arena: buffers of different lifetimes in one block of memory.
struct Arena {
  /// Floats the block needs.
  private(set) var size = 0
  private var free: [Range<Int>] = []
  private var retained: [Int: Int] = [:]

  /// Allocates the first free range that is long enough.
  ///
  /// - Parameter count: Floats.
  /// - Returns: Its offset, a multiple of a cache line.
  mutating func allocate(_ count: Int) -> Int {
    let count = rounded(count)
    if let i = free.firstIndex(where: { $0.count >= count }) {
      let start = free[i].lowerBound
      free[i] = start + count..<free[i].upperBound
      if free[i].isEmpty { free.remove(at: i) }
      return start
    }
    if let last = free.last, last.upperBound == size {
      free.removeLast()
      size = last.lowerBound + count
      return last.lowerBound
    }
    defer { size += count }
    return size
  }

  /// Retains the range at an offset once: its next release does nothing.
  mutating func retain(_ offset: Int) { retained[offset, default: 0] += 1 }

  /// Frees a range, unless it is retained.
  mutating func release(_ offset: Int, _ count: Int) {
    if let times = retained[offset] {
      retained[offset] = times == 1 ? nil : times - 1
      return
    }
    let i = free.firstIndex { $0.lowerBound > offset } ?? free.count
    free.insert(offset..<offset + rounded(count), at: i)
    if i + 1 < free.count, free[i].upperBound == free[i + 1].lowerBound {
      free[i] = free[i].lowerBound..<free.remove(at: i + 1).upperBound
    }
    if i > 0, free[i - 1].upperBound == free[i].lowerBound {
      free[i - 1] = free[i - 1].lowerBound..<free.remove(at: i).upperBound
    }
  }

  private func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
