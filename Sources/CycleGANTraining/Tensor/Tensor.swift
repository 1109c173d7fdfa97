import CTorch
import CycleGAN

/// Numbers on a device, with their history where a gradient will be asked for.
///
/// Shapes are `[N, C, H, W]`: N batch, C channels, H rows, W columns; `[]` is a single number.
/// Owns one handle of LibTorch's, and stays on one thread.
public final class Tensor {
  let handle: OpaquePointer

  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ct_tensor_free(handle) }

  /// Runs a shim call that makes a tensor.
  ///
  /// - Parameters:
  ///   - operation: What the user would call it.
  ///   - call: The shim call; it puts the handle into its first argument.
  /// - Throws: `TorchError` if the call fails.
  convenience init(
    _ operation: @autoclosure () -> String,
    making call: (inout OpaquePointer?, inout ct_error) -> ct_status
  ) throws(TorchError) {
    var handle: OpaquePointer?
    try torch(operation()) { call(&handle, &$0) }
    guard let handle else {
      throw TorchError(operation: operation(), reason: "LibTorch gave no tensor")
    }
    self.init(owning: handle)
  }

  /// Copies numbers onto a device.
  ///
  /// - Parameters:
  ///   - values: In C order.
  ///   - shape: Extents, outermost first.
  ///   - device: Where to.
  /// - Throws: `TorchError` if the device is out of memory.
  /// - Precondition: `values` fill the shape.
  public convenience init(_ values: [Float], shape: [Int], device: Device) throws(TorchError) {
    precondition(values.count == shape.reduce(1, *), "values do not fill the shape")
    let extents = shape.map(Int64.init)
    try self.init("copying \(shape) to \(device)") { handle, error in
      values.withUnsafeBytes {
        ct_tensor_init(
          $0.baseAddress, CT_FLOAT32, extents, Int32(extents.count), device.description, &handle,
          &error)
      }
    }
  }

  /// Copies frames of one size into a batch.
  ///
  /// - Parameters:
  ///   - frames: At least one, all of one size.
  ///   - device: Where to.
  /// - Throws: `TorchError` if the sizes differ or the device is out of memory.
  public convenience init(_ frames: [Frame], device: Device) throws(TorchError) {
    guard let first = frames.first else {
      throw TorchError(operation: "making a batch", reason: "it has no frames")
    }
    let shape = [first.channels, first.height, first.width]
    for frame in frames where [frame.channels, frame.height, frame.width] != shape {
      throw TorchError(
        operation: "making a batch",
        reason: "it has frames of \(first.width) x \(first.height) x \(first.channels) and of "
          + "\(frame.width) x \(frame.height) x \(frame.channels)")
    }
    try self.init(
      frames.flatMap { $0.float32Samples() }, shape: [frames.count] + shape, device: device)
  }

  /// Extents, outermost first.
  public var shape: [Int] {
    (0..<ct_tensor_rank(handle)).map { Int(ct_tensor_extent(handle, $0)) }
  }

  /// Copies the numbers out, in C order.
  ///
  /// - Returns: As many as the shape holds.
  /// - Throws: `TorchError` if the elements are not 32-bit floats, or the device fails.
  public func values() throws(TorchError) -> [Float] { try elements(of: Float.self) }

  /// Copies elements of any type out, in C order.
  func elements<Element: BitwiseCopyable>(of type: Element.Type) throws(TorchError) -> [Element] {
    let count = shape.reduce(1, *)
    let bytes = count * MemoryLayout<Element>.stride
    var reason = ct_error()
    var status = CT_OK
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      status = ct_tensor_read(handle, buffer.baseAddress, bytes, &reason)
      initialized = status == CT_OK ? count : 0
    }
    try torch("reading \(shape)") { error in
      error = reason
      return status
    }
    return elements
  }

  /// Copies elements over those of the tensor, which every tensor that shares them sees.
  func write<Element: BitwiseCopyable>(_ elements: [Element]) throws(TorchError) {
    try torch("writing \(shape)") { error in
      elements.withUnsafeBytes { ct_tensor_write(handle, $0.baseAddress, $0.count, &error) }
    }
  }
}
