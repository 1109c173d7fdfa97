/// One operation of an ONNX graph.
///
/// Source: `NodeProto` and `AttributeProto` in onnx.proto; operators in onnx.ai/onnx/operators.
struct ONNXNode {
  /// A setting of an operation.
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
  /// The name of the one value it makes.
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
