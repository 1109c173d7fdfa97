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
  func elements(_ bytes: [UInt8]) -> NamedTensor.Elements {
    switch self {
    case .F32: .float32(copied(bytes, 0))
    case .F64: .float32(converted(bytes) { (value: Double) in Float(value) })
    case .F16: .float32(converted(bytes) { (bits: UInt16) in float(half: bits) })
    case .BF16:
      .float32(converted(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) })
    case .I64, .U64: .int64(copied(bytes, 0))
    case .I32: .int64(converted(bytes) { (value: Int32) in Int64(value) })
    case .I16: .int64(converted(bytes) { (value: Int16) in Int64(value) })
    case .I8: .int64(converted(bytes) { (value: Int8) in Int64(value) })
    case .U32: .int64(converted(bytes) { (value: UInt32) in Int64(value) })
    case .U16: .int64(converted(bytes) { (value: UInt16) in Int64(value) })
    case .U8, .BOOL: .uint8(bytes)
    }
  }
}

/// Copies bytes that are elements in the order of this machine.
private func copied<Element: BitwiseCopyable>(_ bytes: [UInt8], _ zero: Element) -> [Element] {
  let size = MemoryLayout<Element>.size
  return [Element](unsafeUninitializedCapacity: bytes.count / size) { elements, count in
    bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(elements).copyMemory(from: $0) }
    count = bytes.count / size
  }
}

private func converted<From: BitwiseCopyable, Into>(
  _ bytes: [UInt8], _ convert: (From) -> Into
) -> [Into] {
  let size = MemoryLayout<From>.size
  return bytes.withUnsafeBytes { bytes in
    (0..<bytes.count / size).map {
      convert(bytes.loadUnaligned(fromByteOffset: $0 * size, as: From.self))
    }
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

  private let type: TensorType
  private var floats: [Float] = []
  private var integers: [Int64] = []
  private var bytes: [UInt8] = []

  /// Starts without elements.
  ///
  /// - Parameters:
  ///   - type: How they are stored.
  ///   - count: How many to reserve memory for; memory for more is allocated as they come.
  init(_ type: TensorType, reserving count: Int) {
    self.type = type
    switch type.elements([]) {
    case .float32: floats.reserveCapacity(count)
    case .int64: integers.reserveCapacity(count)
    case .uint8: bytes.reserveCapacity(count)
    }
  }

  /// Appends the next elements.
  ///
  /// - Parameter stored: Whole elements as they are stored.
  mutating func append(_ stored: [UInt8]) {
    switch type.elements(stored) {
    case .float32(let more): floats += more
    case .int64(let more): integers += more
    case .uint8(let more): bytes += more
    }
  }

  /// All of them.
  var elements: NamedTensor.Elements {
    switch type.elements([]) {
    case .float32: .float32(floats)
    case .int64: .int64(integers)
    case .uint8: .uint8(bytes)
    }
  }
}
