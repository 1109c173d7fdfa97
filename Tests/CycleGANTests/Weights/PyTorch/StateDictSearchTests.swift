import CycleGAN
import Testing

/// A value of a dictionary that is to be saved.
indirect enum SavedValue: Sendable {
  case tensor
  case dictionary([(String, SavedValue)])
}

/// What people save around a network.
@Suite struct StateDictSearchTests {
  /// A file of a dictionary in which every tensor has a storage of its own.
  static func file(_ members: [(String, SavedValue)]) -> [UInt8] {
    var (pickle, count) = (PickleAssembler(), 0)
    func put(_ value: SavedValue) {
      switch value {
      case .tensor:
        pickle.tensor(size: [1], stride: [1]) { $0.storage("\(count)", elements: 1) }
        count += 1
      case .dictionary(let members):
        pickle.run("}(")
        for (key, value) in members {
          pickle.text(key)
          put(value)
        }
        pickle.run("u")
      }
    }
    put(.dictionary(members))
    pickle.run(".")
    let storages = (0..<count).map { (key: "\($0)", data: [0, 0, 0, UInt8($0)]) }
    return TorchAssembler.zip(TorchAssembler.entries(pickle.bytes, storages: storages))
  }

  static let network = SavedValue.dictionary([
    ("model.1.weight", .tensor), ("model.1.bias", .tensor),
  ])
  static let names = ["model.1.weight", "model.1.bias"]

  @Test(
    arguments: [
      [("model_state_dict", network), ("loss", .tensor)],
      [("G", network), ("best_loss", .tensor)],
      [("rng", .tensor), ("netG", network), ("optimizer", optimizer)],
      [("a", .dictionary([("state_dict", .dictionary([("model", network)]))]))],
      [
        ("model.1.weight", .tensor), ("model.1.bias", .tensor),
        ("x", .dictionary([("y", .tensor)])),
      ],
    ] as [[(String, SavedValue)]])
  func `what stands beside the one network does not hide it`(members: [(String, SavedValue)]) throws
  {
    #expect(try WeightsFile(parsing: Self.file(members)).tensors.map(\.name) == Self.names)
  }

  static let optimizer = SavedValue.dictionary([
    ("state", .dictionary([("exp_avg", .tensor)])), ("param_groups", .dictionary([])),
  ])
  static let several: [(String, SavedValue)] = [
    ("rng", .tensor), ("netG_A", .dictionary([("state_dict", network)])), ("optimizer", optimizer),
    ("nets", .dictionary([("b", network), ("c", network)])),
  ]

  @Test func `several networks are read behind their keys, and one by its key`() throws {
    let file = try WeightsFile(parsing: Self.file(Self.several))
    let prefixes = ["netG_A.", "nets.b.", "nets.c."]
    #expect(
      file.tensors.map(\.name) == prefixes.flatMap { prefix in Self.names.map { prefix + $0 } })
    #expect(file.networks.map(\.name) == ["netG_A", "nets"])
    for entry in ["netG_A", "nets.b"] {
      let chosen = try WeightsFile(parsing: Self.file(Self.several), entry: entry)
      #expect(chosen.tensors.map(\.name) == Self.names)
    }
    #expect(throws: WeightsError.architecture(.noEntry("no entry x; there are netG_A, nets"))) {
      try WeightsFile(parsing: Self.file(Self.several), entry: "x")
    }
  }

  @Test func `names that become the same by their dictionaries' keys are refused`() {
    expect(
      "the name a.b.c.weight occurs twice",
      Self.file([
        ("a", .dictionary([("b.c.weight", .tensor)])),
        ("a.b", .dictionary([("c.weight", .tensor)])),
      ]))
  }

  @Test func `long keys in front of many names cannot make a small file large`() {
    let long = String(repeating: "a", count: 1020)
    expect(
      "too long with the keys of its dictionaries",
      Self.file([(long, Self.network), ("b", Self.network)]))
    var pickle = PickleAssembler()
    pickle.run("}(")
    pickle.text("b")
    pickle.run("}(")
    pickle.text("x")
    pickle.tensor(size: [1], stride: [1]) { $0.storage("0", elements: 1) }
    pickle.raw([0x71, 0, 0x75])
    pickle.text(String(long.dropLast(10)))
    pickle.run("}(")
    for i in 0..<16_384 {
      pickle.text("\(i)")
      pickle.raw([0x68, 0])
    }
    pickle.run("uu.")
    expect(
      "16385 tensors; at most 16384 are read",
      TorchAssembler.zip(TorchAssembler.entries(pickle.bytes)))
  }

  @Test func `dictionaries that hold each other many times take no time`() throws {
    var pickle = PickleAssembler()
    pickle.run("}(")
    pickle.text("weights")
    pickle.tensor(size: [1], stride: [1]) { $0.storage("0", elements: 1) }
    // A hundred keys at every level, all of which lead to the level below.
    for level in 0..<5 as Range<UInt8> {
      pickle.text("\(level)")
      pickle.run("}(")
      pickle.text("x")
      pickle.tensor(size: [1], stride: [1]) { $0.storage("0", elements: 1) }
      for i in 0..<(level > 0 ? 100 : 0) {
        pickle.text("\(i)")
        pickle.raw([0x68, level - 1])
      }
      pickle.raw([0x75, 0x71, level])
    }
    pickle.run("u.")
    let entries = TorchAssembler.entries(pickle.bytes, storages: [("0", [0, 0, 0, 0])])
    let tensors = try WeightsFile(parsing: TorchAssembler.zip(entries)).tensors
    #expect(tensors.map(\.name) == (0..<5).map { "\($0).x" })
  }
}
