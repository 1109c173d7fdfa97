/// One tensor of a weights file.
public struct NamedTensor: Sendable, Equatable {
  /// The elements, in one of the three forms that the tools write.
  ///
  /// The other types of a safetensors file are converted while reading: F64, F16 and BF16 to
  /// `float32`, the other integers to `int64`, BOOL to `uint8`.
  public enum Elements: Sendable, Equatable {
    /// Parameters, moments of Adam, pictures of a pool.
    case float32([Float])
    /// Counters.
    case int64([Int64])
    /// Opaque bytes, such as the state of a random generator.
    case uint8([UInt8])

    /// How many there are.
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .int64(let integers): integers.count
      case .uint8(let bytes): bytes.count
      }
    }
  }

  /// The official state dict's key; in a checkpoint behind the network's name and a slash.
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

  /// Wraps numbers.
  ///
  /// - Parameters:
  ///   - name: The official state dict's key.
  ///   - shape: Extents, outermost first.
  ///   - values: The elements in C order.
  /// - Precondition: The values fill the shape.
  public init(_ name: String, shape: [Int], values: [Float]) {
    self.init(name, shape: shape, .float32(values))
  }

  /// The name in one line that cannot disturb a terminal or forge a message.
  public var printableName: String { escaped(Array(name.utf8)) }

  /// The elements as numbers, whatever their form.
  public var values: [Float] {
    switch elements {
    case .float32(let values): values
    case .int64(let integers): integers.map { Float($0) }
    case .uint8(let bytes): bytes.map { Float($0) }
    }
  }

  /// The elements as integers; nil for numbers.
  public var integers: [Int64]? {
    switch elements {
    case .float32: nil
    case .int64(let integers): integers
    case .uint8(let bytes): bytes.map { Int64($0) }
    }
  }

  /// The index of the first NaN or infinity, counted in C order, and how many there are.
  public var notFinite: (first: Int, count: Int)? {
    guard case .float32(let values) = elements else { return nil }

    let isFinite = values.withUnsafeBufferPointer { values in
      var mask: UInt32 = 0
      for value in values {
        mask |= value.bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0
      }
      return mask == 0
    }
    guard !isFinite, let first = values.firstIndex(where: { !$0.isFinite }) else { return nil }
    return (first, values.count { !$0.isFinite })
  }
}
