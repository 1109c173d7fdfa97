import CKernels
import CycleGAN
import Dispatch
import Foundation
import Synchronization
import Testing

/// One after the other: the number of threads is the whole process's.
@Suite(.serialized) struct GeneratorTests {
  let small = GeneratorArchitecture(kind: .resnet(blocks: 2), width: 16)

  @Test(arguments: [(1, 1), (3, 2), (64, 64)])
  func `one colour has no deviation: what comes out is the last bias`(
    width: Int, height: Int
  ) throws {
    let weights = small.filled()
    let bias = try #require(weights["model.19.bias"]).values.map { tanh($0) }
    let image = Frame(
      width: width, height: height, channels: 3,
      samples: .uint8(Buffer([UInt8](repeating: 200, count: 3 * width * height))))
    let output = try Generator(weights, architecture: small)(image).float32Samples()
    for (i, value) in output.enumerated() {
      #expect(abs(value - bias[i / (width * height)]) < 1e-6)
    }
  }

  @Test func `levels and the values that they stand for give the same`() throws {
    let image = Image.noise(width: 21, height: 34, channels: 3)
    let values = Frame(
      width: 21, height: 34, channels: 3, samples: .float32(try Frame(image).float32Samples()))
    let generator = try small.generator()
    #expect(try generator(Frame(image)) == generator(values))
  }

  @Test func `grey is spread over three channels, and colour becomes grey for one`() throws {
    let grey = Numbers.image(width: 12, height: 9, channels: 1)
    let generator = try small.generator()
    #expect(try generator(grey) == generator(grey.withChannels(3)))
    let one = try GeneratorArchitecture(kind: .resnet(blocks: 1), inputChannels: 1, width: 4)
      .generator()
    let colour = Numbers.image(width: 12, height: 9, channels: 3)
    #expect(try one(colour) == one(colour.withChannels(1)))
  }

  @Test func `the same image gives the same bits, whatever came between`() throws {
    let image = Numbers.image(width: 45, height: 30, channels: 3)
    let generator = try small.generator()
    let first = try generator(image)
    #expect(try generator(image) == first)
    for size in 1...20 { _ = try generator(.init(width: 4 * size)) }
    #expect(try generator(image) == first)
    #expect(try small.generator()(image) == first)
  }

  @Test(arguments: [
    GeneratorArchitecture(kind: .resnet(blocks: 2), width: 40),
    GeneratorArchitecture(kind: .unet(downs: 5), width: 48),
    GeneratorArchitecture(kind: .resnet(blocks: 1), width: 40, upsampling: .resize),
  ])
  func `any number of threads gives the same bits`(
    architecture: GeneratorArchitecture
  ) throws {
    let before = Kernels.threads
    defer { Kernels.threads = before }
    let image = Numbers.image(width: 70, height: 90, channels: 3)
    let generator = try architecture.generator()
    let outputs = try [1, 2, 3, 8].map { threads in
      Kernels.threads = threads
      return try generator(image)
    }
    for output in outputs { #expect(output == outputs[0]) }
  }

  @Test(
    .enabled(if: Precision.bf16.isAvailable, "the processor has no bfloat16 arithmetic"),
    arguments: [
      GeneratorArchitecture(kind: .resnet(blocks: 3), width: 32),
      GeneratorArchitecture(kind: .unet(downs: 6), width: 32),
      GeneratorArchitecture(kind: .resnet(blocks: 3), width: 32, upsampling: .resize),
    ])
  func `bf16 gives nearly the same image`(architecture: GeneratorArchitecture) throws {
    let image = Numbers.image(width: 128, height: 96, channels: 3)
    let exact = try architecture.generator()(image).float32Samples()
    let rounded = try architecture.generator(.bf16)(image).float32Samples()
    let distance = try #require(zip(exact, rounded).map { abs($0 - $1) }.max())
    #expect(distance > 1e-5, "nothing was rounded")
    #expect(distance < 0.065)
    #expect((exact.max() ?? 0) - (exact.min() ?? 0) > 0.5, "the image is flat")
  }

  @Test(arguments: [
    GeneratorArchitecture(kind: .resnet(blocks: 2), width: 16),
    GeneratorArchitecture(kind: .unet(downs: 5), width: 8, norm: .batch),
  ])
  func `threads that use one generator at a time get what they get alone`(
    architecture: GeneratorArchitecture
  ) throws {
    let generator = try architecture.generator()
    let images = (1...24).map { i in
      Numbers.image(width: 16 + 8 * (i % 11), height: 40 + i % 5, channels: 3)
    }
    @Sendable func translated(_ image: Frame) -> Frame? {
      let before = ck_threads_limit(1)
      defer { ck_threads_limit(before) }
      return try? generator(image)
    }
    let alone = images.map(translated)
    #expect(alone.allSatisfy { $0 != nil })
    let together = Mutex<[Int: Frame?]>([:])
    DispatchQueue.concurrentPerform(iterations: images.count) { i in
      let frame = translated(images[i])
      together.withLock { $0[i] = frame }
    }
    together.withLock { together in
      for (i, frame) in alone.enumerated() { #expect(together[i] == frame) }
    }
  }

  @Test func `small images share the cores, and large ones do not`() throws {
    let generator = try GeneratorArchitecture(kind: .resnet(blocks: 9), width: 64).generator()
    #expect(generator.sharesCores(Numbers.image(width: 128, height: 128, channels: 3)))
    #expect(!generator.sharesCores(Numbers.image(width: 256, height: 256, channels: 3)))
  }

  @Test func `an image with a side beyond all memory is refused`() throws {
    let width = 1 << 26 + 1
    let levels = [UInt8](repeating: 0, count: width)
    let frame = Frame(width: width, height: 1, channels: 1, samples: .uint8(Buffer(levels)))
    let generator = try small.generator()
    #expect(throws: GeneratorError.outOfMemory) { try generator(frame) }
  }
}

extension Frame {
  /// Grey noise of some width.
  fileprivate init(width: Int) { self = Numbers.image(width: width, height: 8, channels: 1) }
}
