import CycleGAN

/// Both generators, one behind the other.
struct Roundtrip: Sendable {
  /// G.
  let there: Generator
  /// F.
  let back: Generator

  /// Whether several pictures of a size get done sooner one a core.
  func sharesCores(_ picture: Frame) -> Bool {
    there.sharesCores(picture) && back.sharesCores(picture)
  }

  /// What became of one picture; frames have as many channels as F writes, G(x) as many as G writes.
  struct Result: Sendable {
    /// x.
    let original: Frame
    /// G(x).
    let translated: Frame
    /// F(G(x)).
    let cycled: Frame
    /// F of G(x) rounded to 8 bits, as a file would have it.
    let cycledThroughLevels: Frame
  }

  /// Sends a picture there and back again.
  ///
  /// - Parameter picture: Levels or values.
  /// - Returns: Every stage.
  /// - Throws: `GeneratorError` if memory is short.
  func callAsFunction(_ picture: Frame) throws(GeneratorError) -> Result {
    let translated = try there(picture)
    return Result(
      original: picture.withChannels(back.architecture.outputChannels), translated: translated,
      cycled: try back(translated), cycledThroughLevels: try back(Frame(Image(translated))))
  }
}

extension Roundtrip.Result {
  /// x | G(x) | F(G(x)).
  var sheet: Frame {
    Frame(Image(rows: [[original, translated, cycled].map { Image($0.withChannels(3)) }]))
  }
}
