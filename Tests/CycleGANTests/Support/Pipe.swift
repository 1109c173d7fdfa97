import CycleGAN
import Foundation

/// A pipe that holds all that is written, at most 64 KiB.
struct MemoryPipe {
  private let ends: [Int32]

  init() {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0, "no pipe")
    self.ends = ends
  }

  /// What goes in.
  var writer: ByteWriter { ByteWriter(descriptor: ends[1]) }

  /// What comes out, after which nothing can go in.
  func reader() -> ByteReader {
    close(ends[1])
    return ByteReader(descriptor: ends[0], closes: true)
  }

  /// What comes out, while more can go in.
  var openReader: ByteReader { ByteReader(descriptor: ends[0], stops: { false }) }

  /// Reads bytes as if they came from a pipe.
  static func reader(of bytes: [UInt8]) throws -> ByteReader {
    precondition(bytes.count <= 65_536, "more than a pipe holds")
    let pipe = MemoryPipe()
    try pipe.writer.write(bytes)
    return pipe.reader()
  }
}
