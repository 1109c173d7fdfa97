extension DiscriminatorArchitecture {
  /// Infers the architecture: from the tensors first, then from the metadata.
  ///
  /// - Parameter outline: One network's tensors, of these tools or a bare official state dict.
  /// - Throws: `ArchitectureError.unrecognized` if the tensors are not a discriminator's;
  ///   `ArchitectureError.contradictions` if tensors and metadata disagree.
  package init(inferringFrom outline: StateDictOutline) throws(ArchitectureError) {
    let weights = outline.unwrapped()
    try weights.requirePlainConvolutions()
    guard let found = try weights.inferredDiscriminator else {
      throw weights.unrecognized("not a discriminator's weights")
    }
    try found.requireSensible()
    self = found
    let points = metadata.sorted { $0.key < $1.key }.compactMap { key, value in
      weights.metadata[key].flatMap { text in
        text == value
          ? nil
          : "\(key): the metadata say \(escaped(Array(text.utf8))), the tensors say \(value)"
      }
    }
    guard points.isEmpty else { throw .contradictions(points) }
  }

  /// Refuses numbers that no discriminator has, before anything is computed of them.
  private func requireSensible() throws(ArchitectureError) {
    var points: [String] = []
    if case .patch(let layers) = kind, !(1...16).contains(layers) {
      points.append("n_layers_D is \(layers); it has to be from 1 to 16")
    }
    // Conditional ones, such as those of pix2pix, judge two images at a time.
    if !(1...6).contains(inputChannels) {
      points.append("input_nc is \(inputChannels); it has to be from 1 to 6")
    }
    if !(1...4096).contains(width) {
      points.append("ndf is \(width); it has to be from 1 to 4096")
    }
    guard points.isEmpty else { throw .contradictions(points) }
  }

  /// What a weights file says about its discriminator, under the official options' words.
  package var metadata: [String: String] {
    let common = ["ndf": String(width), "norm": norm.rawValue, "input_nc": String(inputChannels)]
    let own: [String: String] =
      switch kind {
      case .patch(let layers): ["netD": "n_layers", "n_layers_D": String(layers)]
      case .pixel: ["netD": "pixel"]
      }
    return common.merging(own) { first, _ in first }
  }
}

extension StateDictOutline {
  fileprivate var inferredDiscriminator: DiscriminatorArchitecture? {
    get throws(ArchitectureError) {
      let shapes = shapes
      if let patch = try inferredPatch(shapes) { return patch }
      return try inferredPixel(shapes)
    }
  }

  private func inferredPatch(
    _ shapes: [String: [Int]]
  ) throws(ArchitectureError) -> DiscriminatorArchitecture? {
    guard let first = shapes["model.0.weight"], first.count == 4, first[2...] == [4, 4] else {
      return nil
    }
    var convolutions = 0
    while shapes["model.\(3 * convolutions + 2).weight"]?.count == 4 { convolutions += 1 }
    // The last one is the output layer.
    guard convolutions >= 2 else { return nil }
    return DiscriminatorArchitecture(
      kind: .patch(layers: convolutions - 1), inputChannels: first[1], width: first[0],
      norm: try norm(named: "model.3", after: "model.2"))
  }

  private func inferredPixel(
    _ shapes: [String: [Int]]
  ) throws(ArchitectureError) -> DiscriminatorArchitecture? {
    guard let first = shapes["net.0.weight"], first.count == 4, first[2...] == [1, 1] else {
      return nil
    }
    return DiscriminatorArchitecture(
      kind: .pixel, inputChannels: first[1], width: first[0],
      norm: try norm(named: "net.3", after: "net.2"))
  }
}
