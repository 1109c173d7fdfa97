import CKernels
import Testing

@testable import CycleGAN

/// The regions of the kernels' own threads, through kernels.
@Suite struct ThreadPoolTests {
  /// y = x by nearest-neighbor upsampling: a region with a row an item.
  private static func upsampled(_ x: [Float], height: Int, width: Int) -> [Float] {
    var y = [Float](repeating: .nan, count: 4 * x.count)
    ck_nearest_upsample(x, Int32(height), Int32(width), 1, &y)
    return y
  }

  @Test(arguments: [1, 2, 3, 16, 200])
  func `every item of thousands of short regions is done, with any number of threads`(
    threads: Int
  ) {
    // For the whole process: what other tests compute does not depend on it.
    ck_threads_set(Int32(threads))
    defer { ck_threads_set(0) }
    let x = Numbers.floats(1, 40 * 3)
    let expected = (0..<80 * 6).map { (i: Int) -> Float in
      let (row, column) = (i / 12, i % 6 / 2)
      return x[row * 3 + column]
    }
    for _ in 0..<2000 { #expect(Self.upsampled(x, height: 40, width: 3) == expected) }
  }

  @Test func `threads that call kernels at once all get what they ask for`() throws {
    let x = (0..<8).map { Numbers.floats($0, 64 * 64) }
    let expected = x.map { Self.upsampled($0, height: 64, width: 64) }
    let wrong = Locked(0)
    let threads = try (0..<8).map { i in
      try BlockingThread {
        for _ in 0..<300 where Self.upsampled(x[i], height: 64, width: 64) != expected[i] {
          wrong.withLock { $0 += 1 }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == 0)
  }
}
