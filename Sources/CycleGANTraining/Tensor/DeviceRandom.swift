import CTorch

/// A device's own source of random numbers, for what is drawn where the tensors live: dropout.
final class DeviceRandom {
  let handle: OpaquePointer

  /// Makes a source that shares nothing with LibTorch's default one.
  ///
  /// - Parameters:
  ///   - seed: Equal seeds, equal numbers, on one kind of device.
  ///   - device: Where the numbers are drawn.
  /// - Throws: `TorchError` if the device has no such source.
  init(seed: UInt64, device: Device) throws(TorchError) {
    var handle: OpaquePointer?
    try torch("seeding \(device)") { ct_random_init(device.description, seed, &handle, &$0) }
    guard let handle else {
      throw TorchError(operation: "seeding \(device)", reason: "LibTorch gave no source")
    }
    self.handle = handle
  }

  deinit { ct_random_free(handle) }

  /// Begins another sequence.
  func restart(seed: UInt64) throws(TorchError) {
    try torch("seeding again") { ct_random_set_seed(handle, seed, &$0) }
  }

  /// Everything needed to continue the sequence.
  func state() throws(TorchError) -> [UInt8] {
    let state = try Tensor("reading the random state") { ct_random_state(handle, &$0, &$1) }
    return Array(try state.elements(of: UInt8.self))
  }

  /// Continues a sequence.
  ///
  /// - Parameter state: What `state()` gave for the same kind of device.
  /// - Throws: `TorchError` if it is no such state.
  func restore(_ state: [UInt8]) throws(TorchError) {
    let tensor = try Tensor("copying the random state") { output, error in
      ct_tensor_init(state, CT_UINT8, [Int64(state.count)], 1, "cpu", &output, &error)
    }
    try torch("restoring the random state") {
      ct_random_set_state(handle, tensor.handle, &$0)
    }
  }
}
