import CycleGAN
import Glibc

/// All images of one domain, in order: read when needed, or frames in memory.
///
/// Safe to use from several threads. Decoded and resized images are kept as long as they fit in the
/// cache, so that a small set is decoded once.
package final class TrainingImages: Sendable {
  /// Where one image comes from.
  package enum Item: Sendable, Equatable {
    /// An encoded file.
    case file(FilePath)
    /// A frame of a stream that can be read again: the stream's file, and where the frame's note or,
    /// if it has none, its record begins.
    case record(FilePath, offset: Int, name: FilePath?)
    /// A frame of a stream that cannot be read again.
    case frame(Frame, name: FilePath?)
  }

  /// What the images are, in order.
  package let items: [Item]
  /// Where they come from, as the user wrote it.
  package let source: String
  /// Tells another set of images from this one: a checksum over names, sizes and
  /// beginnings of files, or over a stream's frames.
  package let fingerprint: UInt32
  /// How many more a stream names that failed before they came here.
  package let failedBefore: Int

  private let decoding: DecodingOptions
  private let cache: ImageCache
  private let patience: Patience
  private let isWaiting = Locked(false)
  private let refused = Locked<[Int: String]>([:])
  private let flat = Locked<Set<Int>>([])

  /// Gathers images.
  ///
  /// - Parameters:
  ///   - items: In the order they are counted.
  ///   - source: Where they come from, as the user wrote it.
  ///   - fingerprint: Tells another set of images from this one.
  ///   - failedBefore: How many more failed before they came here.
  ///   - decoding: Limits and the policy for damaged files.
  ///   - cache: Shared with the other domain.
  ///   - patience: How long files that have vanished are waited for.
  package init(
    _ items: [Item], source: String = "", fingerprint: UInt32 = 0, failedBefore: Int = 0,
    decoding: DecodingOptions = .init(), cache: ImageCache, patience: Patience = Patience()
  ) {
    self.items = items
    self.source = source
    self.fingerprint = fingerprint
    self.failedBefore = failedBefore
    self.decoding = decoding
    self.cache = cache
    self.patience = patience
  }

  /// How many there are.
  package var count: Int { items.count }

  /// The images that could not be used so far, by index, with the reason.
  package var failures: [Int: String] { refused.withLock { $0 } }

  /// The indices of the images so far whose pixels all have one color.
  ///
  /// They are used; but an instance norm divides by what is left of their contrast.
  package var flatImages: Set<Int> { flat.withLock { $0 } }

  /// The name of an image, for messages.
  ///
  /// - Parameter index: Counted from 0.
  /// - Returns: Its path, or its number where it has none.
  package func name(_ index: Int) -> String {
    switch items[index] {
    case .file(let path): path.escaped
    case .frame(_, let name), .record(_, _, let name): name?.escaped ?? "frame \(index + 1)"
    }
  }

  /// Prepares an image; where it cannot be used, the next one that can.
  ///
  /// - Parameters:
  ///   - index: Counted from 0.
  ///   - preparation: What happens to it.
  ///   - random: Where the crop's position and the flip come from.
  /// - Returns: What the networks see, and its index.
  /// - Throws: `TrainingError.images` if none can be used, `.input` or `.system` if none can be read any
  ///   more, although all could be found before.
  package func prepared(
    _ index: Int, _ preparation: ImagePreparation, random: inout RandomSource
  ) throws(TrainingError) -> (image: Image, index: Int) {
    for i in 0..<count {
      let candidate = (index + i) % count
      guard refused.withLock({ $0[candidate] == nil }) else { continue }
      do {
        // What an image that is refused has drawn doesn't count: the next time it is not tried.
        var own = random
        let image = try preparation.drawn(try waiting(candidate, preparation), random: &own)
        random = own
        return (image, candidate)
      } catch let error as TrainingError {
        throw error
      } catch {
        refused.withLock { $0[candidate] = describedWithHint(error) }
      }
    }
    throw .images("none of \(count) images can be used, the first because: \(firstReason)")
  }

  /// Prepares an image so that it looks the same every time: not flipped, cropped at a fixed position.
  ///
  /// - Parameters:
  ///   - index: Counted from 0; where it cannot be used, the next one is taken.
  ///   - preparation: What happens to it besides.
  /// - Returns: uint8 samples.
  /// - Throws: `TrainingError.images` if none can be used.
  func fixed(_ index: Int, _ preparation: ImagePreparation) throws(TrainingError) -> Frame {
    var random = RandomSource(seed: 0)
    return Frame(try prepared(index, preparation.unflipped, random: &random).image)
  }

  /// Prepares this very image so that it looks the same every time.
  ///
  /// - Parameters:
  ///   - index: Counted from 0.
  ///   - preparation: What happens to it, but for the flip.
  /// - Returns: uint8 samples.
  /// - Throws: `TrainingError.images` naming it if it cannot be used.
  func fixed(only index: Int, _ preparation: ImagePreparation) throws(TrainingError) -> Frame {
    var random = RandomSource(seed: 0)
    do {
      let preparation = preparation.unflipped
      return Frame(try preparation.drawn(sized(index, preparation), random: &random))
    } catch {
      refused.withLock { $0[index] = describedWithHint(error) }
      throw .images("\(name(index)): \(describedWithHint(error))")
    }
  }

  /// The image in the size that the crop is taken from; where nothing can be read any more, such as while
  /// a network drive is gone, it tries again for a while.
  private func waiting(_ index: Int, _ preparation: ImagePreparation) throws -> Image {
    var pauses = patience.pauses.makeIterator()
    var isSecond = false
    while true {
      do {
        let image = try sized(index, preparation)
        isWaiting.withLock { $0 = false }
        return image
      } catch let error as SystemError where !error.isRefusal {
        // The drive may be back before anything else is tried.
        guard isSecond else {
          isSecond = true
          _ = patience.wait(0.1)
          continue
        }
        // One file that is gone or closed among others is a bad image and no more.
        guard !isAnyReadable(besides: index) else { throw error }
        let reason = "\(name(index)): \(error)"
        guard let pause = pauses.next() else {
          let message = "\(reason), also after \(patience.words) of trying again"
          throw [ENOENT, ENOTDIR, EACCES].contains(error.code)
            ? TrainingError.input(message) : TrainingError.system(message)
        }
        let isFirst = isWaiting.withLock { isWaiting in
          defer { isWaiting = true }
          return !isWaiting
        }
        if isFirst { patience.say("\(reason), nor can other images be read; trying again") }
        guard patience.wait(pause) else { throw TrainingError.input(reason) }
      }
    }
  }

  /// Whether any of some other files can be read.
  private func isAnyReadable(besides index: Int) -> Bool {
    (1..<max(1, min(count, 17))).contains { step in
      // Neighbors, and others that are far from them.
      let other = (index + (step % 2 == 1 ? step : step * count / 17)) % count
      guard other != index, refused.withLock({ $0[other] == nil }) else { return false }
      switch items[other] {
      case .frame: return true
      case .file(let path), .record(let path, _, _):
        // A reason is not needed: this only asks whether there is one.
        return (try? ByteReader(path).peek(1))?.isEmpty == false
      }
    }
  }

  private var firstReason: String {
    refused.withLock { reasons in reasons.min { $0.key < $1.key }?.value ?? "there are none" }
  }

  /// The image in the size that the crop is taken from.
  private func sized(_ index: Int, _ preparation: ImagePreparation) throws -> Image {
    if let known = cache[ObjectIdentifier(self), index] { return known }
    let sized = try preparation.sized(try decoded(index, preparation))
    if sized.isFlat { flat.withLock { _ = $0.insert(index) } }
    cache[ObjectIdentifier(self), index] = sized
    return sized
  }

  private func decoded(_ index: Int, _ preparation: ImagePreparation) throws -> Image {
    switch items[index] {
    case .frame(let frame, _): return try Image(frame)
    case .record(let path, let offset, _): return try Image(try frame(of: path, at: offset))
    case .file(let path):
      let bytes: Buffer<UInt8>
      do { bytes = try ByteReader(path).readAll(limit: decoding.maximumBytes) } catch {
        guard error.code == ENOENT, !path.hintOfList.isEmpty else { throw error }
        throw UnreadableFile(path: path, error: error)
      }
      var options = decoding
      options.resizing = preparation.resizing
      return try Image.decoded(bytes, options: options).image
    }
  }

  private func frame(of path: FilePath, at offset: Int) throws -> Frame {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw SystemError.current }
    let reader = ByteReader(descriptor: descriptor, closes: true)
    guard lseek(descriptor, offset, SEEK_SET) == offset else { throw SystemError.current }
    guard case .frame(let frame, _) = try StreamReader(reader, limits: decoding.streamLimits).next()
    else {
      throw SystemError(code: ESTALE)
    }
    return frame
  }
}

/// How long a run waits for files that have vanished.
package struct Patience: Sendable {
  /// Seconds before each further try, about a minute in all.
  package var pauses: [Double] = [0.2, 0.5, 1, 2, 4, 8, 15, 30]
  /// Told once when the waiting begins.
  package var say: @Sendable (String) -> Void = { _ in }
  /// Asked while it waits whether to give up.
  package var stops: @Sendable () -> Bool = { false }

  /// About a minute, in silence.
  package init() {}

  /// The time of all pauses.
  fileprivate var words: String {
    let seconds = pauses.reduce(0, +)
    return seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds.rounded())) s"
  }

  /// Waits.
  ///
  /// - Parameter seconds: How long.
  /// - Returns: Whether to go on.
  fileprivate func wait(_ seconds: Double) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      guard !stops() else { return false }
      usleep(useconds_t(min(50_000, max(1000, seconds * 1e6))))
    }
    return !stops()
  }
}

/// Images that have been decoded and resized, up to a number of bytes.
///
/// What does not fit is not kept; nothing is ever thrown out, since every epoch wants every image.
package final class ImageCache: Sendable {
  private struct Key: Hashable {
    let owner: ObjectIdentifier
    let index: Int
  }

  private struct Content {
    var images: [Key: Image] = [:]
    var bytes = 0
  }

  private let maximumBytes: Int
  private let content = Locked(Content())

  /// Makes an empty cache.
  ///
  /// - Parameter maximumBytes: The most that is kept.
  package init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  subscript(owner: ObjectIdentifier, index: Int) -> Image? {
    get { content.withLock { $0.images[Key(owner: owner, index: index)] } }
    set {
      guard let image = newValue else { return }
      content.withLock { content in
        guard content.bytes + image.pixels.count <= maximumBytes else { return }
        let old = content.images.updateValue(image, forKey: Key(owner: owner, index: index))
        content.bytes += image.pixels.count - (old?.pixels.count ?? 0)
      }
    }
  }
}

/// Why a file of a list in the form of another system cannot be read.
private struct UnreadableFile: Error, CustomStringConvertible {
  let path: FilePath
  let error: SystemError

  var description: String { "\(error)\(path.hintOfList)" }
}

extension ImagePreparation {
  fileprivate var unflipped: ImagePreparation {
    var unflipped = self
    unflipped.preprocessing.flips = false
    return unflipped
  }
}

extension Image {
  /// Whether every pixel has the same color.
  fileprivate var isFlat: Bool {
    zip(pixels, pixels.dropFirst(channels)).allSatisfy { $0 == $1 }
  }
}
