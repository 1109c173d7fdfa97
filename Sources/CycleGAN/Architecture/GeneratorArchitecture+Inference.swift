extension GeneratorArchitecture {
  /// Infers the architecture: from the tensors first, then from the metadata.
  ///
  /// Dropout of a U-Net leaves no trace in the tensors and makes no difference to inference.
  ///
  /// - Parameters:
  ///   - outline: One network's tensors, of these tools or a bare official state dict.
  ///   - overrides: What the user says.
  /// - Throws: `ArchitectureError.unrecognized` if the tensors are not a generator's;
  ///   `ArchitectureError.contradictions` if tensors, metadata and options disagree.
  public init(
    inferringFrom outline: StateDictOutline, overrides: ArchitectureOverrides = .init()
  ) throws(ArchitectureError) {
    let weights = outline.unwrapped()
    try weights.requirePlainConvolutions()
    let found = try weights.inferredGenerator
    var points: [String] = []
    let (kind, width, norm, dropout, from, into) = (
      Evidence(
        name: "netG", tensors: found?.kind,
        metadata: weights.property("netG", &points) { Kind($0) }, option: overrides.kind),
      Evidence(
        name: "ngf", tensors: found?.width,
        metadata: weights.property("ngf", &points) { Int($0) }, option: overrides.width),
      Evidence(
        name: "norm", tensors: found?.norm,
        metadata: weights.property("norm", &points) { Norm(rawValue: $0) }, option: overrides.norm),
      Evidence(
        name: "dropout", tensors: found?.showsDropout == true ? found?.dropout : nil,
        metadata: weights.property("dropout", &points) { Bool($0) }, option: overrides.dropout),
      Evidence(
        name: "input_nc", tensors: found?.inputChannels,
        metadata: weights.property("input_nc", &points) { Int($0) },
        option: overrides.inputChannels),
      Evidence(
        name: "output_nc", tensors: found?.outputChannels,
        metadata: weights.property("output_nc", &points) { Int($0) },
        option: overrides.outputChannels)
    )
    guard let kind = kind.settled(&points), let width = width.settled(&points) else {
      throw weights.notGenerator
    }
    let upsampling = try weights.upsampling(found, overrides, &points)
    self.init(
      kind: kind, inputChannels: from.settled(&points) ?? 3,
      outputChannels: into.settled(&points) ?? 3, width: width,
      norm: norm.settled(&points) ?? .instance, dropout: dropout.settled(&points) ?? false,
      upsampling: upsampling)
    guard points.isEmpty else { throw .contradictions(points) }
    try requireSensible()
  }

  /// What a weights file says about its generator, under the official options' words; upsampling only
  /// where it isn't the official one.
  public var metadata: [String: String] {
    var metadata = [
      "netG": kind.description, "ngf": String(width), "norm": norm.rawValue,
      "dropout": String(dropout), "input_nc": String(inputChannels),
      "output_nc": String(outputChannels),
    ]
    if upsampling != .transpose { metadata["upsample"] = upsampling.rawValue }
    return metadata
  }

  /// Whether the tensors' names depend on dropout.
  fileprivate var showsDropout: Bool {
    if case .resnet(let blocks) = kind { return blocks > 0 }
    return false
  }

  /// Refuses numbers that no generator has, before anything is computed of them.
  private func requireSensible() throws(ArchitectureError) {
    var points: [String] = []
    if case .resnet(let blocks) = kind, blocks > 999 {
      points.append("\(blocks) residual blocks; at most 999 are read")
    }
    for (name, channels) in [("input_nc", inputChannels), ("output_nc", outputChannels)]
    where channels != 1 && channels != 3 {
      points.append("\(name) is \(channels); images have 1 or 3 channels")
    }
    if !(1...4096).contains(width) {
      points.append("ngf is \(width); it has to be from 1 to 4096")
    }
    guard points.isEmpty else { throw .contradictions(points) }
  }
}

extension StateDictOutline {
  fileprivate var inferredGenerator: GeneratorArchitecture? {
    get throws(ArchitectureError) {
      let shapes = shapes
      if let resnet = try inferredResNet(shapes) { return resnet }
      return try inferredUNet(shapes)
    }
  }

  private func inferredResNet(
    _ shapes: [String: [Int]]
  ) throws(ArchitectureError) -> GeneratorArchitecture? {
    guard let stem = shapes["model.1.weight"], stem.count == 4, stem[2...] == [7, 7] else {
      return nil
    }
    var blocks = 0
    while shapes["model.\(10 + blocks).conv_block.1.weight"] != nil { blocks += 1 }
    // An upsampling and a border have no tensors, but places: the convolutions come later.
    let isResized =
      shapes["model.\(10 + blocks).weight"] == nil
      && shapes["model.\(12 + blocks).weight"]?.count == 4
    let head = shapes["model.\((isResized ? 21 : 17) + blocks).weight"]
    return GeneratorArchitecture(
      kind: .resnet(blocks: blocks), inputChannels: stem[1],
      outputChannels: head?.first ?? stem[1], width: stem[0],
      norm: try norm(named: "model.2", after: "model.1"),
      // With dropout a convolution sits where a block's last norm would be.
      dropout: shapes["model.10.conv_block.6.weight"]?.count == 4,
      upsampling: isResized ? .resize : .transpose)
  }

  /// How a generator gets back to the whole size.
  ///
  /// - Parameters:
  ///   - found: What the tensors say.
  ///   - overrides: What the user says.
  ///   - contradictions: Gains a sentence where two of them and the metadata disagree.
  /// - Returns: The official way where nobody says anything.
  /// - Throws: `ArchitectureError.ambiguousUpsampling` where only the tensors say that there is an
  ///   upsampling: it may as well be bilinear.
  fileprivate func upsampling(
    _ found: GeneratorArchitecture?, _ overrides: ArchitectureOverrides,
    _ contradictions: inout [String]
  ) throws(ArchitectureError) -> GeneratorArchitecture.Upsampling {
    let evidence = Evidence(
      name: "upsample", tensors: found?.upsampling,
      metadata: property("upsample", &contradictions) { .init(rawValue: $0) },
      option: overrides.upsampling)
    if evidence.tensors == .resize, evidence.metadata == nil, evidence.option == nil {
      throw .ambiguousUpsampling
    }
    return evidence.settled(&contradictions) ?? .transpose
  }

  private func inferredUNet(
    _ shapes: [String: [Int]]
  ) throws(ArchitectureError) -> GeneratorArchitecture? {
    guard let first = shapes["model.model.0.weight"], first.count == 4, first[2...] == [4, 4]
    else { return nil }
    var downs = 1
    var key = "model.model.1.model"
    while downs < 13, shapes[key + ".1.weight"] != nil {
      downs += 1
      key += ".3.model"
    }
    guard (5...12).contains(downs) else { return nil }
    let last = shapes["model.model.3.weight"]
    return GeneratorArchitecture(
      kind: .unet(downs: downs), inputChannels: first[1],
      outputChannels: last?.count == 4 ? last?[1] ?? 3 : 3, width: first[0],
      norm: try norm(named: "model.model.1.model.2", after: "model.model.0"))
  }

  /// Why no generator could be recognized.
  fileprivate var notGenerator: ArchitectureError {
    roles.isEmpty ? unrecognized("not a generator's weights") : .checkpoint
  }
}
