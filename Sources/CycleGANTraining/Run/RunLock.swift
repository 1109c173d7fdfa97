import CycleGAN
import Glibc

/// Keeps a second trainer out of a run's folder; the kernel lets go with the process, however it ends.
final class RunLock {
  private let descriptor: Int32

  /// Locks a folder.
  ///
  /// - Parameter directory: A folder that exists.
  /// - Throws: `TrainingError.locked` naming who holds it, or `.cannotCreate`.
  init(_ directory: FilePath) throws(TrainingError) {
    let file = directory.appending(".lock")
    descriptor = file.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .writing(file, .current) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = SystemError.current
      let holder = holder()
      close(descriptor)
      guard error.code == EWOULDBLOCK else { throw .writing(file, error) }
      throw .locked("\(directory): another cg-train is at work here, \(holder)")
    }
    // Nothing depends on the text: a full disk shows when the first checkpoint is written.
    let text = Array(Self.introduction.utf8)
    if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, text, text.count) }
  }

  deinit { close(descriptor) }

  /// Reads who has the lock, who may only just have got it and not have written yet.
  private func holder() -> String {
    do {
      var text: [UInt8] = []
      for _ in 0..<20 where text.isEmpty {
        usleep(50_000)
        text = try ByteReader(descriptor: descriptor).readAll(limit: 200)
      }
      return escaped(text.filter { $0 != UInt8(ascii: "\n") })
    } catch {
      return "its name cannot be read: \(error)"
    }
  }

  /// Who this is and since when: `process 123 on host since 2026-11-24T17:08:22Z`.
  private static var introduction: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "process \(getpid()) on \(host) since \(universalTime("%Y-%m-%dT%H:%M:%SZ"))\n"
  }
}
