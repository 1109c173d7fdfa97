import CTorch

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
  /// The same elements, cut off from how they came about.
  func detached() throws(TorchError) -> Tensor {
    try Tensor("detaching") { ct_tensor_detach(handle, &$0, &$1) }
  }

  /// A copy of the elements, cut off from how they came about.
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

  /// Tensors of one shape along an axis added in front.
  static func stacked(_ tensors: [Tensor]) throws(TorchError) -> Tensor {
    let handles = tensors.map { Optional($0.handle) }
    return try Tensor("stacking") { ct_tensor_stack(handles, Int32(handles.count), &$0, &$1) }
  }

  /// Adds the gradient of this single number to every parameter it depends on.
  func backward() throws(TorchError) {
    try torch("the backward pass") { ct_tensor_backward(handle, &$0) }
  }

  /// A copy whose gradient can be asked for.
  func tracked() throws(TorchError) -> Tensor {
    try Tensor("tracking") { ct_tensor_track(handle, &$0, &$1) }
  }

  /// The gradient of the sum of this tensor; it has a gradient itself.
  ///
  /// - Parameter input: A `tracked()` tensor that this one came from.
  /// - Returns: As many elements as `input`.
  /// - Throws: `TorchError` if this tensor did not come from `input`.
  func gradient(by input: Tensor) throws(TorchError) -> Tensor {
    try Tensor("the gradient") { ct_tensor_gradient(handle, input.handle, &$0, &$1) }
  }
}
