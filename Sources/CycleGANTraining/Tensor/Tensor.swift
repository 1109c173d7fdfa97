import CTorch
import CycleGAN

/// Numbers on a device, with their graph where they require grad.
///
/// Shapes are `[N, C, H, W]`: N batch, C channels, H rows, W columns; `[]` is a single number.
/// Owns one handle of LibTorch's, and stays on one thread.
package final class Tensor {
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
  package convenience init(_ values: [Float], shape: [Int], device: Device) throws(TorchError) {
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
  package convenience init(_ frames: [Frame], device: Device) throws(TorchError) {
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
    var samples: [Float] = []
    for frame in frames { samples += try TorchError.allocating(try frame.float32Samples()) }
    try self.init(samples, shape: [frames.count] + shape, device: device)
  }

  /// Extents, outermost first.
  package var shape: [Int] {
    (0..<ct_tensor_rank(handle)).map { Int(ct_tensor_extent(handle, $0)) }
  }

  /// Copies the numbers to the host, in C order.
  ///
  /// - Returns: As many as the shape holds.
  /// - Throws: `TorchError` if the elements are not 32-bit floats, or memory or the device fails.
  package func values() throws(TorchError) -> Buffer<Float> { try elements(of: Float.self) }

  /// Copies elements of any type to the host, in C order.
  func elements<Element>(of type: Element.Type) throws(TorchError) -> Buffer<Element> {
    let elements: MutableBuffer<Element>
    do throws(OutOfMemory) { elements = try MutableBuffer(count: shape.reduce(1, *)) } catch {
      throw .outOfMemory(error)
    }
    try torch("reading \(shape)") { error in
      elements.withElements { elements in
        let bytes = UnsafeMutableRawBufferPointer(elements)
        return ct_tensor_read(handle, bytes.baseAddress, bytes.count, &error)
      }
    }
    return elements.frozen()
  }

  /// Copies elements over those of the tensor, which every tensor that shares them sees.
  func write<Element: BitwiseCopyable & Sendable>(_ elements: [Element]) throws(TorchError) {
    try write(Buffer(elements))
  }

  /// Copies elements over those of the tensor, as above.
  func write<Element>(_ elements: Buffer<Element>) throws(TorchError) {
    try torch("writing \(shape)") { error in
      elements.withUnsafeBytes { ct_tensor_write(handle, $0.baseAddress, $0.count, &error) }
    }
  }
}

extension Tensor {
  /// The sum, element by element.
  static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("adding") { ct_tensor_add(a.handle, b.handle, &$0, &$1) }
  }

  /// The difference, element by element.
  static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("subtracting") { ct_tensor_subtract(a.handle, b.handle, &$0, &$1) }
  }

  /// The product, element by element; axes of extent 1 stretch.
  static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor {
    try Tensor("multiplying") { ct_tensor_multiply(a.handle, b.handle, &$0, &$1) }
  }

  /// Every element times a number.
  static func * (a: Tensor, factor: Double) throws(TorchError) -> Tensor {
    try Tensor("scaling") { ct_tensor_scale(a.handle, factor, 0, &$0, &$1) }
  }

  /// Every element plus a number.
  static func + (a: Tensor, summand: Double) throws(TorchError) -> Tensor {
    try Tensor("adding") { ct_tensor_scale(a.handle, 1, summand, &$0, &$1) }
  }

  /// Every element minus a number.
  static func - (a: Tensor, subtrahend: Double) throws(TorchError) -> Tensor {
    try a + -subtrahend
  }

  /// Every element without its sign.
  func absolute() throws(TorchError) -> Tensor {
    try Tensor("taking absolute values") { ct_tensor_absolute(handle, &$0, &$1) }
  }

  /// Every element times itself.
  func squared() throws(TorchError) -> Tensor {
    try Tensor("squaring") { ct_tensor_square(handle, &$0, &$1) }
  }

  /// `[]`, the mean of all elements.
  func mean() throws(TorchError) -> Tensor {
    try Tensor("averaging") { ct_tensor_mean(handle, &$0, &$1) }
  }

  /// `[N]`, the Euclidean length of each item of the first axis.
  func norms() throws(TorchError) -> Tensor {
    try Tensor("measuring lengths") { ct_tensor_norms(handle, &$0, &$1) }
  }

  /// `[]`, the mean binary cross entropy of logits against one label, 0 or 1.
  func crossEntropy(label: Double) throws(TorchError) -> Tensor {
    try Tensor("cross entropy") { ct_tensor_cross_entropy(handle, label, &$0, &$1) }
  }
}

extension Tensor {
  /// The same elements without their graph.
  func detached() throws(TorchError) -> Tensor {
    try Tensor("detaching") { ct_tensor_detach(handle, &$0, &$1) }
  }

  /// A copy of the elements without their graph.
  func copied() throws(TorchError) -> Tensor {
    try Tensor("copying") { ct_tensor_copy(handle, &$0, &$1) }
  }

  /// Items of the first axis; shares elements with the whole.
  func items(_ range: Range<Int>) throws(TorchError) -> Tensor {
    try Tensor("slicing") {
      ct_tensor_slice(handle, Int64(range.lowerBound), Int64(range.count), &$0, &$1)
    }
  }

  /// Tensors one after the other along the first axis.
  static func concatenated(_ tensors: [Tensor]) throws(TorchError) -> Tensor {
    let handles = tensors.map { Optional($0.handle) }
    return try Tensor("concatenating") {
      ct_tensor_concatenate(handles, Int32(handles.count), &$0, &$1)
    }
  }

  /// Adds the gradient of this single number to every parameter it depends on.
  func backward() throws(TorchError) {
    try torch("the backward pass") { ct_tensor_backward(handle, &$0) }
  }

  /// A copy that requires grad.
  func requiringGrad() throws(TorchError) -> Tensor {
    try Tensor("requiring grad") { ct_tensor_require_grad(handle, &$0, &$1) }
  }

  /// The gradient of the sum of this tensor; it has a gradient itself.
  ///
  /// - Parameter input: A `requiringGrad()` tensor that this one came from.
  /// - Returns: As many elements as `input`.
  /// - Throws: `TorchError` if this tensor did not come from `input`.
  func gradient(by input: Tensor) throws(TorchError) -> Tensor {
    try Tensor("the gradient") { ct_tensor_gradient(handle, input.handle, &$0, &$1) }
  }
}
