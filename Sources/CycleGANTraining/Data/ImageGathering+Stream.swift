import CycleGAN

extension ImageGathering {
  /// Reads a whole tensor stream; where it is a file, only the places of its frames are kept.
  mutating func addStream(
    _ reader: ByteReader, _ path: FilePath, isFile: Bool
  ) throws(TrainingError) {
    let stream = StreamReader(reader)
    do throws(StreamError) {
      var offset = reader.offset
      while let record = try stream.next() {
        switch record {
        case .frame(let frame, let name):
          let item: TrainingImages.Item =
            isFile
            ? .record(path, offset: offset, name: name) : .frame(frame, name: name)
          add(item, mark: (name?.bytes ?? []) + [0] + Image(frame).pixels)
        case .failure(let name, let reason):
          failedBefore += 1
          note("\(name?.escaped ?? path.escaped): failed before: \(reason)")
        case .end: break
        }
        offset = reader.offset
      }
    } catch {
      if case .unreadable = error { throw .system("\(path): \(error)") }
      throw .images("\(path): \(describedWithHint(error))")
    }
  }

  /// Reads encoded images that come through a pipe: one, or several Netpbm images.
  mutating func addImages(_ reader: ByteReader, _ path: FilePath) throws(TrainingError) {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try reader.readAll(limit: decoding.maximumBytes) } catch {
      throw .system("\(path): \(error)")
    }
    var sequence = ImageSequence(bytes, options: decoding)
    do throws(CodecError) {
      while let decoded = try sequence.next() {
        add(.frame(Frame(decoded.image), name: nil), mark: decoded.image.pixels)
      }
    } catch {
      throw .images("\(path), image \(items.count + 1): \(describedWithHint(error))")
    }
  }
}
