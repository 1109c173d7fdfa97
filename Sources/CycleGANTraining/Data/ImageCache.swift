import CycleGAN
import Synchronization

/// Images that have been decoded and resized, up to a number of bytes.
///
/// What does not fit is not kept; nothing is ever thrown out, since every epoch wants every image.
public final class ImageCache: Sendable {
  private struct Key: Hashable {
    let owner: ObjectIdentifier
    let index: Int
  }

  private struct Content {
    var images: [Key: Image] = [:]
    var bytes = 0
  }

  private let maximumBytes: Int
  private let content = Mutex(Content())

  /// Makes an empty cache.
  ///
  /// - Parameter maximumBytes: The most that is kept.
  public init(maximumBytes: Int) {
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
