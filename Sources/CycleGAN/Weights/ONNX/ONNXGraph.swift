/// The nodes of a network in order, and the constants that are not in its weights.
///
/// Only operators of the standard set with fixed attributes are used, so that every runtime and
/// converter supports them. Dropout is the identity in inference and has no node.
struct ONNXGraph {
  /// In the order of execution.
  private(set) var nodes: [ONNXNode] = []
  /// Initializers that are not in the weights file.
  private(set) var constants: [NamedTensor] = []
  /// The name of the last node's output.
  private(set) var last: String

  /// Translates a network's layers.
  ///
  /// - Parameters:
  ///   - network: The layers.
  ///   - input: The name of the network's input.
  ///   - output: The name of its output.
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
    case .reflectionPadding(let size): addReflectionPadding(size)
    case .nearestUpsampling: addUpsampling()
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

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - operation: The operator.
  ///   - first: Its first input; nil for the last node's output.
  ///   - others: The other inputs.
  ///   - name: The output's name; nil for a numbered one.
  ///   - attributes: Its attributes.
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

  private mutating func addReflectionPadding(_ size: Int) {
    let name = "mirror.\(size)"
    let pads = [0, 0, size, size, 0, 0, size, size].map { Int64($0) }
    addConstant(name, .int64(Buffer(pads)))
    add("Pad", [name], attributes: [("mode", .text("reflect"))])
  }

  /// Nearest-neighbor upsampling by 2; the empty name is an input that is left out.
  private mutating func addUpsampling() {
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
      addConstant(scale, .float32(Buffer([Float](repeating: 1, count: channels))))
      addConstant(shift, .float32(Buffer([Float](repeating: 0, count: channels))))
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

/// A node of an ONNX graph.
///
/// Source: `NodeProto` and `AttributeProto` in onnx.proto; operators in onnx.ai/onnx/operators.
struct ONNXNode {
  /// An attribute of an operator.
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case text(String)
  }

  /// The operator, such as `Conv`.
  let operation: String
  /// Names of values and initializers.
  let inputs: [String]
  /// The name of its one output.
  let output: String
  /// In the order given.
  var attributes: [(String, Attribute)] = []

  /// Writes the fields of a `NodeProto`.
  func write(to node: inout ProtobufWriter) {
    for input in inputs { node.write(1, input) }
    node.write(2, output)
    node.write(3, output)
    node.write(4, operation)
    for (name, value) in attributes {
      node.write(5) { attribute in
        attribute.write(1, name)
        Self.write(value, to: &attribute)
      }
    }
  }

  /// The last field is the number of the type in `AttributeProto.AttributeType`.
  private static func write(_ value: Attribute, to attribute: inout ProtobufWriter) {
    switch value {
    case .float(let value):
      attribute.write(2, value)
      attribute.write(20, 1)
    case .integer(let value):
      attribute.write(3, value)
      attribute.write(20, 2)
    case .text(let value):
      attribute.write(4, value)
      attribute.write(20, 3)
    case .integers(let values):
      for value in values { attribute.write(8, value) }
      attribute.write(20, 7)
    }
  }
}
