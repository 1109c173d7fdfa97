import CTorch

/// Where tensors live and are computed: any device LibTorch knows.
package struct Device: Sendable, Equatable, CustomStringConvertible {
  /// LibTorch's name: `cpu`, `cuda`, `cuda:1`, ….
  package let description: String

  /// The host's processor.
  package static let cpu = Device(unchecked: "cpu")

  private init(unchecked word: String) { description = word }

  /// Names a device and checks that it can hold a tensor.
  ///
  /// - Parameter word: `cpu`, `cuda`, `cuda:N` or another name that LibTorch knows.
  /// - Throws: `TorchError` of kind `unavailable` if this machine or this LibTorch lacks it.
  package init(_ word: String) throws(TorchError) {
    try torch("device \(word)") { ct_device_check(word, &$0) }
    description = word
  }

  /// The kinds of devices that this LibTorch has on this machine, of those that it is tried with.
  static var available: [String] {
    ["cpu", "cuda", "mps", "xpu"].filter { word in
      // Why one is missing is said where it is asked for.
      (try? Device(word)) != nil
    }
  }

  /// The name without a number: `cuda` for `cuda:1`.
  var kind: String { String(description.prefix { $0 != ":" }) }

  /// Sets how many threads operations on the CPU use, for the whole process.
  ///
  /// Results are the same bits with any number. Call it before the first tensor.
  ///
  /// - Parameter count: At least 1.
  /// - Throws: `TorchError` if LibTorch refuses.
  package static func setThreads(_ count: Int) throws(TorchError) {
    try torch("setting \(count) threads") { ct_set_threads(Int32(clamping: count), &$0) }
  }

  /// LibTorch's version, such as `1.13.1`.
  package static var torchVersion: String { String(cString: ct_version()) }
}
