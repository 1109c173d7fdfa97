import CycleGAN
import Glibc

/// What a page shows of a table that grows: it is read on from where it was read to.
struct TableCurves {
  /// The columns that are no place in the run and no alarm.
  private(set) var curves: [Curve] = []
  private(set) var alarms = AlarmHistory()

  private let path: FilePath
  private let hidden: Set<String>
  private var offset = 0
  private var names: [String] = []

  /// Names a table; nothing is read.
  ///
  /// - Parameters:
  ///   - path: Names in the first row, `step` the first of them; tabs between cells. It may be missing.
  ///   - hidden: Columns that become no curve.
  init(_ path: FilePath, hiding hidden: Set<String> = []) {
    self.path = path
    self.hidden = hidden.union(["step", "epoch", "images", "alarms"])
  }

  /// Forgets what was read, where rows are taken back.
  mutating func reset() { self = TableCurves(path, hiding: hidden) }

  /// Reads the rows that are new; a row half written waits.
  ///
  /// - Throws: `SystemError` if the table is there and cannot be read.
  mutating func refresh() throws(SystemError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw .current
    }
    let reader = ByteReader(descriptor: descriptor, closes: true)
    if lseek(descriptor, 0, SEEK_END) < offset { reset() }
    guard lseek(descriptor, off_t(offset), SEEK_SET) == offset else { throw .current }
    let bytes = try reader.readAll()
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
    offset += end + 1
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) { append(line) }
  }

  private mutating func append(_ line: ArraySlice<UInt8>) {
    let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if names.isEmpty {
      names = cells
      curves = names.filter { !hidden.contains($0) }.map(Curve.init)
      return
    }
    guard cells.count == names.count, let step = Int(cells[0]) else { return }
    var curve = 0
    for (name, cell) in zip(names, cells) {
      if name == "alarms" { alarms.append(step: step, cell.split(separator: ",").map(String.init)) }
      guard !hidden.contains(name) else { continue }
      if let value = Double(cell) { curves[curve].append(step: Double(step), value: value) }
      curve += 1
    }
  }
}
