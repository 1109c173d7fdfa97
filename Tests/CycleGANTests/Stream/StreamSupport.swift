import CycleGAN

/// What a reader made of some bytes.
struct Reading {
  var records: [StreamRecord] = []
  var error: StreamError?

  var frames: [Frame] {
    records.compactMap { record in
      guard case .frame(let frame, _) = record else { return nil }
      return frame
    }
  }

  /// Reads bytes to the end or to an error.
  init(_ bytes: [UInt8], limits: StreamLimits = .init()) throws {
    let reader = try StreamReader(MemoryPipe.reader(of: bytes), limits: limits)
    do throws(StreamError) {
      while let record = try reader.next() { records.append(record) }
    } catch {
      self.error = error
    }
  }
}

/// Writes a stream into memory.
func written(
  plain: Bool = false, _ body: (StreamWriter) throws(SystemError) -> Void
) throws -> [UInt8] {
  let pipe = MemoryPipe()
  try body(StreamWriter(pipe.writer, plain: plain))
  return Array(try pipe.reader().readAll())
}

/// A record as NumPy would write it, of any kind.
func record(_ description: String, _ content: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  let text = Array((description + "\n").utf8)
  let length = [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version > 1 ? [0, 0] : [])
  return NPY.magic + [version, 0] + length + text + content
}

/// Three frames of 8 x 8 pixels, as bytes and as frames.
struct SmallStream {
  let frames: [Frame]
  let bytes: [UInt8]
  /// Where a record ends, and how many frames are whole by then.
  let boundaries: [Int: Int]

  init() throws {
    let image = Image.noise(width: 8, height: 8, channels: 3)
    let values = Frame(
      width: 8, height: 8, channels: 3, samples: .float32(try Frame(image).float32Samples()))
    let frames = [Frame(image), values, Frame(try image.gray())]
    bytes = try written { writer throws(SystemError) in
      for (i, frame) in frames.enumerated() {
        try writer.write(frame, name: FilePath("\(i).png"))
      }
      try writer.finish()
    }
    self.frames = frames
    var boundaries = [0: 0]
    var offset = 0
    for (i, frame) in frames.enumerated() {
      let record = try NPY.record(of: frame)
      let note = 128 + #"{"name":"\#(i).png","crc32":\#(crc32(record))}"#.utf8.count
      boundaries[offset + note] = i
      offset += note + record.count
      boundaries[offset] = i + 1
    }
    self.boundaries = boundaries
  }
}
