import Synchronization
import Testing

@testable import CycleGAN

@Suite struct PipelineTests {
  /// Frames of one gray pixel, whose sample is their index modulo 256.
  private static func inputs(_ count: Int) -> () -> Input? {
    var index = 0
    return {
      guard index < count else { return nil }
      defer { index += 1 }
      let frame = Frame(Image(width: 1, height: 1, channels: 1, pixels: [UInt8(index & 255)]))
      return Input(FilePath("\(index)"), .frame(frame))
    }
  }

  /// A pipeline that decodes frames and appends the names of what is delivered.
  private static func pipeline(
    _ delivered: Delivered, save: @escaping @Sendable (Int) throws -> Void = { _ in },
    deliver: @escaping @Sendable (Int) throws(ToolError) -> Void = { _ in }
  ) -> Pipeline<Frame, Frame> {
    Pipeline { content, _ in
      try content.decoded(DecodingOptions()) { _ in }
    } save: { _, identity in
      try save(identity.index)
      return { () throws(ToolError) in try deliver(identity.index) }
    } done: { identity, failure in
      delivered.add(identity.index, failure)
    }
  }

  @Test(arguments: [1, 2, 300, 1024])
  func `every image is delivered once and in order`(threads: Int) throws {
    let delivered = Delivered()
    try Self.pipeline(delivered).run(
      jobs: Jobs(load: threads, save: threads), from: Self.inputs(2000)
    ) { Computation { $0 } }
    #expect(delivered.indices == Array(0..<2000))
    #expect(delivered.failures.isEmpty)
  }

  @Test(arguments: [1, 2, 300, 1024])
  func `a writer that fails ends the run with its error, and nothing after it is delivered`(
    threads: Int
  ) throws {
    let delivered = Delivered()
    let pipeline = Self.pipeline(delivered) { index throws(ToolError) in
      if index == 10 { throw ToolError(.inputOutput, "full") }
    }
    let error = #expect(throws: ToolError.self) {
      try pipeline.run(jobs: Jobs(load: threads, save: threads), from: Self.inputs(2000)) {
        Computation { $0 }
      }
    }
    #expect(error?.status == .inputOutput)
    #expect(delivered.indices == Array(0..<10))
  }

  @Test(arguments: [1, 2, 300, 1024])
  func `an image that cannot be saved fails alone`(threads: Int) throws {
    let delivered = Delivered()
    let pipeline = Self.pipeline(
      delivered, save: { if $0 % 7 == 3 { throw InputFailure("bad") } })
    try pipeline.run(jobs: Jobs(load: threads, save: threads), from: Self.inputs(500)) {
      Computation { $0 }
    }
    #expect(delivered.indices == Array(0..<500))
    #expect(delivered.failures == (0..<500).filter { $0 % 7 == 3 })
  }

  @Test func `where nothing can be computed, the run ends with that error`() throws {
    let delivered = Delivered()
    let error = #expect(throws: ToolError.self) {
      try Self.pipeline(delivered).run(jobs: Jobs(load: 3, save: 3), from: Self.inputs(100)) {
        () throws(ToolError) -> Computation<Frame, Frame> in
        throw ToolError(.badData, "no weights")
      }
    }
    #expect(error?.status == .badData)
    #expect(delivered.indices.isEmpty)
  }

  @Test func `only what is for one core is computed on one core`() throws {
    let computation = Computation<Int, Int>(isForOneCore: { $0 < 10 }) { 2 * $0 }
    #expect(try computation.onOneCore(9) == 18)
    #expect(try computation.onOneCore(10) == nil)
    #expect(try computation(10) == 20)
  }
}

/// What was delivered, in order.
private final class Delivered: Sendable {
  private let state = Mutex<(indices: [Int], failures: [Int])>(([], []))

  var indices: [Int] { state.withLock { $0.indices } }
  var failures: [Int] { state.withLock { $0.failures } }

  func add(_ index: Int, _ failure: InputFailure?) {
    state.withLock { state in
      state.indices.append(index)
      if failure != nil { state.failures.append(index) }
    }
  }
}
