/// A way through a storage that comes by every element of a tensor, from front to back where it can.
struct StorageWalk {
  /// One dimension that leads somewhere.
  private struct Axis {
    let extent: Int
    /// Elements of the storage from one to the next.
    let stride: Int
    /// Elements of the tensor in C order from one to the next.
    let step: Int
  }

  /// The one that leads farthest in front.
  private let axes: [Axis]
  private var indices: [Int]

  /// The element of the storage where it is.
  private(set) var position: Int
  /// Where this element is in C order.
  private(set) var place = 0
  /// Whether it goes back on its way, as it does where elements overlap.
  let comesBack: Bool

  /// Begins at the first element.
  ///
  /// - Parameters:
  ///   - shape: Extents, outermost first.
  ///   - strides: Elements from one to the next, which stay within the storage.
  ///   - start: The first element.
  init(_ shape: [Int], _ strides: [Int], from start: Int) {
    var (axes, step): ([Axis], Int) = ([], 1)
    // Extents of 1 take time and lead nowhere.
    for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
      axes.append(Axis(extent: extent, stride: stride, step: step))
      step *= extent
    }
    axes.sort { $0.stride > $1.stride }
    self.axes = axes
    indices = [Int](repeating: 0, count: axes.count)
    position = start
    comesBack = Self.comesBack(axes)
  }

  private static func comesBack(_ axes: [Axis]) -> Bool {
    var length = 0
    for axis in axes.reversed() where axis.stride > 0 {
      if axis.stride <= length { return true }
      length += (axis.extent - 1) * axis.stride
    }
    return false
  }

  /// Goes to the next element, and from the last one to the first: counts up the indices like an
  /// odometer, from the innermost.
  mutating func advance() {
    var i = axes.count - 1
    while i >= 0 {
      let axis = axes[i]
      indices[i] += 1
      position += axis.stride
      place += axis.step
      if indices[i] < axis.extent { return }
      indices[i] = 0
      position -= axis.extent * axis.stride
      place -= axis.extent * axis.step
      i -= 1
    }
  }
}
