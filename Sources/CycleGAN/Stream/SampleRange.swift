/// Why a frame's float32 samples are not what the networks read.
package struct SampleRangeError: Error, Equatable, CustomStringConvertible {
  /// The smallest and the largest sample.
  let range: ClosedRange<Float>

  /// One line for standard error, with both usual conversions.
  package var description: String {
    "float32 samples are from \(range.lowerBound) to \(range.upperBound), outside -1...1; convert "
      + "x / 127.5 - 1 from 0...255, or x * 2 - 1 from 0...1"
  }
}

extension Frame {
  /// How far beyond -1...1 a sample may be, as rounding leaves it.
  private static let rounding: Float = 1e-3

  /// The smallest and the largest float32 sample; nil of uint8 samples.
  ///
  /// - Precondition: The samples are finite, as `StreamReader` leaves them.
  var float32Range: ClosedRange<Float>? {
    guard case .float32(let samples) = samples, let first = samples.first else { return nil }
    return samples.withUnsafeBufferPointer { samples in
      var (least, most) = (first, first)
      for sample in samples {
        least = sample < least ? sample : least
        most = sample > most ? sample : most
      }
      return least...most
    }
  }

  /// Refuses float32 samples outside -1...1, a rounding's width aside.
  ///
  /// - Throws: `SampleRangeError` with the range.
  package func requireNetworkRange() throws(SampleRangeError) {
    guard let range = float32Range else { return }
    guard range.lowerBound >= -1 - Self.rounding, range.upperBound <= 1 + Self.rounding else {
      throw SampleRangeError(range: range)
    }
  }
}

/// Finds out whether a stream's float32 frames were scaled to 0...1 instead of -1...1.
struct UnsignedRangeDetector {
  private var range: ClosedRange<Float>?

  /// Takes the next frame into account.
  mutating func add(_ frame: Frame) {
    guard let new = frame.float32Range else { return }
    guard let old = range else {
      range = new
      return
    }
    range = min(old.lowerBound, new.lowerBound)...max(old.upperBound, new.upperBound)
  }

  /// What a person should know; nil where the frames have a negative value, or one value only.
  var warning: String? {
    guard let range, range.lowerBound >= 0, range.upperBound <= 1,
      range.lowerBound < range.upperBound
    else { return nil }
    return "no float32 sample is negative: they are from \(range.lowerBound) to "
      + "\(range.upperBound), and the networks read -1...1; convert x * 2 - 1 if they are meant "
      + "as 0...1"
  }
}
