import CKernels
import Foundation
import Testing

/// The ways through the kernels that this processor has.
enum Instructions: String, CaseIterable {
  case avx512
  case avx2
  case portable

  static let available = allCases.filter { path in
    defer { ck_instructions_select(nil) }
    return ck_instructions_select(path.rawValue) == 1
  }

  /// Runs a body on this path; it must not leave its thread.
  func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { ck_instructions_select(nil) }
    ck_instructions_select(rawValue)
    return try body()
  }
}

/// Expects a call to succeed.
func succeed(_ call: (inout ck_error) -> ck_status) throws {
  var error = ck_error()
  try #require(call(&error) == CK_OK)
}

@Suite struct KernelTests {
  @Test func `the portable path is always there, and no other name is`() {
    #expect(Instructions.available.last == .portable)
    #expect(ck_instructions_select("avx1024") == 0)
  }

  @Test(arguments: Instructions.available, [1, 2, 31, 32, 33, 65, 1000])
  func `statistics are those of the definition`(path: Instructions, pixels: Int) throws {
    for channels in [1, 5, 16, 33] {
      // A mean far above the deviation, which a sum of squares would lose.
      let x = Naive(1, pixels, channels).mapped { value, channel in 100 + value + Double(channel) }
      let (mean, scale) = try path.use { try statistics(x) }
      for channel in 0..<channels {
        let expected = x.mapped { value, _ in Double(Float(value)) }.statistics(of: channel)
        #expect(abs(Double(mean[channel]) - expected.mean) < 2e-7 * expected.mean)
        #expect(abs(Double(scale[channel]) / expected.scale - 1) < 2e-4)
      }
    }
  }

  @Test(arguments: Instructions.available)
  func `a flat channel has exactly its value as mean and no deviation`(path: Instructions) throws {
    let x = Naive.zeros(1, 1001, 7).mapped { _, channel in 0.1 * Double(channel) }
    let (mean, scale) = try path.use { try statistics(x) }
    #expect(mean.prefix(7) == x.floats.prefix(7))
    let flat = Float(1 / Double(Float(1e-5)).squareRoot())
    #expect(scale.prefix(7).allSatisfy { $0 == flat })
  }

  private func statistics(_ x: Naive) throws -> ([Float], [Float]) {
    var mean = [Float](repeating: .nan, count: ck_channels_padded(Int32(x.channels)))
    var scale = mean
    try succeed { error in
      ck_statistics_compute(
        x.floats, x.height * x.width, Int32(x.channels), 1e-5, &mean, &scale, &error)
    }
    return (mean, scale)
  }

  @Test(arguments: Instructions.available, [(4, 5, 3), (9, 2, 16), (3, 70, 21), (200, 4, 1)])
  func `a map does norm, slope, sum, border and place`(
    path: Instructions, size: (Int, Int, Int)
  ) {
    let (height, width, channels) = size
    let x = Naive(height, width, channels)
    let (mean, scale, shift) = (Channels(channels, 1), Channels(channels, 2), Channels(channels, 3))
    let addend = x.mapped { value, channel in value * 0.3 + Double(channel) }
    let expected = x.mapped { value, c in
      let normed = (value - mean[c]) * scale[c] + shift[c]
      return normed > 0 ? normed : 0.2 * normed
    }
    for border in [0, 1] {
      let padded = expected.padded(border, mirrored: true)
      // One channel in front and two behind belong to somebody else.
      var y = [Float](repeating: 7, count: padded.height * padded.width * (channels + 3))
      let norm = Map(mean: mean, scale: scale, shift: shift, slope: 0.2)
      path.use {
        norm.withMap { map in
          ck_map_apply(
            map, x.floats, Int32(height), Int32(width), Int32(channels), &y, Int32(border),
            Int32(channels + 3), 1)
        }
      }
      let own = y.indices.filter { (1...channels).contains($0 % (channels + 3)) }
      padded.expect(own.map { y[$0] })
      #expect(y.count { $0 == 7 } == 3 * padded.height * padded.width)
    }
    var sum = x.floats
    path.use {
      Map(addend: addend.floats).withMap { map in
        sum.withUnsafeMutableBufferPointer { sum in
          ck_map_apply(
            map, sum.baseAddress, Int32(height), Int32(width), Int32(channels), sum.baseAddress, 0,
            Int32(channels), 0)
        }
      }
    }
    Naive(height, width, channels, zip(x.values, addend.values).map { $0 + $1 }).expect(sum)
  }

  @Test(arguments: [(1, 1, 8, 8), (2, 3, 8, 12), (5, 4, 5, 4), (3, 20, 32, 64)])
  func `images are mirrored as often as it takes, on the way in`(
    height: Int, width: Int, H: Int, W: Int
  ) {
    let channels = 3
    let levels = Numbers.numbers(1, height * width * channels).map { UInt8(($0 + 1) * 127) }
    var read = [Float](repeating: .nan, count: H * W * channels)
    ck_image_read_uint8(
      levels, Int32(height), Int32(width), Int32(channels), &read, Int32(H), Int32(W))
    var planes = [Float](repeating: 0, count: levels.count)
    for (i, level) in levels.enumerated() {
      planes[i % channels * height * width + i / channels] = Float(level) / 127.5 - 1
    }
    var same = read.map { _ in Float.nan }
    ck_image_read_float32(
      planes, Int32(height), Int32(width), Int32(channels), &same, Int32(H), Int32(W))
    #expect(read == same)
    for row in 0..<H {
      for column in 0..<W {
        let (y, x) = (walked(row, height), walked(column, width))
        let from = (y * width + x) * channels
        let to = (row * W + column) * channels
        #expect(read[to] == Float(levels[from]) / 127.5 - 1)
      }
    }
  }

  /// Where somebody is after that many steps who turns round at both ends.
  private func walked(_ steps: Int, _ length: Int) -> Int {
    var (place, direction) = (0, 1)
    for _ in 0..<steps where length > 1 {
      if !(0..<length).contains(place + direction) { direction = -direction }
      place += direction
    }
    return place
  }

  @Test func `the upper left comes out as planes of tanh`() {
    let x = Naive(5, 8, 3).mapped { value, _ in 6 * value }
    var planes = [Float](repeating: .nan, count: 3 * 4 * 7)
    ck_image_write_tanh(x.floats, 8, 3, &planes, 4, 7)
    for (i, value) in planes.enumerated() {
      let (channel, row, column) = (i / 28, i / 7 % 4, i % 7)
      #expect(abs(Double(value) - tanh(Double(Float(x[row, column, channel])))) < 1e-6)
    }
  }
}

/// A value per channel, padded as the kernels want it.
struct Channels {
  let floats: [Float]

  /// Values from 0.5 to 1.5.
  init(_ count: Int, _ seed: Int) {
    let padding = ck_channels_padded(Int32(count)) - count
    floats =
      Numbers.floats(seed, count).map { 1 + $0 / 2 } + [Float](repeating: 0, count: padding)
  }

  subscript(channel: Int) -> Double { Double(floats[channel]) }
}

/// What becomes a `ck_map`.
struct Map {
  var mean: Channels?
  var scale: Channels?
  var shift: Channels?
  var slope: Float = 1
  var addend: [Float]?

  /// Lends the pointers.
  func withMap(_ body: (ck_map) -> Void) {
    let arrays = [mean?.floats, scale?.floats, shift?.floats, addend]
    lend(arrays[...], []) { pointers in
      body(
        ck_map(
          mean: pointers[0], scale: pointers[1], shift: pointers[2], slope: slope,
          addend: pointers[3]))
    }
  }

  private func lend(
    _ arrays: ArraySlice<[Float]?>, _ lent: [UnsafePointer<Float>?],
    _ body: ([UnsafePointer<Float>?]) -> Void
  ) {
    guard let first = arrays.first else { return body(lent) }
    guard let array = first else { return lend(arrays.dropFirst(), lent + [nil], body) }
    array.withUnsafeBufferPointer { floats in
      lend(arrays.dropFirst(), lent + [floats.baseAddress], body)
    }
  }
}
