import CycleGAN
import Glibc

/// Finds the images of a data set: a folder, `@list`, a tensor stream, an image.
///
/// FIFOs and process substitutions work everywhere; what cannot be read again is kept in memory.
package struct ImageGathering {
  /// Limits and the policy for damaged files.
  package var decoding: DecodingOptions
  /// The most images that are taken: the official `--max_dataset_size`.
  package var maximumCount: Int
  /// How long files that vanish later are waited for.
  package var patience = Patience()
  /// Whether a folder below one of images holds a run, whose samples are no images to learn from.
  package var isLeftOut: (FilePath) -> Bool = { _ in false }

  private let diagnostics: Diagnostics
  private let verbosity: Verbosity

  /// Prepares to gather the images of one domain.
  ///
  /// - Parameters:
  ///   - decoding: Limits and the policy for damaged files.
  ///   - maximumCount: The most images that are taken.
  ///   - diagnostics: Told of every file that is skipped, and of failures further up.
  ///   - verbosity: How much is said.
  package init(
    decoding: DecodingOptions = .init(), maximumCount: Int = .max, diagnostics: Diagnostics,
    verbosity: Verbosity = .normal
  ) {
    self.decoding = decoding
    self.maximumCount = maximumCount
    self.diagnostics = diagnostics
    patience.say = { diagnostics.say($0) }
    self.verbosity = verbosity
  }

  /// Finds the images.
  ///
  /// - Parameters:
  ///   - operand: As the user wrote it; `-` is standard input, `@file` a list of paths and `@-` a
  ///     list on standard input.
  ///   - cache: Shared by both domains.
  /// - Returns: At least one image, in order.
  /// - Throws: `TrainingError.input` if it is missing, `.images` if it holds none.
  package func images(
    of operand: String, cache: ImageCache
  ) throws(TrainingError) -> TrainingImages {
    let found = try gathered(from: operand)
    guard !found.items.isEmpty else { throw .images("\(escaped(Array(operand.utf8))): no images") }
    return TrainingImages(
      found.items, source: operand, fingerprint: found.fingerprint,
      failedBefore: found.failedBefore, decoding: decoding, cache: cache,
      patience: patience)
  }

  private func gathered(from operand: String) throws(TrainingError) -> Found {
    var selection = InputSelection(decoding: decoding)
    var folder: FilePath?
    if operand.hasPrefix("@") {
      let list = FilePath(String(operand.dropFirst()))
      selection.lists = [.init(list, separator: .detected)]
    } else {
      let path = FilePath(operand)
      selection.operands = [path]
      // Paths on standard input are written @-.
      selection.standardInput = operand == "-" ? .image : nil
      folder = operand != "-" && Folder.isFolder(path) ? path : nil
    }
    var found = Found(maximumCount: maximumCount)
    do throws(ToolError) {
      let source = try Source(
        selection, files: .locate, diagnostics: diagnostics, verbosity: verbosity)
      var runs = OutputFolders(below: folder, isLeftOut)
      while let input = try source.next() {
        if case .success(.file(let path)) = input.content, let run = runs.containing(path) {
          if runs.isNew(run), verbosity != .quiet {
            diagnostics.say("\(run): the folder of a run, its files are not taken as images")
          }
          continue
        }
        switch input.content {
        case .failure(let failure) where failure.isUpstream:
          found.failedBefore += 1
          guard verbosity != .quiet else { break }
          diagnostics.say("\(input.identity.label): failed before: \(failure.reason)")
        case .failure where input.identity.name == folder: break
        case .failure(let failure) where folder != nil && failure.status == .someFailed:
          // It counts as an image that cannot be used, and says so when it is its turn.
          let path = input.identity.name
          found.add(path, name: name(of: path, in: folder, isListed: false))
        case .failure(let failure): throw error(of: operand, input.identity, failure)
        case .success(.file(let path)):
          found.add(path, name: name(of: path, in: folder, isListed: operand.hasPrefix("@")))
        case .success(let content):
          let name = input.identity.isPath ? input.identity.name : nil
          let frame = try frame(of: content, input.identity)
          let isImage = if case .frame = content { false } else { true }
          try found.add(frame, name: isImage ? nil : name, record: input.record)
        }
      }
    } catch {
      throw TrainingError(error)
    }
    return found
  }

  /// What a checksum knows a file by: names below a folder, so that it may be moved between two calls.
  private func name(of path: FilePath, in folder: FilePath?, isListed: Bool) -> [UInt8] {
    guard let folder else { return isListed ? path.bytes : path.lastComponent.bytes }
    return Array(path.bytes.dropFirst(folder.bytes.count).drop { $0 == UInt8(ascii: "/") })
  }

  private func frame(
    of content: Input.Content, _ identity: Input.Identity
  ) throws(ToolError) -> Frame {
    do {
      let frame = try content.decoded(decoding) { _ in }
      try frame.requireNetworkRange()
      return frame
    } catch {
      throw ToolError(.badData, "\(identity.label): \(describedWithHint(error))")
    }
  }

  private func error(
    of operand: String, _ identity: Input.Identity, _ failure: InputFailure
  ) -> ToolError {
    let hint =
      failure.cause?.isUnrecognized ?? false && operand != "-"
      ? "; a list of paths is @\(FilePath(operand))" : ""
    let status = failure.status == .someFailed ? ExitStatus.badData : failure.status
    return ToolError(status, "\(identity.label): \(failure.reason)\(hint)")
  }
}

/// Folders of runs below a folder of images: what a run draws is no image to learn from.
private struct OutputFolders {
  private let root: FilePath?
  private let isRun: (FilePath) -> Bool
  /// By folder, the run that it is or lies in.
  private var known: [FilePath: FilePath?] = [:]
  private var named: Set<FilePath> = []

  init(below root: FilePath?, _ isRun: @escaping (FilePath) -> Bool) {
    (self.root, self.isRun) = (root, isRun)
  }

  /// The run that a file lies in.
  ///
  /// - Parameter file: Found below the folder.
  /// - Returns: The outermost run's folder; nil for none, and for the folder of images itself.
  mutating func containing(_ file: FilePath) -> FilePath? {
    guard let root else { return nil }
    return run(file.directory, root)
  }

  private mutating func run(_ folder: FilePath, _ root: FilePath) -> FilePath? {
    guard folder.bytes.count > root.bytes.count, folder.directory != folder else { return nil }
    if let known = known[folder] { return known }
    let result = run(folder.directory, root) ?? (isRun(folder) ? folder : nil)
    known[folder] = result
    return result
  }

  /// Whether a run was not named yet.
  mutating func isNew(_ run: FilePath) -> Bool { named.insert(run).inserted }
}

/// Images that were found so far.
private struct Found {
  let maximumCount: Int
  var items: [TrainingImages.Item] = []
  /// A checksum over names, sizes and beginnings of files, or over a stream's frames.
  var fingerprint: UInt32 = 0
  /// Images that failed in an earlier filter.
  var failedBefore = 0

  /// Takes a file; what is wrong with it shows when it is its turn.
  mutating func add(_ path: FilePath, name: [UInt8]) {
    guard items.count < maximumCount else { return }
    var mark = name + [0]
    if let size = path.regularSize {
      mark += Array("\(size)".utf8)
      mark += (try? ByteReader(path).peek(4096)) ?? []
    }
    add(.file(path), mark: mark)
  }

  /// Takes a frame, or where it can be read again.
  mutating func add(
    _ frame: Frame, name: FilePath?, record: (file: FilePath, offset: Int)?
  ) throws(ToolError) {
    guard items.count < maximumCount else { return }
    let item: TrainingImages.Item =
      if let record {
        .record(record.file, offset: record.offset, name: name)
      } else {
        .frame(frame, name: name)
      }
    let image: Image
    do throws(OutOfMemory) { image = try Image(frame) } catch {
      throw ToolError(.outOfMemory, "\(error)")
    }
    add(item, mark: (name?.bytes ?? []) + [0] + image.pixels)
  }

  private mutating func add(_ item: TrainingImages.Item, mark: [UInt8]) {
    items.append(item)
    fingerprint = crc32(mark + [0], fingerprint)
  }
}

extension FilePath {
  /// The length of a regular file, bytes; nil for anything else.
  fileprivate var regularSize: Int? {
    var status = stat()
    let isThere = withCString { stat($0, &status) } == 0
    return isThere && status.st_mode & S_IFMT == S_IFREG ? status.st_size : nil
  }
}
