/// A tensor in memory, as in a state dict: name, shape, elements.
public struct NamedTensor: Sendable, Equatable {
  /// The elements, of one of the three types that are written.
  ///
  /// Other types of a file are converted while reading: F64, F16 and BF16 to `float32`, other integers
  /// to `int64`, BOOL to `uint8`.
  public enum Elements: Sendable, Equatable {
    /// Parameters, Adam's moments, images of an image pool.
    case float32(Buffer<Float>)
    /// Counters.
    case int64(Buffer<Int64>)
    /// Opaque bytes, such as the state of a random generator.
    case uint8(Buffer<UInt8>)

    /// How many there are.
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .int64(let integers): integers.count
      case .uint8(let bytes): bytes.count
      }
    }
  }

  /// The official state dict's key; in a checkpoint `NETWORK/KEY`.
  public var name: String
  /// Extents, outermost first; empty for a single number.
  public let shape: [Int]
  /// The elements in C order.
  public var elements: Elements

  /// Wraps elements.
  ///
  /// - Parameters:
  ///   - name: The official state dict's key.
  ///   - shape: Extents, outermost first.
  ///   - elements: The elements in C order.
  /// - Precondition: The elements fill the shape.
  public init(_ name: String, shape: [Int], _ elements: Elements) {
    precondition(elements.count == shape.reduce(1, *), "elements do not fill the tensor")
    self.name = name
    self.shape = shape
    self.elements = elements
  }

  /// Wraps float32 elements.
  ///
  /// - Parameters:
  ///   - name: The official state dict's key.
  ///   - shape: Extents, outermost first.
  ///   - values: The elements in C order.
  /// - Precondition: The values fill the shape.
  public init(_ name: String, shape: [Int], values: Buffer<Float>) {
    self.init(name, shape: shape, .float32(values))
  }

  /// Wraps float32 elements of an array, as above.
  ///
  /// - Parameters:
  ///   - name: The official state dict's key.
  ///   - shape: Extents, outermost first.
  ///   - values: The elements in C order.
  /// - Precondition: The values fill the shape.
  public init(_ name: String, shape: [Int], values: [Float]) {
    self.init(name, shape: shape, .float32(Buffer(values)))
  }

  /// The name in one line that cannot disturb a terminal or forge a message.
  public var printableName: String { escaped(Array(name.utf8)) }

  /// The elements as float32, whatever their type.
  public var values: Buffer<Float> {
    get throws(OutOfMemory) {
      switch elements {
      case .float32(let values): values
      case .int64(let integers): try integers.converted { Float($0) }
      case .uint8(let bytes): try bytes.converted { Float($0) }
      }
    }
  }

  /// The elements as integers; nil for float32.
  public var integers: Buffer<Int64>? {
    get throws(OutOfMemory) {
      switch elements {
      case .float32: nil
      case .int64(let integers): integers
      case .uint8(let bytes): try bytes.converted { Int64($0) }
      }
    }
  }

  /// The index of the first NaN or infinity, counted in C order, and how many there are.
  public var notFinite: (first: Int, count: Int)? {
    guard case .float32(let values) = elements, let first = values.firstNonfinite else {
      return nil
    }
    return (first, values.count { !$0.isFinite })
  }
}

extension NamedTensor.Elements {
  /// Size of one, bytes.
  var size: Int {
    switch self {
    case .float32: 4
    case .int64: 8
    case .uint8: 1
    }
  }

  /// Size of all, bytes.
  var byteCount: Int { count * size }

  /// The type that they have in a file.
  var type: TensorType {
    switch self {
    case .float32: .F32
    case .int64: .I64
    case .uint8: .U8
    }
  }

  /// The type's name in a safetensors file.
  package var typeName: String { type.rawValue }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .float32(let values): try values.withUnsafeBytes(body)
    case .int64(let integers): try integers.withUnsafeBytes(body)
    case .uint8(let bytes): try bytes.withUnsafeBytes(body)
    }
  }
}
