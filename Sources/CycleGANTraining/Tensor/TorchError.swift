import CTorch
import CycleGAN

/// Why LibTorch could not do something.
package struct TorchError: OutOfMemoryError, Equatable, CustomStringConvertible {
  /// The kinds of failures, so that a tool can choose its exit status.
  package enum Kind: Sendable, Equatable {
    /// LibTorch refused, or what it was given does not fit.
    case failed
    /// The device does not exist here.
    case unavailable
    /// The host or the device is out of memory.
    case outOfMemory
  }

  /// The kind of failure.
  package let kind: Kind
  /// What was being done.
  package let operation: String
  /// LibTorch's message, one line.
  package let reason: String

  init(_ kind: Kind = .failed, operation: String, reason: String) {
    self.kind = kind
    self.operation = operation
    self.reason = reason
  }

  /// The host is out of memory.
  package static func outOfMemory(_ error: OutOfMemory) -> TorchError {
    TorchError(.outOfMemory, operation: "allocating", reason: "\(error.byteCount) bytes")
  }

  /// One line for standard error.
  package var description: String {
    switch kind {
    case .failed: "\(operation) failed: \(reason)"
    case .unavailable: "\(operation) is not available here: \(explanation)"
    case .outOfMemory:
      "out of memory during \(operation): \(reason); smaller crops or batches need less"
    }
  }
}

extension TorchError {
  /// Why a device is missing: the build, its name or, in LibTorch's words, the machine.
  private var explanation: String {
    let words = reason.lowercased()
    func says(_ texts: String...) -> Bool { texts.contains { words.contains($0) } }
    let devices = Device.available.joined(separator: " and ")
    if says("could not run", "not compiled with", "not linked", "cannot initialize") {
      return "the LibTorch \(Device.torchVersion) of this build has only \(devices)"
    }
    guard says("expected one of", "invalid device") else { return String(firstSentence) }
    return "no device has this name; this build has \(devices), and an NVIDIA GPU is cuda"
  }

  /// LibTorch explains a missing device over several screens.
  fileprivate var firstSentence: Substring {
    let end = reason.indices.first { reason[$0...].hasPrefix(". ") }
    return reason[..<(end ?? reason.endIndex)]
  }
}

/// Runs one shim call and turns its status into a Swift error.
///
/// - Parameters:
///   - operation: What the user would call it.
///   - call: The shim call; it fills the error it is given if it fails.
/// - Throws: `TorchError` with LibTorch's message.
func torch(
  _ operation: @autoclosure () -> String, _ call: (inout ct_error) -> ct_status
) throws(TorchError) {
  var error = ct_error()
  let status = call(&error)
  guard status != CT_OK else { return }
  throw TorchError(Kind(status), operation: operation(), reason: error.reason)
}

private typealias Kind = TorchError.Kind

extension TorchError.Kind {
  fileprivate init(_ status: ct_status) {
    switch status {
    case CT_UNAVAILABLE: self = .unavailable
    case CT_OUT_OF_MEMORY: self = .outOfMemory
    default: self = .failed
    }
  }
}

extension ct_error {
  fileprivate var reason: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
