import CycleGAN
import Foundation

/// A folder that is gone after the test.
final class TemporaryFolder {
  /// Where it is.
  let path: FilePath

  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "cyclegan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = FilePath(url.path())
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The names inside, dot files too, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path()).sorted() }
  }
}
