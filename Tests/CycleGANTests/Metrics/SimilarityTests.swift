import CycleGAN
import Testing

@Suite struct SimilarityTests {
  /// The two images of a row of parity/similarity.tsv.
  static func pair(width: Int, height: Int, channels: Int, percent: Int) -> (Frame, Frame) {
    func noise(_ seed: Int) -> [UInt8] {
      var state = UInt32(truncatingIfNeeded: width * 7919 + height * 104_729 + channels + seed)
      return (0..<width * height * channels).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
    }
    let (first, other) = (noise(0), noise(1))
    let mixed = zip(first, other).map {
      UInt8((Int($0) * percent + Int($1) * (100 - percent)) / 100)
    }
    let frame = { (pixels: [UInt8]) in
      Frame(Image(width: width, height: height, channels: channels, pixels: pixels))
    }
    return (frame(first), frame(mixed))
  }

  @Test func `L1, PSNR and SSIM are those of NumPy and scikit-image`() throws {
    let rows = try Fixtures.table("parity/similarity.tsv")
    #expect(rows.count == 16)
    for row in rows {
      let sizes = try row.prefix(4).map { try #require(Int($0)) }
      let expected = try row.suffix(3).map { try #require(Double($0)) }
      let (first, second) = Self.pair(
        width: sizes[0], height: sizes[1], channels: sizes[2], percent: sizes[3])
      let similarity = try Similarity(first, second)
      // scikit-image cuts its Gaussian at 3.5 sigma, which is 5 px on each side as well.
      #expect(abs(similarity.l1 - expected[0]) < 1e-7, "\(row)")
      #expect(abs(similarity.psnr - expected[1]) < 1e-5, "\(row)")
      #expect(abs(similarity.ssim - expected[2]) < 1e-7, "\(row)")
    }
  }

  @Test func `an image is equal to itself`() throws {
    let (frame, _) = Self.pair(width: 13, height: 12, channels: 3, percent: 0)
    let similarity = try Similarity(frame, frame)
    #expect(similarity.l1 == 0 && similarity.psnr == .infinity)
    #expect(abs(similarity.ssim - 1) < 1e-12)
  }

  @Test(arguments: [(1, 1), (2, 9), (11, 3), (12, 12)])
  func `flat images have the numbers of the formula`(width: Int, height: Int) throws {
    let flat = { (value: Float) in
      Frame(
        width: width, height: height, channels: 1,
        samples: .float32(Buffer([Float](repeating: value, count: width * height))))
    }
    let similarity = try Similarity(flat(0.5), flat(-0.25))
    #expect(similarity.l1 == 0.75)
    // 10 log10(2^2 / 0.75^2)
    #expect(abs(similarity.psnr - 8.519_374_644_7) < 1e-9)
    // (2 x y + c1) / (x^2 + y^2 + c1) with c1 = (0.01 * 2)^2; nothing varies.
    #expect(abs(similarity.ssim - (-0.25 + 4e-4) / (0.3125 + 4e-4)) < 1e-9)
  }
}
