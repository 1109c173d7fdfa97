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

/// Writes a zip file of stored entries, each of which begins at a multiple of 64 bytes as in a file of
/// `torch.save`, so that PyTorch can map it.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, section 4.3; the padding is that of caffe2/serialize.
struct ZipWriter {
  private var parts = WeightsParts()
  private var directory: [UInt8] = []
  private var count = 0

  private static let alignment = 64
  private static let headerBytes = 30
  /// Entries, sizes and places beyond these would need the 64-bit form.
  private static let (maximumCount, maximumBytes) = (0xFFFE, 0xFFFF_FFFE)

  /// Adds an entry.
  ///
  /// - Parameters:
  ///   - name: With slashes between its parts.
  ///   - content: Its bytes.
  mutating func add(_ name: String, _ content: WeightsParts) {
    let (start, name) = (parts.count, Array(name.utf8))
    let common =
      // Version 2.0, UTF-8, stored, the first of January 1980.
      Self.field(20, 2) + Self.field(0x0800, 2) + Self.field(0, 2) + Self.field(0x21_0000, 4)
      + Self.field(Int(content.crc32), 4) + Self.field(content.count, 4)
      + Self.field(content.count, 4) + Self.field(name.count, 2)
    let padding = Self.padding(behind: start + Self.headerBytes + name.count)
    parts.append(
      [0x50, 0x4B, 3, 4] + common + Self.field(padding.count, 2) + name + padding)
    parts.append(content)
    directory += [0x50, 0x4B, 1, 2] + Self.field(20, 2) + common
    // No extra field, no comment, disk 0, no attributes.
    directory += [UInt8](repeating: 0, count: 12) + Self.field(start, 4) + name
    count += 1
  }

  /// Adds an entry of a few bytes.
  mutating func add(_ name: String, _ bytes: [UInt8]) {
    var content = WeightsParts()
    content.append(bytes)
    add(name, content)
  }

  /// Writes the directory.
  ///
  /// - Returns: The whole file.
  /// - Throws: `WeightsError.tooLarge` if the 32-bit form cannot hold it.
  consuming func finished() throws(WeightsError) -> WeightsParts {
    guard count <= Self.maximumCount, parts.count + directory.count <= Self.maximumBytes else {
      throw .tooLarge(
        "\(parts.count) bytes in \(count) entries are too much for a zip file of 32 bits; use "
          + "--format legacy")
    }
    let start = parts.count
    parts.append(directory)
    let counts = Self.field(count, 2) + Self.field(count, 2)
    parts.append(
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + counts + Self.field(directory.count, 4)
        + Self.field(start, 4) + [0, 0])
    return parts
  }

  /// An extra field that fills up to the next multiple.
  private static func padding(behind end: Int) -> [UInt8] {
    let count = (2 * alignment - (end + 4) % alignment) % alignment
    return Array("FB".utf8) + field(count, 2) + [UInt8](repeating: UInt8(ascii: "Z"), count: count)
  }

  private static func field(_ value: Int, _ count: Int) -> [UInt8] {
    Array(UInt64(value).bytes(.littleEndian).prefix(count))
  }
}
