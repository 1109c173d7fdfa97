import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct HealthTests {
  @Test(arguments: Fault.all)
  func `what is not finite is seen at its step, tried once more from a checkpoint, and never saved`(
    fault: Fault
  ) throws {
    var small = try SmallRun()
    small.options.saveEvery = 2
    // From the fifth call on, so that going back doesn't help; the checkpoint is of step 4.
    small.fault = { call, batch, model in call >= 5 ? try fault.apply(batch, model) : batch }
    let error = try #require(throws: TrainingError.self) { try small.run() }
    #expect(error.status == .unhealthy)
    let text = "\(error)"
    #expect(text.hasPrefix(fault.message))
    #expect(text.contains("the run had been rolled back once before"))
    let first = try #require(small.messages.lines.first { $0.contains("; rolling back to step 4") })
    if fault.isSeenAtOnce {
      #expect(first.hasPrefix(fault.message) && first.contains(" at step 5, with frame "))
      #expect(text.contains(" at step 5, with frame "))
    }
    for path in try small.checkpoints {
      let checkpoint = try WeightsFile.read(path)
      #expect(throws: Never.self) { try checkpoint.requireFinite() }
    }
    #expect(!FileManager.default.fileExists(atPath: small.path.appending("gen_AB.bin").string))
  }

  @Test(arguments: Fault.all)
  func `a run that goes back ends well, with every step once in its log`(fault: Fault) throws {
    var small = try SmallRun()
    small.options.saveEvery = 2
    small.fault = { call, batch, model in call == 5 ? try fault.apply(batch, model) : batch }
    #expect(try small.run() == .finished(steps: 12))
    #expect(small.messages.lines.filter { $0.contains("; rolling back to step ") }.count == 1)
    let rows = String(decoding: try small.results[4], as: UTF8.self).split(separator: "\n")
    #expect(rows.dropFirst().map { Int($0.prefix { $0 != "\t" }) } == Array(1...12))
  }

  @Test func `nothing is learned from a step that is not finite`() throws {
    let model = try TrainingMaterial.model(SmallRun().options.model, seed: 1)
    let image = TrainingMaterial.image(0, 0, channels: 3, side: 16)
    let broken = Frame(
      width: 16, height: 16, channels: 3,
      samples: .float32(Buffer([Float](repeating: .nan, count: 768))))
    let before = try model.state()
    let losses = try model.step(realA: [image], realB: [broken]).losses
    #expect(!losses.cycleB.isFinite)
    let after = try model.state()
    for tensor in after.tensors where !tensor.name.hasPrefix("pool") {
      guard !tensor.name.hasPrefix("random") else { continue }
      #expect(before[tensor.name] == tensor, "\(tensor.name) has changed")
    }
  }

  @Test func `a run that went back and was stopped ends like one that went back`() throws {
    let fault = try #require(Fault.all.first)
    var (whole, broken) = (try SmallRun(), try SmallRun())
    whole.fault = { call, batch, model in call == 5 ? try fault.apply(batch, model) : batch }
    broken.fault = whole.fault
    try whole.run()
    // Four steps, the fault, and six steps from the start.
    #expect(try broken.run(stoppingAfter: 10) == .stopped(step: 6))
    broken.fault = { _, batch, _ in batch }
    #expect(try broken.run() == .finished(steps: 12))
    #expect(try broken.results == whole.results)
    let plain = try SmallRun()
    try plain.run()
    #expect(try plain.results != whole.results)
  }

  @Test func `norms are those of all gradients and weights of a network`() throws {
    let model = try TrainingMaterial.model(SmallRun().options.model, seed: 1)
    let images = (0..<2).map { TrainingMaterial.image($0, 0, channels: 3, side: 16) }
    let measurement = try model.step(realA: [images[0]], realB: [images[1]])
    #expect(measurement.nonFinite == nil)
    for (i, role) in NetworkRole.allCases.enumerated() {
      let network = model.network(role)
      var (gradients, weights) = (0.0, 0.0)
      for parameter in network.description.parameters where parameter.isTrainable {
        gradients += try Self.squares(network.gradient(of: parameter.name))
        weights += try Self.squares(network.tensor(parameter.name))
      }
      #expect(abs(Double(measurement.gradientNorms[i]) / gradients.squareRoot() - 1) < 1e-6)
      #expect(abs(Double(measurement.parameterNorms[i]) / weights.squareRoot() - 1) < 1e-6)
    }
  }

  @Test func `a length beyond what a float holds is infinite, and an error of nothing`() throws {
    let model = try TrainingMaterial.model(SmallRun().options.model, seed: 1)
    let name = try #require(model.discriminatorB.description.parameters.first?.name)
    let weight = try model.discriminatorB.tensor(name)
    try weight.write(try weight.values().map { _ in Float.greatestFiniteMagnitude })
    let norms = try model.parameterNorms()
    #expect(norms[3] == .infinity && norms[0...2].allSatisfy(\.isFinite))
  }

  private static func squares(_ tensor: Tensor) throws -> Double {
    try tensor.values().reduce(0) { $0 + Double($1) * Double($1) }
  }

  @Test func `an image of one color is named once`() throws {
    var small = try SmallRun()
    let flat = Frame(
      width: 24, height: 24, channels: 3,
      samples: .uint8(Buffer((0..<24 * 24).flatMap { _ in [UInt8](arrayLiteral: 10, 20, 30) })))
    let draw = small.image
    small.image = { $0 == 0 && $1 == 0 ? flat : draw($0, $1) }
    #expect(try small.run() == .finished(steps: 12))
    let lines = small.messages.lines.filter { $0.contains("one color") }
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("frame 1: ") == true)
  }
}
