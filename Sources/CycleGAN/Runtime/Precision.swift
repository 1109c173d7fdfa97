import CKernels

/// Arithmetic of the convolutions: what they multiply, where sums and activations are float32.
public enum Precision: String, CaseIterable, Sendable {
  /// 24 bits of mantissa.
  case float32
  /// bfloat16, 8 bits of mantissa, wherever that is faster.
  ///
  /// Those are the convolutions that read 16 channels or more, except the 3 x 3 ones at stride 1 of
  /// a residual block: these take 6.9 ms at 64 x 64 px and 256 channels in float32 by Winograd's
  /// method, which loses too much in bfloat16, and 13.5 ms by the definition in bfloat16. The first
  /// and the last convolution would save 2 ms of 200 and see the image in 8 bits.
  case bf16

  /// Whether this processor has it.
  public var isAvailable: Bool { self == .float32 || ck_bf16_available() == 1 }

  /// Whether a convolution without a method of its own rounds its factors.
  func rounds(_ convolution: Convolution) -> Bool {
    self == .bf16 && convolution.inputChannels >= 16
  }
}
