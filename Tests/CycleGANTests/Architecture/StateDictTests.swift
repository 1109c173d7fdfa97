import CycleGAN
import Testing

@Suite struct StateDictTests {
  /// A network of Fixtures/parity/state-dicts.tsv, its norm, whether it has dropout.
  struct Key: Hashable, CustomTestStringConvertible {
    let network: String
    let norm: Norm
    let dropout: Bool

    var testDescription: String { "\(network) \(norm)\(dropout ? " dropout" : "")" }

    var description: NetworkDescription? {
      let word = network.split(separator: "_")
      if word.first == "discriminator", let layers = word.last.flatMap({ Int($0) }) {
        let kind = layers == 0 ? DiscriminatorArchitecture.Kind.pixel : .patch(layers: layers)
        return DiscriminatorArchitecture(kind: kind, width: 4, norm: norm).network
      }
      let words = network.split(separator: ":")
      return GeneratorArchitecture.Kind(String(words[0])).map {
        GeneratorArchitecture(
          kind: $0, width: 4, norm: norm, dropout: dropout,
          upsampling: words.count > 1 ? .resize : .transpose
        ).network
      }
    }
  }

  static let networks: [Key: [[String]]] = {
    // An empty table fails the test that counts the networks.
    let rows = (try? Fixtures.table("parity/state-dicts.tsv")) ?? []
    return Dictionary(grouping: rows) { row in
      Key(network: row[0], norm: Norm(rawValue: row[1]) ?? .none, dropout: row[2] == "True")
    }
  }()

  @Test(arguments: networks.keys.sorted { $0.testDescription < $1.testDescription })
  func `names, shapes and order are those of PyTorch's state dict`(key: Key) throws {
    let parameters = try #require(key.description).parameters
    let rows = try #require(Self.networks[key])
    #expect(parameters.map(\.name) == rows.map { $0[3] })
    #expect(
      parameters.map { $0.shape.map { String($0) }.joined(separator: "x") } == rows.map { $0[4] })
  }

  @Test func `the table has all its networks`() { #expect(Self.networks.count == 12) }

  @Test func `the deepest of unet_256 has the official name`() {
    let names = GeneratorArchitecture(kind: .unet(downs: 8)).network.parameters.map(\.name)
    let deepest = "model.model.1.model" + String(repeating: ".3.model", count: 6) + ".1.weight"
    #expect(names.contains(deepest))
  }

  @Test func `dropout moves the second convolution of a block and nothing else`() {
    let names = { (dropout: Bool) in
      GeneratorArchitecture(kind: .resnet(blocks: 9), dropout: dropout).network.parameters
        .map(\.name)
    }
    let moved = names(false).map { $0.replacing(".conv_block.5.", with: ".conv_block.6.") }
    #expect(names(true) == moved)
    #expect(names(false).suffix(2) == ["model.26.weight", "model.26.bias"])
  }
}
