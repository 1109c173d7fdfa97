import CycleGAN
import Glibc

/// Finds the images that an operand names: a folder, `@list`, a tensor stream, an image.
///
/// FIFOs and process substitutions work everywhere; what cannot be read again is kept in memory.
public struct ImageGathering {
  /// Limits and the policy for damaged files.
  public var decoding: DecodingOptions
  /// The most images that are taken: the official `--max_dataset_size`.
  public var maximumCount: Int
  /// Told of every file that is skipped, as a sentence; nil if a count is enough.
  public var skipped: ((String) -> Void)?
  /// Told what a person should know.
  public var note: (String) -> Void

  var items: [TrainingImages.Item] = []
  var fingerprint: UInt32 = 0
  var failedBefore = 0

  /// Prepares to gather the images of one domain.
  ///
  /// - Parameters:
  ///   - decoding: Limits and the policy for damaged files.
  ///   - maximumCount: The most images that are taken.
  ///   - skipped: Told of every file that is skipped; nil if a count is enough.
  ///   - note: Told what a person should know.
  public init(
    decoding: DecodingOptions = .init(), maximumCount: Int = .max,
    skipped: ((String) -> Void)? = nil, note: @escaping (String) -> Void
  ) {
    self.decoding = decoding
    self.maximumCount = maximumCount
    self.skipped = skipped
    self.note = note
  }

  /// Finds the images.
  ///
  /// - Parameters:
  ///   - operand: As the user wrote it; `-` is stdin and `@-` a list on stdin.
  ///   - cache: Shared by both domains.
  /// - Returns: At least one image, in order.
  /// - Throws: `TrainingError.input` if it is missing, `.images` if it holds none.
  public mutating func images(
    of operand: String, cache: ImageCache
  ) throws(TrainingError) -> TrainingImages {
    (items, fingerprint, failedBefore) = ([], 0, 0)
    if operand.hasPrefix("@") {
      try addList(String(operand.dropFirst()))
    } else if operand != "-", Folder.isFolder(FilePath(operand)) {
      try addFolder(FilePath(operand))
    } else {
      try addFile(operand)
    }
    guard !items.isEmpty else { throw .images("\(escaped(Array(operand.utf8))): no images") }
    return TrainingImages(
      items, source: operand, fingerprint: fingerprint, failedBefore: failedBefore,
      decoding: decoding, cache: cache)
  }

  mutating func add(_ item: TrainingImages.Item, mark: [UInt8]) {
    guard items.count < maximumCount else { return }
    items.append(item)
    fingerprint = crc32(mark + [0], fingerprint)
  }

  /// Takes a file.
  ///
  /// - Parameters:
  ///   - path: The file; what is wrong with it shows when it is its turn.
  ///   - name: What it is called, wherever it is.
  mutating func add(_ path: FilePath, name: [UInt8]) {
    guard items.count < maximumCount else { return }
    var mark = name + [0]
    if let size = Self.regularSize(path) {
      mark += Array("\(size)".utf8)
      mark += (try? ByteReader(path).peek(4096)) ?? []
    }
    add(.file(path), mark: mark)
  }

  /// Names below the folder count, so that a folder may be moved between two calls.
  private mutating func addFolder(_ folder: FilePath) throws(TrainingError) {
    do {
      let content = try Folder.images(below: folder)
      for image in content.images {
        let below = image.bytes.dropFirst(folder.bytes.count).drop { $0 == UInt8(ascii: "/") }
        add(image, name: Array(below))
      }
      guard !content.skipped.isEmpty else { return }
      if let skipped {
        for path in content.skipped { skipped("\(path): skipped, not an image") }
      } else {
        note("\(folder): skipped \(content.skipped.count) files that are not images, see -v")
      }
    } catch {
      throw .input("\(folder): \(error)")
    }
  }

  /// Lines, or paths that end in NUL where there is one.
  private mutating func addList(_ name: String) throws(TrainingError) {
    do throws(SystemError) {
      let list = try Self.reader(name).readAll()
      for path in list.split(separator: list.contains(0) ? 0 : UInt8(ascii: "\n")) {
        add(FilePath(bytes: Array(path)), name: Array(path))
      }
    } catch {
      throw .input("\(FilePath(name)): \(error)")
    }
  }

  private mutating func addFile(_ operand: String) throws(TrainingError) {
    let path = FilePath(operand)
    let (reader, first): (ByteReader, [UInt8])
    do throws(SystemError) {
      reader = try Self.reader(operand)
      first = try reader.peek(16)
    } catch {
      throw .input("\(path): \(error)")
    }
    let isFile = operand != "-" && Self.regularSize(path) != nil
    if first.starts(with: NPY.magic) {
      try addStream(reader, path, isFile: isFile)
    } else if first.isEmpty {
      throw .images("\(path): empty, so that there are no images")
    } else if ImageFormat.recognized(first) == nil {
      throw .images(
        "\(path): neither images nor a tensor stream; a list of paths is @\(path)")
    } else if isFile {
      add(path, name: path.lastComponent.bytes)
    } else {
      try addImages(reader, path)
    }
  }

  private static func reader(_ name: String) throws(SystemError) -> ByteReader {
    name == "-" ? ByteReader(descriptor: STDIN_FILENO) : try ByteReader(FilePath(name))
  }

  /// The length of a regular file, bytes; nil for anything else.
  private static func regularSize(_ path: FilePath) -> Int? {
    var status = stat()
    let isThere = path.withCString { stat($0, &status) } == 0
    return isThere && status.st_mode & S_IFMT == S_IFREG ? status.st_size : nil
  }
}
