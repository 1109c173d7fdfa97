/// The objects of Python that a pickle may name; all of them are data here, and none is ever run.
///
/// Source: what `torch.save` writes for tensors, torch/_utils.py and torch/_tensor.py.
enum PickleGlobal: Equatable {
  /// `collections.OrderedDict`.
  case orderedDictionary
  /// `torch._utils._rebuild_tensor`, of PyTorch 0.3 and before.
  case rebuildTensor
  /// `torch._utils._rebuild_tensor_v2`.
  case rebuildTensorV2
  /// `torch._utils._rebuild_parameter`.
  case rebuildParameter
  /// `torch.FloatStorage` and its like.
  case storage(StoredType)

  /// All there are, by module and name.
  static let allowed: [(module: String, name: String, global: PickleGlobal)] = [
    ("collections", "OrderedDict", .orderedDictionary),
    ("torch._utils", "_rebuild_tensor", .rebuildTensor),
    ("torch._utils", "_rebuild_tensor_v2", .rebuildTensorV2),
    ("torch._utils", "_rebuild_parameter", .rebuildParameter),
    ("torch", "DoubleStorage", .storage(.F64)),
    ("torch", "FloatStorage", .storage(.F32)),
    ("torch", "HalfStorage", .storage(.F16)),
    ("torch", "BFloat16Storage", .storage(.BF16)),
    ("torch", "LongStorage", .storage(.I64)),
    ("torch", "IntStorage", .storage(.I32)),
    ("torch", "ShortStorage", .storage(.I16)),
    ("torch", "CharStorage", .storage(.I8)),
    ("torch", "ByteStorage", .storage(.U8)),
    ("torch", "BoolStorage", .storage(.BOOL)),
  ]

  /// Finds the place of a name in the list.
  ///
  /// - Parameters:
  ///   - module: Every byte of it.
  ///   - name: Every byte of it.
  /// - Returns: The place in `allowed`; nil where it is not there exactly so.
  static func index(module: [UInt8], name: [UInt8]) -> Int? {
    allowed.firstIndex { $0.module.utf8.elementsEqual(module) && $0.name.utf8.elementsEqual(name) }
  }
}
