import Testing

@testable import CycleGAN

@Suite struct NetworkStageTests {
  private func convolution(_ name: String, _ from: Int, _ into: Int, kernel: Int = 3) -> Convolution
  {
    Convolution(name, from, into, kernel: kernel, bias: true)
  }

  @Test func `norm, activation and padding in their order are one prologue`() {
    let stages = NetworkStage.recognized(in: [
      .norm(.instance, name: "n", channels: 4), .relu, .reflectionPadding(3),
    ])
    let norm = NetworkStage.ChannelNorm(kind: .instance, name: "n", channels: 4)
    #expect(stages == [.prologue(.init(norm: norm, slope: 0, padding: 3))])
  }

  @Test func `layers out of that order are prologues of their own`() {
    let stages = NetworkStage.recognized(in: [
      .reflectionPadding(1), .leakyReLU(slope: 0.2), .norm(.batch, name: "n", channels: 4),
      .norm(.none, name: "", channels: 4), .relu,
    ])
    let norm = NetworkStage.ChannelNorm(kind: .batch, name: "n", channels: 4)
    #expect(
      stages == [
        .prologue(.init(padding: 1)), .prologue(.init(slope: 0.2)),
        .prologue(.init(norm: norm, slope: 0)),
      ])
  }

  @Test func `a convolution knows the padding in front and the instance norm behind it`() {
    let inner = convolution("c", 4, 4)
    let stages = NetworkStage.recognized(in: [
      .relu, .reflectionPadding(1), .convolution(inner), .norm(.instance, name: "n", channels: 4),
      .transposedConvolution(inner), .norm(.batch, name: "m", channels: 4),
    ])
    let contexts = stages.compactMap { stage in
      if case .convolution(_, let context) = stage { context } else { nil }
    }
    #expect(
      contexts == [
        .init(reflectionPadding: 1, isInstanceNormalized: true), .init(isTransposed: true),
      ])
  }

  @Test(arguments: [false, true])
  func `a residual block is one with instance norm and without dropout`(dropout: Bool) {
    for norm in Norm.allCases {
      let network = GeneratorArchitecture(
        kind: .resnet(blocks: 2), width: 4, norm: norm, dropout: dropout
      ).network
      let blocks = network.stages.compactMap { stage -> [Convolution?]? in
        guard case .residual(_, let block) = stage else { return nil }
        return [block?.first, block?.second]
      }
      let isBlock = norm == .instance && !dropout
      #expect(blocks.count == 2)
      #expect(blocks.joined().allSatisfy { ($0 != nil) == isBlock })
    }
  }

  @Test(arguments: [
    GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4, dropout: true, upsampling: .resize),
    GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4, norm: .batch),
    GeneratorArchitecture(kind: .unet(downs: 5), width: 4, dropout: true),
  ])
  func `no layer is lost`(architecture: GeneratorArchitecture) {
    let network = architecture.network
    #expect(network.stages.layers == network.layers.filter { !$0.isNothing })
  }
}

extension [NetworkStage] {
  /// The layers that the stages stand for.
  fileprivate var layers: [Layer] {
    flatMap { stage -> [Layer] in
      switch stage {
      case .prologue(let prologue):
        let norm = prologue.norm.map { Layer.norm($0.kind, name: $0.name, channels: $0.channels) }
        let activation: Layer? =
          switch prologue.slope {
          case 1: nil
          case 0: .relu
          default: .leakyReLU(slope: prologue.slope)
          }
        let padding = prologue.padding > 0 ? Layer.reflectionPadding(prologue.padding) : nil
        return [norm, activation, padding].compactMap { $0 }
      case .convolution(let convolution, let context):
        return [
          context.isTransposed ? .transposedConvolution(convolution) : .convolution(convolution)
        ]
      case .nearestUpsampling: return [.nearestUpsampling]
      case .tanh: return [.tanh]
      case .dropout(let probability): return [.dropout(probability: probability)]
      case .residual(let inner, _): return [.residual(inner.layers)]
      case .skip(let inner): return [.skip(inner.layers)]
      }
    }
  }
}

extension Layer {
  fileprivate var isNothing: Bool {
    guard case .norm(.none, _, _) = self else { return false }
    return true
  }
}
