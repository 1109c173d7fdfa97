/// The instructions of a pickle that are understood; every other byte ends the reading.
///
/// These are the ones that PyTorch itself understands with `weights_only=True`, without NEWOBJ and
/// EMPTY_SET, which no state dict needs, and with BINSTRING, which Python 2 writes for long text.
///
/// Source: `Unpickler.load` in torch/_weights_only_unpickler.py; opcodes from Python's pickletools.py.
enum PickleOpcode: UInt8 {
  case proto = 0x80
  case stop = 0x2E
  case mark = 0x28

  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case long1 = 0x8A
  case binFloat = 0x47
  case binUnicode = 0x58
  case binString = 0x54
  case shortBinString = 0x55

  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case emptyDict = 0x7D
  case setItem = 0x73
  case setItems = 0x75

  case binPut = 0x71
  case longBinPut = 0x72
  case binGet = 0x68
  case longBinGet = 0x6A

  case global = 0x63
  case reduce = 0x52
  case build = 0x62
  case binPersistentID = 0x51
}

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
  case storage(TensorType)

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

  /// Finds the index of a name in `allowed`.
  ///
  /// - Parameters:
  ///   - module: Every byte of it.
  ///   - name: Every byte of it.
  /// - Returns: nil where module and name are not there exactly so.
  static func index(module: [UInt8], name: [UInt8]) -> Int? {
    allowed.firstIndex { $0.module.utf8.elementsEqual(module) && $0.name.utf8.elementsEqual(name) }
  }
}
