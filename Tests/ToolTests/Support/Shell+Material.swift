import CycleGAN
import Foundation

extension Shell {
  /// Writes a generator of a few hundred parameters unless it is wider, the same at every run for the
  /// same seed.
  func makeGenerator(_ name: String, seed: UInt32, width: Int = 4) throws {
    let architecture = GeneratorArchitecture(kind: .resnet(blocks: 1), width: width)
    var state = seed
    let tensors = architecture.network.parameters.map { parameter in
      let values = (0..<parameter.shape.reduce(1, *)).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / Float(1 << 24) * 0.4 - 0.2
      }
      return NamedTensor(parameter.name, shape: parameter.shape, values: values)
    }
    let weights = WeightsFile(tensors: tensors)
    try Data(try weights.serialized()).write(to: folder.appending(path: name))
  }

  /// Reads a weights file.
  func weights(_ name: String) throws -> WeightsFile {
    try WeightsFile.read(FilePath(folder.appending(path: name).path()))
  }

  /// The folder of what PyTorch saved.
  static let weightsFixtures = root + "Tests/CycleGANTests/Fixtures/weights/"

  /// Writes images of noise, `FOLDER/0.ppm` and so on.
  func makeImages(_ count: Int, in name: String, width: Int = 20, height: Int = 16) throws {
    let folder = folder.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var state: UInt32 = 7
    for i in 0..<count {
      var file = Data("P6\n\(width) \(height)\n255\n".utf8)
      for _ in 0..<3 * width * height {
        state = state &* 1_664_525 &+ 1_013_904_223
        file.append(UInt8(state >> 24))
      }
      try file.write(to: folder.appending(path: "\(i).ppm"))
    }
  }

  /// Writes a file.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    try Data(bytes).write(to: folder.appending(path: name))
  }

  /// Copies an image of the core's fixtures.
  func copyFixture(_ name: String, to path: String) throws {
    let fixtures = URL(filePath: Self.root).appending(path: "Tests/CycleGANTests/Fixtures/images")
    try FileManager.default.copyItem(
      at: fixtures.appending(path: name), to: folder.appending(path: path))
  }
}

extension Shell {
  /// Whether Python can check what it is good at checking.
  static let hasNumPy: Bool = {
    guard let shell = try? Shell() else { return false }
    return (try? shell("python3 -c 'import numpy'"))?.status == 0
  }()

  /// Whether a file system may be mounted in a namespace of one's own.
  static let canMount: Bool = {
    guard let shell = try? Shell() else { return false }
    return (try? shell("mkdir m; unshare -Urm mount -t tmpfs tmpfs m"))?.status == 0
  }()
}
