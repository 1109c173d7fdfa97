import Testing

/// The filters that share inputs, messages and exit statuses.
enum Filter: String, CaseIterable, CustomTestStringConvertible {
  case prep = "cg-prep"
  case apply = "cg-apply"
  case cycle = "cg-cycle"

  /// The filter with what it cannot do without.
  var command: String {
    switch self {
    case .prep: rawValue
    case .apply: "cg-apply -w AB.bin"
    case .cycle: "cg-cycle -w AB.bin -W BA.bin"
    }
  }

  var testDescription: String { rawValue }

  /// A shell with generators, `p/0.ppm` to `p/2.ppm`, and `bad.png`.
  static func shell() throws -> Shell {
    let shell = try Shell()
    try shell.makeGenerator("AB.bin", seed: 1)
    try shell.makeGenerator("BA.bin", seed: 2)
    try shell.makeImages(3, in: "p")
    try shell.copyFixture("png-rgb.png", to: "whole.png")
    try shell.write(try shell.bytes(of: "whole.png").dropLast(20), to: "bad.png")
    return shell
  }
}
