import Foundation

/// Reads back what an ONNX file says, by the field numbers of onnx.proto.
struct ONNXFile {
  struct Node {
    var operation = ""
    var inputs: [String] = []
    var output = ""
    var integers: [String: [Int]] = [:]
    var floats: [String: Float] = [:]
    var texts: [String: String] = [:]
  }

  struct Tensor {
    var name = ""
    var shape: [Int] = []
    var type = 0
    var data: [UInt8] = []

    var floats: [Float] {
      data.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    var integers: [Int64] {
      data.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) }
      }
    }
  }

  var version = 0
  var operatorSet = 0
  var metadata: [String: String] = [:]
  var nodes: [Node] = []
  var tensors: [String: Tensor] = [:]
  /// For every input and output: sizes that are fixed, names of those that are open.
  var sides: [String: [String]] = [:]

  init(_ bytes: [UInt8]) {
    for (field, value) in Message(bytes[...]).fields {
      switch field {
      case 1: version = value.number
      case 7: readGraph(value.message)
      case 8: operatorSet = value.message.number(2)
      case 14: metadata[value.message.text(1)] = value.message.text(2)
      default: break
      }
    }
  }

  private mutating func readGraph(_ graph: Message) {
    for (field, value) in graph.fields {
      switch field {
      case 1: nodes.append(Self.node(value.message))
      case 5:
        var tensor = Tensor(
          name: value.message.text(8), type: value.message.number(2),
          data: value.message.all(9).first.map { Array($0.bytes) } ?? [])
        tensor.shape = value.message.all(1).map(\.number)
        tensors[tensor.name] = tensor
      case 11, 12:
        let type = value.message.all(2)[0].message.all(1)[0].message
        sides[value.message.text(1)] = type.all(2)[0].message.all(1).map { side in
          let name = side.message.text(2)
          return name.isEmpty ? "\(side.message.number(1))" : name
        }
      default: break
      }
    }
  }

  private static func node(_ message: Message) -> Node {
    var node = Node(
      operation: message.text(4), inputs: message.all(1).map(\.text), output: message.text(2))
    for attribute in message.all(5).map(\.message) {
      let name = attribute.text(1)
      switch attribute.number(20) {
      case 1: node.floats[name] = Float(bitPattern: UInt32(attribute.number(2)))
      case 2: node.integers[name] = [attribute.number(3)]
      case 3: node.texts[name] = attribute.text(4)
      case 7: node.integers[name] = attribute.all(8).map(\.number)
      default: break
      }
    }
    return node
  }
}

/// A protocol buffers message, field by field.
struct Message {
  struct Value {
    var number = 0
    var bytes: ArraySlice<UInt8> = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var message: Message { Message(bytes) }
  }

  private(set) var fields: [(field: Int, value: Value)] = []

  init(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    func variable() -> Int {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst() {
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
      }
      return value
    }
    while !rest.isEmpty {
      let key = variable()
      var value = Value()
      switch key & 7 {
      case 0: value.number = variable()
      case 5:
        value.number = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
      default:
        let count = variable()
        value.bytes = rest.prefix(count)
        rest = rest.dropFirst(count)
      }
      fields.append((key >> 3, value))
    }
  }

  func all(_ field: Int) -> [Value] { fields.filter { $0.field == field }.map(\.value) }
  func number(_ field: Int) -> Int { all(field).first?.number ?? 0 }
  func text(_ field: Int) -> String { all(field).first?.text ?? "" }
}
