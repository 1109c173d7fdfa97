import Testing

@testable import CycleGAN

/// What a narrow terminal shows of the progress line.
@Suite struct ProgressLineTests {
  static let fields: [ProgressLine.Field] = [
    .init("12/60 images", rank: 0), .init("3.1/s", rank: .max), .init("20 %", rank: 2),
    .init("0:42 left", rank: 1),
  ]

  @Test(arguments: [
    (80, "12/60 images, 3.1/s, 20 %, 0:42 left"), (37, "12/60 images, 3.1/s, 20 %, 0:42 left"),
    (36, "12/60 images, 20 %, 0:42 left"), (30, "12/60 images, 20 %, 0:42 left"),
    (29, "12/60 images, 0:42 left"), (23, "12/60 images"), (13, "12/60 images"),
    (12, "12/60 image"), (2, "1"), (1, ""), (0, ""),
  ])
  func `the least important fields go first, and the last column stays free`(
    columns: Int, text: String
  ) {
    #expect(ProgressLine.text(Self.fields, columns: columns) == text)
  }
}
