/// A network as an ONNX file.
///
///     input     float32 [batch, C, height, width]  -1...1
///     output    float32 [batch, C, height, width]  -1...1, of a generator
///
/// Batch, height and width are left open. A generator's sides have to be multiples of its
/// `sideMultiple`, as in PyTorch; `cg-apply` adds reflection padding where they are not.
///
/// Source: `ModelProto` in onnx.proto of ONNX 1.12, which has operator set 17.
struct ONNXModel {
  /// Of ONNX 1.12 of the year 2022; nothing newer is needed.
  private static let (irVersion, operatorSet) = (8, 17)
  /// A protocol buffers message has at most 2 GiB.
  private static let maximumBytes = 2_147_483_647 - (1 << 20)

  private let network: NetworkDescription
  private let weights: WeightsFile
  private let version: String
  private let outputSides: (String, String)

  /// Describes a network.
  ///
  /// - Parameters:
  ///   - network: The layers.
  ///   - weights: Tensors that fit them; the metadata go into the file, too.
  ///   - isGenerator: Whether the output is as large as the input.
  ///   - version: Of these tools.
  /// - Throws: `WeightsError.tooLarge` if the format cannot hold them.
  init(
    _ network: NetworkDescription, weights: WeightsFile, isGenerator: Bool, version: String
  ) throws(WeightsError) {
    self.network = network
    (self.weights, self.version) = (weights, version)
    outputSides = isGenerator ? ("height", "width") : ("rows", "columns")
    let count = weights.tensors.reduce(0) { $0 + $1.elements.count }
    guard count <= Self.maximumBytes / 4 else {
      throw .tooLarge("\(count) elements; an ONNX file holds at most \(Self.maximumBytes / 4)")
    }
  }

  /// The whole file.
  var parts: FileContent {
    let graph = graph
    var model = ProtobufWriter()
    model.write(1, Self.irVersion)
    model.write(2, "cyclegan")
    model.write(3, version)
    model.write(8) { set in
      set.write(1, "")
      set.write(2, Self.operatorSet)
    }
    for (key, value) in weights.metadata.sorted(by: { $0.key < $1.key }) {
      model.write(14) { pair in
        pair.write(1, key)
        pair.write(2, value)
      }
    }
    model.begin(7, count: graph.count)
    var parts = FileContent()
    parts.append(model.bytes)
    parts.append(graph)
    return parts
  }

  private var graph: FileContent {
    let graph = ONNXGraph(network, input: "input", output: "output")
    var writer = ProtobufWriter()
    for node in graph.nodes { writer.write(1) { node.write(to: &$0) } }
    writer.write(2, "cyclegan")
    writer.write(11) {
      Self.write("input", network.inputChannels, ("height", "width"), to: &$0)
    }
    writer.write(12) { Self.write("output", network.outputChannels, outputSides, to: &$0) }
    var parts = FileContent()
    parts.append(writer.bytes)
    let used = Set(graph.nodes.flatMap(\.inputs))
    for tensor in weights.tensors where used.contains(tensor.name) {
      parts.append(Self.initializer(tensor))
    }
    for tensor in graph.constants { parts.append(Self.initializer(tensor)) }
    return parts
  }

  /// A `TensorProto`; the data's type is a number of its `DataType`.
  private static func initializer(_ tensor: NamedTensor) -> FileContent {
    var message = ProtobufWriter()
    for extent in tensor.shape { message.write(1, extent) }
    let type =
      switch tensor.elements {
      case .float32: 1
      case .uint8: 2
      case .int64: 7
      }
    message.write(2, type)
    message.write(8, tensor.name)
    message.begin(9, count: tensor.elements.byteCount)
    var field = ProtobufWriter()
    field.begin(5, count: message.bytes.count + tensor.elements.byteCount)
    var parts = FileContent()
    parts.append(field.bytes + message.bytes)
    parts.append(tensor.elements)
    return parts
  }

  /// Writes the fields of a `ValueInfoProto`: float32, and a name for every side that is open.
  private static func write(
    _ name: String, _ channels: Int, _ sides: (String, String), to value: inout ProtobufWriter
  ) {
    value.write(1, name)
    value.write(2) { type in
      type.write(1) { tensor in
        tensor.write(1, 1)
        tensor.write(2) { shape in
          shape.write(1) { $0.write(2, "batch") }
          shape.write(1) { $0.write(1, channels) }
          shape.write(1) { $0.write(2, sides.0) }
          shape.write(1) { $0.write(2, sides.1) }
        }
      }
    }
  }
}
