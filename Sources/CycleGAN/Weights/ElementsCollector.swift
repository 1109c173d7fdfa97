/// Gathers a tensor's elements from pieces of a file, converted as they come.
///
/// So a tensor is in memory once, in the form that the tools work with, and not as it was stored.
struct ElementsCollector {
  /// Bytes of a piece; a multiple of every element's size.
  static let pieceBytes = 1 << 20

  private let type: StoredType
  private var floats: [Float] = []
  private var integers: [Int64] = []
  private var bytes: [UInt8] = []

  /// Begins with none.
  ///
  /// - Parameters:
  ///   - type: How they are stored.
  ///   - count: How many are surely there; memory for more is taken as they come.
  init(_ type: StoredType, reserving count: Int) {
    self.type = type
    switch type.elements([]) {
    case .float32: floats.reserveCapacity(count)
    case .int64: integers.reserveCapacity(count)
    case .uint8: bytes.reserveCapacity(count)
    }
  }

  /// Adds the next ones.
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
