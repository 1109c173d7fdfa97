/// The operations of a network, one after the other, and the numbers that no weights file holds.
///
/// Only operators of the standard set with fixed settings are used, so that every runtime and
/// converter takes them. Dropout does nothing once a network is trained, and has no operation.
struct ONNXGraph {
  /// In the order in which they run.
  private(set) var nodes: [ONNXNode] = []
  /// Numbers that are made here, by name; the others are the weights file's.
  private(set) var constants: [NamedTensor] = []
  /// The name of the value that came out last.
  private(set) var last: String

  /// Translates a network's layers.
  ///
  /// - Parameters:
  ///   - network: The layers.
  ///   - input: The name of what goes in.
  ///   - output: The name of what comes out.
  init(_ network: NetworkDescription, input: String, output: String) {
    last = input
    for layer in network.layers { add(layer) }
    guard let final = nodes.popLast() else { return }
    nodes.append(
      ONNXNode(
        operation: final.operation, inputs: final.inputs, output: output,
        attributes: final.attributes))
    last = output
  }

  private mutating func add(_ layer: Layer) {
    switch layer {
    case .reflectionPadding(let size): addMirror(size)
    case .nearestUpsampling: addDoubling()
    case .convolution(let convolution): add(convolution, "Conv")
    case .transposedConvolution(let convolution): add(convolution, "ConvTranspose")
    case .norm(let norm, let name, let channels): add(norm, name, channels)
    case .relu: add("Relu")
    case .leakyReLU(let slope): add("LeakyRelu", attributes: [("alpha", .float(slope))])
    case .tanh: add("Tanh")
    case .dropout: break
    case .residual(let layers):
      let before = last
      for layer in layers { add(layer) }
      add("Add", first: before, [last])
    case .skip(let layers):
      let before = last
      for layer in layers { add(layer) }
      add("Concat", first: before, [last], attributes: [("axis", .integer(1))])
    }
  }

  /// Adds an operation.
  ///
  /// - Parameters:
  ///   - operation: The operator.
  ///   - first: Its first input; nil for what came out last.
  ///   - others: The inputs behind it.
  ///   - name: The value's name; nil for a number.
  ///   - attributes: Its settings.
  private mutating func add(
    _ operation: String, first: String? = nil, _ others: [String] = [], name: String? = nil,
    attributes: [(String, ONNXNode.Attribute)] = []
  ) {
    let output = name ?? "\(nodes.count)/\(operation)"
    nodes.append(
      ONNXNode(
        operation: operation, inputs: [first ?? last] + others, output: output,
        attributes: attributes))
    last = output
  }

  private mutating func add(_ convolution: Convolution, _ operation: String) {
    let parameters = ["weight"] + (convolution.bias ? ["bias"] : [])
    let (k, p, s) = (convolution.kernel, convolution.padding, convolution.stride)
    var attributes: [(String, ONNXNode.Attribute)] = [
      ("kernel_shape", .integers([k, k])), ("pads", .integers([p, p, p, p])),
      ("strides", .integers([s, s])),
    ]
    if convolution.outputPadding > 0 {
      let more = convolution.outputPadding
      attributes.append(("output_padding", .integers([more, more])))
    }
    add(
      operation, parameters.map { "\(convolution.name).\($0)" }, name: convolution.name,
      attributes: attributes)
  }

  private mutating func addMirror(_ size: Int) {
    let name = "mirror.\(size)"
    let pads = [0, 0, size, size, 0, 0, size, size].map { Int64($0) }
    addConstant(name, .int64(pads))
    add("Pad", [name], attributes: [("mode", .text("reflect"))])
  }

  /// Every pixel four times; the empty name is an input that is left out.
  private mutating func addDoubling() {
    addConstant("double", .float32([1, 1, 2, 2]))
    add(
      "Resize", ["", "double"],
      attributes: [
        ("mode", .text("nearest")), ("nearest_mode", .text("floor")),
        ("coordinate_transformation_mode", .text("asymmetric")),
      ])
  }

  private mutating func add(_ norm: Norm, _ name: String, _ channels: Int) {
    let epsilon = ("epsilon", ONNXNode.Attribute.float(Norm.epsilon))
    switch norm {
    case .instance:
      let (scale, shift) = ("one.\(channels)", "zero.\(channels)")
      addConstant(scale, .float32(.init(repeating: 1, count: channels)))
      addConstant(shift, .float32(.init(repeating: 0, count: channels)))
      add("InstanceNormalization", [scale, shift], name: name, attributes: [epsilon])
    case .batch:
      let parameters = ["weight", "bias", "running_mean", "running_var"].map { "\(name).\($0)" }
      add("BatchNormalization", parameters, name: name, attributes: [epsilon])
    case .none: break
    }
  }

  private mutating func addConstant(_ name: String, _ values: NamedTensor.Elements) {
    guard !constants.contains(where: { $0.name == name }) else { return }
    constants.append(NamedTensor(name, shape: [values.count], values))
  }
}
