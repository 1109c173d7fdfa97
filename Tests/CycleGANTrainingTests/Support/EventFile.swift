import CycleGAN

/// A reader of TensorBoard's files that shares nothing with the writer.
struct EventFile {
  struct Event {
    var step = 0
    var version: String?
    var scalars: [String: Float] = [:]
    /// Width, height, channels and bytes.
    var images: [String: (sizes: [UInt64], png: [UInt8])] = [:]
  }

  struct Damaged: Error {}

  private(set) var events: [Event] = []

  /// Reads a file; every checksum must be right.
  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    func take(_ count: Int) throws -> [UInt8] {
      guard count >= 0, rest.count >= count else { throw Damaged() }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    while !rest.isEmpty {
      let length = try take(8)
      guard Self.number(try take(4)) == Self.checksum(length) else { throw Damaged() }
      let event = try take(Int(Self.number(length)))
      guard Self.number(try take(4)) == Self.checksum(event) else { throw Damaged() }
      events.append(try Self.event(event))
    }
  }

  private static func event(_ bytes: [UInt8]) throws -> Event {
    var event = Event()
    for (number, field) in try fields(bytes) {
      switch (number, field) {
      case (2, .varint(let step)): event.step = Int(step)
      case (3, .bytes(let text)): event.version = String(decoding: text, as: UTF8.self)
      case (5, .bytes(let summary)):
        for case (1, .bytes(let value)) in try fields(summary) { try add(value, to: &event) }
      default: break
      }
    }
    return event
  }

  private static func add(_ value: [UInt8], to event: inout Event) throws {
    let fields = try fields(value)
    guard case (1, .bytes(let tag))? = fields.first else { throw Damaged() }
    let name = String(decoding: tag, as: UTF8.self)
    switch fields.last {
    case (2, .fixed(let bits))?: event.scalars[name] = Float(bitPattern: UInt32(bits))
    case (4, .bytes(let image))?:
      var (sizes, png): ([UInt64], [UInt8]) = ([0, 0, 0], [])
      for (number, field) in try self.fields(image) {
        switch (number, field) {
        case (1...3, .varint(let size)): sizes[[1: 1, 2: 0, 3: 2][number] ?? 0] = size
        case (4, .bytes(let bytes)): png = bytes
        default: throw Damaged()
        }
      }
      event.images[name] = (sizes, png)
    default: throw Damaged()
    }
  }

  private enum Field { case varint(UInt64), fixed(UInt64), bytes([UInt8]) }

  /// The fields of a protobuf message.
  private static func fields(_ bytes: [UInt8]) throws -> [(Int, Field)] {
    var (fields, place): ([(Int, Field)], Int) = ([], 0)
    func take(_ count: Int) throws -> [UInt8] {
      guard count >= 0, bytes.count - place >= count else { throw Damaged() }
      defer { place += count }
      return Array(bytes[place..<place + count])
    }
    func varint() throws -> UInt64 {
      var (value, shift): (UInt64, UInt64) = (0, 0)
      while true {
        let byte = try take(1)[0]
        value |= UInt64(byte & 127) << shift
        if byte < 128 { return value }
        shift += 7
      }
    }
    while place < bytes.count {
      let key = try varint()
      let field: Field
      switch key & 7 {
      case 0: field = .varint(try varint())
      case 1: field = .fixed(number(try take(8)))
      case 2: field = .bytes(try take(Int(varint())))
      case 5: field = .fixed(number(try take(4)))
      default: throw Damaged()
      }
      fields.append((Int(key >> 3), field))
    }
    return fields
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 {
    bytes.reversed().reduce(0) { $0 * 256 + UInt64($1) }
  }

  /// Bit by bit, as RFC 3720 has it, and masked as TensorFlow's crc32c.h has it.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    var remainder: UInt32 = .max
    for byte in bytes {
      for bit in 0..<8 {
        let isOdd = (remainder ^ UInt32(byte >> bit)) & 1 == 1
        remainder = remainder >> 1 ^ (isOdd ? 0x82F6_3B78 : 0)
      }
    }
    let whole = ~remainder
    return UInt64(((whole >> 15) | (whole << 17)) &+ 0xA282_EAD8)
  }
}
