extension WeightsFile {
  /// A zip container of `torch.save`, which `torch.load(weights_only=True)` reads.
  ///
  /// - Returns: The whole file; the same contents give the same bytes.
  /// - Throws: `WeightsError.tooLarge` above 4 GiB.
  func torchZip() throws(WeightsError) -> WeightsParts {
    var zip = ZipWriter()
    zip.add("archive/data.pkl", StateDictPickle(self, isLegacy: false).bytes)
    zip.add("archive/byteorder", Array("little".utf8))
    for (i, tensor) in tensors.enumerated() {
      var data = WeightsParts()
      data.append(tensor.elements)
      zip.add("archive/data/\(i)", data)
    }
    // Of the format; PyTorch 1.6 and later read version 3.
    zip.add("archive/version", Array("3\n".utf8))
    return try zip.finished()
  }

  /// A legacy stream of `torch.save`, which every version of PyTorch reads.
  var torchLegacy: WeightsParts {
    var parts = WeightsParts()
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
