import CycleGAN

/// One network of a file, as its tensors and its metadata describe it.
enum RecognizedNetwork {
  case generator(GeneratorArchitecture)
  case discriminator(DiscriminatorArchitecture)

  /// Recognises a network.
  ///
  /// - Parameter weights: One network's tensors.
  /// - Throws: `WeightsError` if it is neither, or if tensors and metadata disagree.
  init(_ weights: WeightsFile) throws(WeightsError) {
    if !(weights.metadata["role"]?.hasPrefix("discriminator") ?? false) {
      do throws(WeightsError) {
        self = .generator(try GeneratorArchitecture(inferringFrom: weights))
        return
      } catch {
        // What is no generator may still be a discriminator; another complaint is about this one.
        guard case .unrecognized = error else { throw error }
      }
    }
    do throws(WeightsError) {
      self = .discriminator(try DiscriminatorArchitecture(inferringFrom: weights))
    } catch {
      guard case .unrecognized = error else { throw error }
      let names = weights.tensors.prefix(3).map(\.printableName)
      throw .unrecognized(
        "neither a generator's nor a discriminator's weights: its \(weights.tensors.count) tensors "
          + "begin with \(names.joined(separator: ", "))")
    }
  }

  /// Its layers.
  var description: NetworkDescription {
    switch self {
    case .generator(let architecture): architecture.network
    case .discriminator(let architecture): architecture.network
    }
  }

  /// Its family.
  var kind: String {
    switch self {
    case .generator: "generator"
    case .discriminator: "discriminator"
    }
  }

  /// What it looks like, under the official options' words.
  func words(of weights: WeightsFile) -> [(String, String)] {
    let order = [
      "netG", "ngf", "netD", "n_layers_D", "ndf", "norm", "dropout", "upsample", "input_nc",
      "output_nc",
    ]
    var words: [String: String]
    switch self {
    case .generator(let architecture):
      words = architecture.metadata
      if case .unet = architecture.kind, weights.metadata["dropout"] == nil {
        words["dropout"] = "unknown, which makes no difference to cg-apply"
      }
    case .discriminator(let architecture): words = architecture.metadata
    }
    return order.compactMap { key in words[key].map { (key, $0) } }
  }

  /// Everything that is wrong with the tensors.
  ///
  /// - Parameter weights: This network's tensors.
  /// - Throws: `WeightsError.differences` or `WeightsError.notFinite` with all points.
  func check(_ weights: WeightsFile) throws(WeightsError) {
    _ = try weights.fitted(to: description)
  }
}
