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
    writer.push(.storage(tensor.elements.storedType))
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
