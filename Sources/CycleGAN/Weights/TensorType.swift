/// A type of a tensor's elements in a file, by its name in a safetensors file.
enum TensorType: String {
  case F64, F32, F16, BF16
  case I64, I32, I16, I8
  case U64, U32, U16, U8
  case BOOL

  /// Size of an element.
  var bytes: Int {
    switch self {
    case .F64, .I64, .U64: 8
    case .F32, .I32, .U32: 4
    case .F16, .BF16, .I16, .U16: 2
    case .I8, .U8, .BOOL: 1
    }
  }

  /// Whether elements stay integers.
  var isInteger: Bool {
    switch self {
    case .F64, .F32, .F16, .BF16: false
    default: true
    }
  }

  /// Size of an element once it is converted.
  private var convertedBytes: Int {
    switch self {
    case .F64, .F32, .F16, .BF16: 4
    case .U8, .BOOL: 1
    default: 8
    }
  }

  /// Bytes of memory that reading an element is charged with against the file's length.
  ///
  /// F16 and BF16 count as they are stored, or no file of them could be read.
  var cost: Int { self == .F16 || self == .BF16 ? bytes : max(bytes, convertedBytes) }

  /// Converts a tensor's bytes.
  ///
  /// - Parameter bytes: Little-endian, whole elements.
  /// - Returns: The elements, of one of the types of `NamedTensor.Elements`.
  /// - Throws: `OutOfMemory`.
  func elements(_ bytes: Buffer<UInt8>) throws(OutOfMemory) -> NamedTensor.Elements {
    let collector = try ElementsCollector(self, reserving: bytes.count / self.bytes)
    try collector.append(bytes)
    return collector.elements()
  }
}

/// Converts an IEEE half; by hand, since not every platform has `Float16`.
private func float(half bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10 & 0x1F)
  let fraction = UInt32(bits & 0x3FF)
  switch exponent {
  case 0:
    // A subnormal half counts in steps of 2^-24.
    let magnitude = Float(fraction) * 0x1p-24
    return sign == 0 ? magnitude : -magnitude
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}

/// Collects a tensor's elements from pieces of a file and converts each piece.
///
/// So a tensor is in memory once, converted, and never as it was stored.
struct ElementsCollector {
  /// Bytes of a piece; a multiple of every element's size.
  static let pieceBytes = 1 << 20

  private enum Collected {
    case float32(MutableBuffer<Float>)
    case int64(MutableBuffer<Int64>)
    case uint8(MutableBuffer<UInt8>)
  }

  private let type: TensorType
  private let collected: Collected

  /// Starts without elements.
  ///
  /// - Parameters:
  ///   - type: How they are stored.
  ///   - count: How many to reserve memory for; memory for more is allocated as they come.
  /// - Throws: `OutOfMemory`.
  init(_ type: TensorType, reserving count: Int) throws(OutOfMemory) {
    self.type = type
    switch type {
    case .F64, .F32, .F16, .BF16: collected = .float32(try MutableBuffer(capacity: count))
    case .U8, .BOOL: collected = .uint8(try MutableBuffer(capacity: count))
    default: collected = .int64(try MutableBuffer(capacity: count))
    }
  }

  /// Appends the next elements.
  ///
  /// - Parameter stored: Whole elements as they are stored.
  /// - Throws: `OutOfMemory`.
  func append(_ stored: Buffer<UInt8>) throws(OutOfMemory) {
    try stored.withUnsafeBytes { stored throws(OutOfMemory) in
      switch collected {
      case .float32(let floats): try append(stored, to: floats)
      case .int64(let integers): try append(stored, to: integers)
      case .uint8(let bytes): try bytes.append(stored.bindMemory(to: UInt8.self))
      }
    }
  }

  private func append(
    _ stored: UnsafeRawBufferPointer, to floats: MutableBuffer<Float>
  ) throws(OutOfMemory) {
    switch type {
    case .F64: try floats.append(converting: stored) { (value: Double) in Float(value) }
    case .F16: try floats.append(converting: stored) { (bits: UInt16) in float(half: bits) }
    case .BF16:
      try floats.append(converting: stored) { (bits: UInt16) in
        Float(bitPattern: UInt32(bits) << 16)
      }
    default: try floats.append(converting: stored) { (value: Float) in value }
    }
  }

  private func append(
    _ stored: UnsafeRawBufferPointer, to integers: MutableBuffer<Int64>
  ) throws(OutOfMemory) {
    switch type {
    case .I32: try integers.append(converting: stored) { (value: Int32) in Int64(value) }
    case .I16: try integers.append(converting: stored) { (value: Int16) in Int64(value) }
    case .I8: try integers.append(converting: stored) { (value: Int8) in Int64(value) }
    case .U32: try integers.append(converting: stored) { (value: UInt32) in Int64(value) }
    case .U16: try integers.append(converting: stored) { (value: UInt16) in Int64(value) }
    default: try integers.append(converting: stored) { (value: Int64) in value }
    }
  }

  /// All of them; none are left here.
  func elements() -> NamedTensor.Elements {
    switch collected {
    case .float32(let floats): .float32(floats.frozen())
    case .int64(let integers): .int64(integers.frozen())
    case .uint8(let bytes): .uint8(bytes.frozen())
    }
  }
}

extension MutableBuffer {
  /// Appends elements that are stored as others, which may begin at any address.
  @inline(__always)
  fileprivate func append<Stored: BitwiseCopyable>(
    converting stored: UnsafeRawBufferPointer, _ convert: (Stored) -> Element
  ) throws(OutOfMemory) {
    let size = MemoryLayout<Stored>.size
    try append(count: stored.count / size) { new in
      for i in new.indices {
        new[i] = convert(stored.loadUnaligned(fromByteOffset: i * size, as: Stored.self))
      }
    }
  }
}
