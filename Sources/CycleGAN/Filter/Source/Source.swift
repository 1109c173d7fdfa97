import Glibc

/// The inputs of a filter or of a data set, in order: operands, folders, lists, streams.
///
/// Only opens and reads; decoding is the pipeline's part. For one thread at a time.
package final class Source {
  /// What is done with a regular file that holds one image.
  package enum FilePolicy: Sendable {
    /// It is opened and read.
    case read
    /// Only its path is given, unopened where a folder or a list names it.
    case locate
  }

  /// Something that holds several images.
  private enum Opened {
    case stream(StreamReader, ByteReader)
    case images(ImageStreamReader)
  }

  private let paths: InputPaths
  private let selection: InputSelection
  private let files: FilePolicy
  private let diagnostics: Diagnostics
  private let verbosity: Verbosity
  private var opened: (container: Opened, path: FilePath?, count: Int)?
  /// Whether what is open is a regular file: it can be read again, and looking ahead waits for nobody.
  private var isRegular = false
  /// Files that are no images, and images that were not wanted, so far.
  var skipped: Int { paths.skipped + unwanted }
  private var unwanted = 0
  /// Images without a name so far.
  private var unnamed = 0
  private var collected: [InputPaths.Entry]?
  private var detector = UnsignedRangeDetector()
  /// Whether frames in 0...1 have been pointed out; once is enough.
  private var hasWarned = false

  /// Begins with the first operand.
  ///
  /// - Parameters:
  ///   - selection: What to read.
  ///   - files: What is done with a regular file that holds one image.
  ///   - diagnostics: Told of what is skipped.
  ///   - verbosity: How much is said of it.
  /// - Throws: `ToolError` if nothing was named and standard input is a terminal.
  package init(
    _ selection: InputSelection, files: FilePolicy = .read, diagnostics: Diagnostics,
    verbosity: Verbosity = .normal
  ) throws(ToolError) {
    paths = try InputPaths(selection, diagnostics, verbosity)
    self.selection = selection
    self.files = files
    self.diagnostics = diagnostics
    self.verbosity = verbosity
  }

  /// Reads all folders and lists to their end, before any image is read.
  ///
  /// - Returns: The paths of what is one image each.
  /// - Throws: `ToolError` if a list cannot be read.
  package func imagePaths() throws(ToolError) -> [FilePath] {
    let entries = try paths.collected()
    collected = entries
    return entries.compactMap(\.imagePath)
  }

  /// How many files there are, once `imagePaths` has read all lists; nil if nobody knows.
  var total: Int? {
    collected.flatMap { $0.contains(.standardInput) ? nil : $0.count }
  }

  /// Reads the next image.
  ///
  /// - Parameter isWanted: Asked for the name of an image before its file is opened; false leaves it
  ///   out.
  /// - Returns: An image, or why there is none; nil at the end, or once a signal asked to stop.
  /// - Throws: `ToolError` if a list of paths cannot be read.
  package func next(where isWanted: (FilePath) -> Bool = { _ in true }) throws(ToolError) -> Input?
  {
    while !Interrupts.wantsStop {
      let input: Input?
      if let opened {
        input = next(in: opened.container, isWanted)
      } else {
        switch try paths.next() {
        case nil: return nil
        case .path(let path, let isNamed):
          // A stream's frames are asked about one by one.
          guard isNamed && path.isStreamFile || isWanted(path) else {
            unwanted += 1
            continue
          }
          input = open(path, isNamed: isNamed)
        case .unreadable(let path, let reason):
          input = Input(path, failure: InputFailure(reason))
        case .standardInput:
          isRegular = false
          input = open(paths.standardInput, nil, selection.standardInput)
        }
      }
      if let input, !Interrupts.wantsStop { return input }
    }
    return nil
  }

  private func open(_ path: FilePath, isNamed: Bool) -> Input? {
    if files == .locate && !isNamed { return Input(path, .file(path)) }
    do throws(InputFileError) {
      let file = try InputFile(path)
      isRegular = file.size != nil
      return open(file.reader, path, nil, isNamed: isNamed, size: file.size)
    } catch .system(let error) {
      return unreadable(path, error, isNamed: isNamed)
    } catch {
      let status = isNamed ? ExitStatus.noInput : .someFailed
      return Input(path, failure: InputFailure("\(error)", status: status))
    }
  }

  private func unreadable(_ path: FilePath?, _ error: SystemError, isNamed: Bool) -> Input {
    guard error.code != ENOMEM else {
      return Input(
        path ?? number(), label: path == nil ? "standard input" : nil,
        failure: InputFailure(from: error))
    }
    let status = isNamed ? ExitStatus.noInput : .someFailed
    let reason =
      error.code == EISDIR && !isNamed
      ? "a folder in a list of files; find's -type f leaves folders out"
      : "\(error)" + (isNamed || error.code != ENOENT ? "" : path?.hintOfList ?? "")
    return Input(
      path ?? number(), label: path == nil ? "standard input" : nil,
      failure: InputFailure(reason, status: status))
  }

  /// Looks at the first bytes and reads the image, or prepares to read several.
  ///
  /// - Returns: nil where there are several, or none at all.
  private func open(
    _ reader: ByteReader, _ path: FilePath?, _ kind: InputSelection.Kind?, isNamed: Bool = true,
    size: Int? = nil
  ) -> Input? {
    func input(_ content: Input.Content) -> Input {
      Input(path ?? number(), label: path == nil ? "standard input" : nil, content)
    }
    func failure(_ error: CodecError) -> Input {
      Input(
        path ?? number(), label: path == nil ? "standard input" : nil,
        failure: InputFailure(error))
    }
    do throws(SystemError) {
      let first = try reader.peekSignature()
      if kind == .stream || startsStream(first) {
        let stream = StreamReader(reader, limits: selection.decoding.streamLimits)
        opened = (.stream(stream, reader), path, 0)
        detector = UnsignedRangeDetector()
        return nil
      }
      // An empty pipe has no images; a file without bytes is a damaged one.
      if first.isEmpty && path == nil { return nil }
      guard ImageFormat.recognized(first) != nil else {
        return failure(.unrecognized(try reader.peek(ForeignFile.signatureLength)))
      }
      let limit = selection.decoding.maximumBytes
      if let size, size > limit {
        if files == .locate, let path { return input(.file(path)) }
        return failure(.tooManyBytes(count: size, limit: limit))
      }
      opened = (.images(ImageStreamReader(reader, options: selection.decoding)), path, 0)
      return nil
    } catch {
      return unreadable(path, error, isNamed: isNamed)
    }
  }

  /// Reads on in what holds several images; nil at its end, and for what is left out.
  private func next(in container: Opened, _ isWanted: (FilePath) -> Bool) -> Input? {
    let input =
      switch container {
      case .stream(let stream, let reader): next(of: stream, reader, isWanted)
      case .images(let reader): next(of: reader)
      }
    if input == nil { opened = nil } else { opened?.count += 1 }
    return input
  }

  private func next(
    of stream: StreamReader, _ reader: ByteReader, _ isWanted: (FilePath) -> Bool
  ) -> Input? {
    do throws(StreamError) {
      var offset = reader.offset
      while let record = try stream.next() {
        defer { offset = reader.offset }
        switch record {
        case .frame(let frame, let name):
          detector.add(frame)
          let own = name ?? number()
          guard isWanted(own) else {
            unwanted += 1
            continue
          }
          var input = Input(own, label: label(name, "frame"), .frame(frame))
          if isRegular, let path = opened?.path { input.record = (path, offset) }
          return input
        case .skipped(let error, let name):
          return Input(
            name ?? number(), label: label(name, "frame"), failure: InputFailure(from: error))
        case .failure(let name, let reason):
          return Input(
            name ?? number(), label: label(name, "frame"),
            failure: InputFailure(escaped(Array(reason.utf8)), isUpstream: true))
        case .end: continue
        }
      }
      warnOfUnsignedRange()
      return nil
    } catch {
      defer { opened = nil }
      return Input(
        opened?.path ?? number(), label: opened?.path == nil ? "standard input" : nil,
        failure: InputFailure(describedWithHint(error), status: .badData))
    }
  }

  private func warnOfUnsignedRange() {
    guard let warning = detector.warning, !hasWarned, verbosity != .quiet else { return }
    hasWarned = true
    diagnostics.say("\(opened?.path?.escaped ?? "standard input"): \(warning)")
  }

  private func next(of reader: ImageStreamReader) -> Input? {
    let path = opened?.path
    let isFirst = isRegular && opened?.count == 0
    do throws(SystemError) {
      guard let result = try reader.next() else { return trailer(of: reader) }
      let isOnly = isFirst ? try !reader.follows() : false
      if isOnly, let path {
        // What is read again when it is needed is judged then.
        if files == .locate {
          opened = nil
          return Input(path, .file(path))
        }
        if let refused = trailer(of: reader) { return refused }
      }
      let name = path.map { isOnly ? $0 : numbered($0) } ?? number()
      let label = path == nil ? label(nil, "image") : nil
      if isOnly { opened = nil }
      switch result {
      case .success(.encoded(let bytes)): return Input(name, label: label, .encoded(bytes))
      case .success(.decoded(let image)): return Input(name, label: label, .image(image))
      case .failure(let error):
        return Input(path ?? name, label: label, failure: InputFailure(error))
      }
    } catch {
      defer { opened = nil }
      return unreadable(path, error, isNamed: false)
    }
  }

  /// Names what follows the last image and is none.
  ///
  /// - Returns: A failure where warnings are failures.
  private func trailer(of reader: ImageStreamReader) -> Input? {
    guard reader.trailingBytes > 0, let format = reader.format else { return nil }
    let path = opened?.path
    let limit = selection.decoding.maximumBytes
    let count =
      reader.trailingBytes > limit ? "more than \(limit)" : "\(reader.trailingBytes)"
    let which = (opened?.count ?? 0) < 2 ? "first" : "last"
    let warning = "\(count) bytes after the \(which) image are not used"
    guard selection.decoding.failOn == .warning else {
      if verbosity != .quiet {
        diagnostics.say("\(path?.escaped ?? "standard input"): \(warning)")
      }
      return nil
    }
    opened = nil
    return Input(
      path ?? number(), label: path == nil ? "standard input" : nil,
      failure: InputFailure(.damaged(format, reason: warning)))
  }

  /// What messages call an image of several: its own name, or its number in its file.
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

  /// So many that the shell sorts names in the images' order.
  private static let digits = 6
}
