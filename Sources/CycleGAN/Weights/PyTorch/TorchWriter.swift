extension WeightsFile {
  /// A zip container of `torch.save`, which `torch.load(weights_only=True)` reads.
  ///
  /// - Returns: The whole file; the same contents give the same bytes.
  /// - Throws: `WeightsError.tooLarge` above 4 GiB.
  func torchZip() throws(WeightsError) -> FileContent {
    var zip = ZipWriter()
    zip.add("archive/data.pkl", StateDictPickle(self, isLegacy: false).bytes)
    zip.add("archive/byteorder", Array("little".utf8))
    for (i, tensor) in tensors.enumerated() {
      var data = FileContent()
      data.append(tensor.elements)
      zip.add("archive/data/\(i)", data)
    }
    // Of the format; PyTorch 1.6 and later read version 3.
    zip.add("archive/version", Array("3\n".utf8))
    return try zip.finished()
  }

  /// A legacy stream of `torch.save`, which every version of PyTorch reads.
  var torchLegacy: FileContent {
    var parts = FileContent()
    parts.append(TorchFile.legacyMagic + Self.protocolPickle + Self.systemPickle)
    parts.append(StateDictPickle(self, isLegacy: true).bytes)
    // PyTorch sorts the keys as text and expects the storages in this order.
    let order = tensors.indices.sorted { String($0) < String($1) }
    var keys = PickleWriter()
    keys.run(.emptyList)
    keys.run(.mark)
    for i in order { keys.push(String(i)) }
    keys.run(.appends)
    keys.run(.stop)
    parts.append(keys.bytes)
    for i in order {
      let elements = tensors[i].elements
      parts.append(UInt64(elements.count).bytes(.littleEndian))
      parts.append(elements)
    }
    return parts
  }

  private static var protocolPickle: [UInt8] {
    var pickle = PickleWriter()
    pickle.push(TorchFile.legacyProtocol)
    pickle.run(.stop)
    return pickle.bytes
  }

  private static var systemPickle: [UInt8] {
    var pickle = PickleWriter()
    pickle.run(.emptyDict)
    pickle.run(.mark)
    pickle.push("protocol_version")
    pickle.push(TorchFile.legacyProtocol)
    pickle.push("little_endian")
    pickle.push(true)
    pickle.push("type_sizes")
    pickle.run(.emptyDict)
    pickle.run(.mark)
    for (type, size) in [("short", 2), ("int", 4), ("long", 4)] {
      pickle.push(type)
      pickle.push(size)
    }
    pickle.run(.setItems)
    pickle.run(.setItems)
    pickle.run(.stop)
    return pickle.bytes
  }
}

/// The pickle of a state dict, as `torch.save(network.state_dict())` makes it.
///
/// The metadata are an attribute of the dictionary, beside PyTorch's own `_metadata`: they survive
/// loading and saving there, and a network that loads the dictionary doesn't see them.
struct StateDictPickle {
  /// The whole pickle.
  var bytes: [UInt8] { writer.bytes }

  private var writer = PickleWriter()

  /// Writes a pickle.
  ///
  /// - Parameters:
  ///   - weights: Tensors and metadata.
  ///   - isLegacy: Whether references to storages have the sixth part that the legacy stream needs.
  init(_ weights: WeightsFile, isLegacy: Bool) {
    writer.pushOrderedDictionary()
    writer.run(.mark)
    for (i, tensor) in weights.tensors.enumerated() {
      writer.push(tensor.name)
      push(tensor, key: String(i), isLegacy: isLegacy)
    }
    writer.run(.setItems)
    if !weights.metadata.isEmpty { push(weights.metadata) }
    writer.run(.stop)
  }

  /// Pushes `_rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())`.
  private mutating func push(_ tensor: NamedTensor, key: String, isLegacy: Bool) {
    writer.push(.rebuildTensorV2)
    writer.run(.mark)
    writer.run(.mark)
    writer.push("storage")
    writer.push(.storage(tensor.elements.type))
    writer.push(key)
    writer.push("cpu")
    writer.push(tensor.elements.count)
    if isLegacy { writer.run(.none) }
    writer.run(.tuple)
    writer.run(.binPersistentID)
    writer.push(0)
    writer.push(tuple: tensor.shape)
    writer.push(tuple: tensor.contiguousStrides)
    writer.push(false)
    writer.pushOrderedDictionary()
    writer.run(.tuple)
    writer.run(.reduce)
  }

  private mutating func push(_ metadata: [String: String]) {
    writer.run(.emptyDict)
    writer.push(StateDictSearch.metadataKey)
    writer.run(.emptyDict)
    writer.run(.mark)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      writer.push(key)
      writer.push(value)
    }
    writer.run(.setItems)
    writer.run(.setItem)
    writer.run(.build)
  }
}

extension NamedTensor {
  /// Elements from one to the next, for every dimension, in C order.
  fileprivate var contiguousStrides: [Int] {
    var (strides, next): ([Int], Int) = ([], 1)
    for extent in shape.reversed() {
      strides.append(next)
      next *= max(1, extent)
    }
    return strides.reversed()
  }
}
