import CCodecs

/// Makes rows narrower or wider, each for itself.
struct AcrossPass {
  private let kernel: ResamplingKernel
  private let width: Int
  private let channels: Int
  private var scratch: [UInt8]

  /// Prepares for rows of one width.
  ///
  /// - Parameters:
  ///   - kernel: From the old width to the new.
  ///   - width: The old width, px.
  ///   - channels: 1 or 3.
  init(_ kernel: ResamplingKernel, width: Int, channels: Int) {
    self.kernel = kernel
    self.width = width
    self.channels = channels
    scratch = [UInt8](repeating: 0, count: 16 * channels * (width + kernel.windows.count))
  }

  /// Resamples rows.
  ///
  /// - Parameter rows: Any number of them.
  /// - Returns: As many of the new width.
  mutating func callAsFunction(_ rows: [UInt8]) -> [UInt8] {
    let count = rows.count / (width * channels)
    let newCount = count * kernel.windows.count * channels
    return [UInt8](unsafeUninitializedCapacity: newCount) { new, filled in
      kernel.withResampling { resampling in
        scratch.withUnsafeMutableBufferPointer { scratch in
          cc_resample_across(
            resampling, rows, width, count, channels, new.baseAddress, scratch.baseAddress)
        }
      }
      filled = newCount
    }
  }
}

/// Makes fewer rows or more, as soon as those that a new one is made from are there.
struct DownPass {
  private let kernel: ResamplingKernel
  private let stride: Int
  /// Old rows, from the `first` on, that windows may still need.
  private var waiting: [UInt8] = []
  private var first = 0
  private var made = 0

  /// Prepares for rows of one length.
  ///
  /// - Parameters:
  ///   - kernel: From the old height to the new.
  ///   - stride: Samples in a row.
  init(_ kernel: ResamplingKernel, stride: Int) {
    self.kernel = kernel
    self.stride = stride
  }

  /// Takes the next rows.
  ///
  /// - Parameter rows: Any number of them.
  /// - Returns: The new rows that can be made now.
  mutating func callAsFunction(_ rows: [UInt8]) -> [UInt8] {
    if waiting.isEmpty { waiting = rows } else { waiting += rows }
    let end = first + waiting.count / stride
    let windows = kernel.windows[made...].prefix { Int($0.first + $0.count) <= end }
    let new = [UInt8](unsafeUninitializedCapacity: windows.count * stride) { new, filled in
      guard let target = new.baseAddress else { return }
      waiting.withUnsafeBufferPointer { old in
        kernel.withResampling { resampling in
          for (i, window) in windows.enumerated() {
            cc_resample_down(
              old.baseAddress.map { $0 + (Int(window.first) - first) * stride },
              resampling.pointee.weights + Int(window.weights), Int(window.count), stride,
              target + i * stride)
          }
        }
      }
      filled = windows.count * stride
    }
    made += windows.count
    drop(before: made < kernel.windows.count ? Int(kernel.windows[made].first) : end)
    return new
  }

  /// Forgets rows, but not a few at a time, since the others have to move.
  private mutating func drop(before row: Int) {
    let count = min(row - first, waiting.count / stride) * stride
    guard 2 * count > waiting.count else { return }
    waiting.removeFirst(count)
    first += count / stride
  }
}
