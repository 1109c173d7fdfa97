import Glibc

/// The pictures of a filter's inputs in order: bytes from files, frames from streams.
///
/// Only opens and reads; decoding is the workers' part. For one thread at a time.
public final class Inputs {
  /// Something that holds several pictures.
  private enum Opened {
    case stream(StreamReader)
    case images(PNMStreamReader)
  }

  private let entries: InputEntries
  private let selection: InputSelection
  private let wants: (FilePath) -> Bool
  private var opened: (source: Opened, path: FilePath?, count: Int)?
  /// Whether a file of one image may be told from one of several by waiting for the second.
  private var mayLookAhead = false
  /// Pictures without a name so far.
  private var unnamed = 0

  /// Begins with the first entry.
  ///
  /// - Parameters:
  ///   - entries: What to open.
  ///   - selection: Limits, and what standard input holds.
  ///   - wants: Asked before a file is opened; false leaves it out.
  init(
    _ entries: InputEntries, _ selection: InputSelection, wants: @escaping (FilePath) -> Bool
  ) {
    self.entries = entries
    self.selection = selection
    self.wants = wants
  }

  /// Reads the next picture.
  ///
  /// - Returns: A picture, or what failed in its place; nil at the end, or once a signal asked to
  ///   stop.
  /// - Throws: `ToolError` if a list of paths cannot be read.
  public func next() throws(ToolError) -> Arrival? {
    while !Interrupts.wantsStop {
      if let opened {
        if let arrival = advanced(opened.source), !Interrupts.wantsStop { return arrival }
        continue
      }
      guard let entry = try entries.next() else { return nil }
      switch entry {
      case .path(let path, let isNamed):
        // A stream's frames are asked about one by one.
        guard isNamed && path.isStreamFile || wants(path) else { continue }
        if let arrival = open(path, isNamed: isNamed), !Interrupts.wantsStop { return arrival }
      case .standardInput:
        let arrival = open(entries.standardInput, nil, selection.standardInput)
        if let arrival, !Interrupts.wantsStop { return arrival }
      }
    }
    return nil
  }

  private func open(_ path: FilePath, isNamed: Bool) -> Arrival? {
    do throws(InputFileError) {
      let file = try InputFile(path)
      mayLookAhead = file.size != nil
      return open(file.reader, path, nil, isNamed: isNamed, size: file.size)
    } catch .system(let error) {
      return unreadable(path, error, isNamed: isNamed)
    } catch {
      let status = isNamed ? ExitStatus.noInput : .someFailed
      return Arrival(path, failure: PictureFailure("\(error)", status: status))
    }
  }

  private func unreadable(_ path: FilePath?, _ error: SystemError, isNamed: Bool) -> Arrival {
    let status = isNamed ? ExitStatus.noInput : .someFailed
    let reason =
      error.code == EISDIR && !isNamed
      ? "a folder in a list of files; find's -type f leaves folders out" : "\(error)"
    return Arrival(
      path ?? number(), label: path == nil ? "standard input" : nil,
      failure: PictureFailure(reason, status: status))
  }

  /// Looks at the first bytes and reads the picture, or prepares to read several.
  ///
  /// - Returns: nil where there are several, or none at all.
  private func open(
    _ reader: ByteReader, _ path: FilePath?, _ kind: InputSelection.Kind?, isNamed: Bool = true,
    size: Int? = nil
  ) -> Arrival? {
    let label = path == nil ? "standard input" : nil
    do throws(SystemError) {
      let first = try reader.peekSignature()
      if kind == .stream || startsStream(first) {
        let stream = StreamReader(reader, limits: selection.streamLimits)
        opened = (.stream(stream), path, 0)
        return nil
      }
      // An empty pipe has no images; a file without bytes is a damaged one.
      if first.isEmpty && path == nil { return nil }
      let format = ImageFormat.recognized(first)
      let limit = selection.decoding.maximumBytes
      if let size, size > limit, format != nil {
        let error = CodecError.tooManyBytes(count: size, limit: limit)
        let reason = describedWithHint(error)
        return Arrival(path ?? number(), label: label, failure: PictureFailure(reason))
      }
      if format == .ppm {
        opened = (.images(PNMStreamReader(reader, options: selection.decoding)), path, 0)
        return nil
      }
      guard format != nil else {
        let error = first.isEmpty ? CodecError.empty : .unknownFormat
        let reason = describedWithHint(error)
        return Arrival(path ?? number(), label: label, failure: PictureFailure(reason))
      }
      let bytes = try reader.readAll(limit: limit)
      return Arrival(path ?? number(), label: label, .encoded(bytes))
    } catch {
      return unreadable(path, error, isNamed: isNamed)
    }
  }

  /// Reads on in what holds several pictures; nil at its end.
  private func advanced(_ source: Opened) -> Arrival? {
    let arrival =
      switch source {
      case .stream(let reader): next(of: reader)
      case .images(let reader): next(of: reader)
      }
    if arrival == nil { opened = nil } else { opened?.count += 1 }
    return arrival
  }

  private func next(of reader: StreamReader) -> Arrival? {
    do throws(StreamError) {
      while let record = try reader.next() {
        switch record {
        case .frame(let frame, let name):
          let own = name ?? number()
          guard wants(own) else { continue }
          return Arrival(own, label: label(name, "frame"), .frame(frame))
        case .failure(let name, let reason):
          return Arrival(
            name ?? number(), label: label(name, "frame"),
            failure: PictureFailure(escaped(Array(reason.utf8)), isUpstream: true))
        case .end: continue
        }
      }
      return nil
    } catch {
      defer { opened = nil }
      return Arrival(
        opened?.path ?? number(), label: opened?.path == nil ? "standard input" : nil,
        failure: PictureFailure(describedWithHint(error), status: .badData))
    }
  }

  private func next(of reader: PNMStreamReader) -> Arrival? {
    let path = opened?.path
    do throws(SystemError) {
      guard let result = try reader.next() else { return nil }
      switch result {
      case .success(let image):
        let isFirst = mayLookAhead && opened?.count == 0
        let isOnly = isFirst ? try !reader.follows() : false
        let name = path.map { isOnly ? $0 : numbered($0) } ?? number()
        return Arrival(name, label: path == nil ? label(nil, "image") : nil, .picture(image))
      case .failure(let error):
        return Arrival(
          path ?? number(), label: path == nil ? label(nil, "image") : nil,
          failure: PictureFailure(describedWithHint(error)))
      }
    } catch {
      defer { opened = nil }
      return unreadable(path, error, isNamed: false)
    }
  }

  /// What messages call a picture of several: its own name, or its number in its file.
  private func label(_ name: FilePath?, _ what: String) -> String? {
    guard name == nil else { return nil }
    let whole = opened?.path?.escaped ?? "standard input"
    return "\(whole): \(what) \((opened?.count ?? 0) + 1)"
  }

  private func numbered(_ path: FilePath) -> FilePath {
    let end =
      path.bytes.count - path.fileExtension.utf8.count - (path.fileExtension.isEmpty ? 0 : 1)
    let number = "-" + padded((opened?.count ?? 0) + 1, to: Self.digits)
    return FilePath(bytes: path.bytes[..<end] + Array(number.utf8) + path.bytes[end...])
  }

  private func number() -> FilePath {
    unnamed += 1
    return FilePath(padded(unnamed, to: Self.digits))
  }

  /// So many that the shell sorts names as the pictures came.
  private static let digits = 6
}
