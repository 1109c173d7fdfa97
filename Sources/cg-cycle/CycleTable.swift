import CycleGAN

/// Similarity of an image and its reconstruction, in float32 and through 8 bits.
struct CycleRow: Sendable {
  let direct: Similarity
  let through8Bits: Similarity

  init(_ result: Reconstruction) throws(OutOfMemory) {
    direct = try Similarity(result.original, result.reconstructed)
    through8Bits = try Similarity(result.original, result.reconstructedFrom8Bits)
  }

  /// All six numbers, in the order of the columns.
  var numbers: [Double] {
    [direct, through8Bits].flatMap { [$0.l1, $0.psnr, $0.ssim] }
  }
}

/// The table on standard output, and the check.
final class CycleTable: Sendable {
  private static let columns = [
    "name", "l1", "psnr", "ssim", "l1_8bit", "psnr_8bit", "ssim_8bit",
  ]
  /// Digits behind the point.
  private static let digits = [6, 3, 6, 6, 3, 6]
  /// Whether a larger number is a worse one.
  private static let isLargerWorse = [true, false, false, true, false, false]

  private struct State {
    var count = 0
    var beyond = 0
    var sums = [Double](repeating: 0, count: 6)
    var worst: [Double] = []
  }

  private let limits: CheckOptions
  private let diagnostics: Diagnostics
  private let state = Locked(State())

  init(_ limits: CheckOptions, _ diagnostics: Diagnostics) {
    self.limits = limits
    self.diagnostics = diagnostics
  }

  /// Prints an image's row, and names it if it is beyond a limit.
  func add(_ row: CycleRow, _ identity: Input.Identity) throws(ToolError) {
    let numbers = row.numbers
    let isFirst = state.withLock { state -> Bool in
      state.count += 1
      for (i, number) in numbers.enumerated() { state.sums[i] += number }
      state.worst =
        state.worst.isEmpty
        ? numbers
        : numbers.indices.map { i in
          (Self.isLargerWorse[i] ? max : min)(state.worst[i], numbers[i])
        }
      return state.count == 1
    }
    if isFirst { try printHeader() }
    try print(identity.name.escaped, numbers)
    if let complaint = limits.complaint(row.direct) {
      state.withLock { $0.beyond += 1 }
      diagnostics.say("\(identity.label): \(complaint)")
    }
  }

  /// Prints the mean and the worst of every column.
  func finish() throws(ToolError) {
    let state = state.withLock { $0 }
    guard state.count > 0 else { return try printHeader() }
    try print("mean", state.sums.map { $0 / Double(state.count) })
    try print("worst", state.worst)
  }

  /// Ends the tool if an image was beyond a limit.
  func check() throws(ToolError) {
    let (beyond, count) = state.withLock { ($0.beyond, $0.count) }
    guard beyond > 0 else { return }
    throw ToolError(.someFailed, "\(beyond) of \(count) images are beyond the limits")
  }

  private func printHeader() throws(ToolError) {
    try StandardOutput.write(Self.columns.joined(separator: "\t") + "\n")
  }

  private func print(_ name: String, _ numbers: [Double]) throws(ToolError) {
    let cells = zip(numbers, Self.digits).map { fixed($0, $1) }
    try StandardOutput.write(([name] + cells).joined(separator: "\t") + "\n")
  }
}
