import CycleGAN
import Foundation
import Testing

/// `--eval` and `--no-eval`, which the official test.py knows by the first word.
@Suite struct EvalTests {
  private let shell: Shell

  init() throws {
    shell = try Filter.shell()
    for (name, norm) in [("batch.bin", Norm.batch), ("instance.bin", .instance)] {
      let architecture = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 4, norm: norm)
      var state: UInt32 = 5
      let tensors = architecture.network.parameters.map { parameter in
        guard parameter.role != .batchesTracked else {
          return NamedTensor(parameter.name, shape: [], .int64([0]))
        }
        let values = (0..<parameter.shape.reduce(1, *)).map { _ in
          state = state &* 1_664_525 &+ 1_013_904_223
          let value = Float(state >> 8) / Float(1 << 24) - 0.5
          return parameter.role == .runningVariance ? value + 1 : value
        }
        return NamedTensor(parameter.name, shape: parameter.shape, values: values)
      }
      try shell.write(WeightsFile(tensors: tensors).serialized(), to: name)
    }
  }

  @Test(arguments: ["cg-apply -w W p", "cg-cycle -w W -W W2 p"])
  func `batch norms use running statistics unless --no-eval asks for those of each image`(
    command: String
  ) throws {
    let command = command.replacing("W2", with: "AB.bin").replacing("-w W", with: "-w $i.bin")
    let outcome = try shell(
      """
      for i in batch instance; do
        \(command) >default 2>/dev/null
        \(command) --eval >eval 2>/dev/null; \(command) --no-eval >train 2>/dev/null
        cmp -s default eval && echo same; cmp -s eval train && echo same || echo other
      done
      """)
    #expect(outcome.output == "same\nother\nsame\nsame\n", "\(outcome.errors)")
  }

  @Test func `the same frame gives the same translation in any company`() throws {
    let outcome = try shell(
      """
      cg-apply -w batch.bin --no-eval --format png -o all/ p >/dev/null
      for i in 0 1 2; do cg-apply -w batch.bin --no-eval -o one.png p/$i.ppm; cmp one.png all/p/$i.png; done
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
