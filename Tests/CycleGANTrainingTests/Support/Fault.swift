import CycleGAN
import Testing

@testable import CycleGANTraining

/// A way to break a step.
struct Fault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// What the message begins with.
  let message: String
  /// Whether it is seen at the step that it breaks.
  let isSeenAtOnce: Bool
  let apply: @Sendable (BatchLoader.Batch, CycleGANModel) throws -> BatchLoader.Batch

  private init(
    _ name: String, _ message: String, isSeenAtOnce: Bool = true,
    _ apply: @escaping @Sendable (BatchLoader.Batch, CycleGANModel) throws -> BatchLoader.Batch
  ) {
    (testDescription, self.message, self.isSeenAtOnce) = (name, message, isSeenAtOnce)
    self.apply = apply
  }

  static let all: [Fault] =
    NetworkRole.allCases.flatMap { role in
      [(Float.nan, "not a number"), (.infinity, "infinite")].flatMap { value, word in
        [true, false].map { weight(role, isFirst: $0, value, word) }
      }
    } + [image(.nan), image(-.infinity), steep(1e13, "the gradients of generatorBA are"), pool]
    + [false, true].map { moment(squared: $0) }

  private static func weight(
    _ role: NetworkRole, isFirst: Bool, _ value: Float, _ word: String
  ) -> Fault {
    Fault(
      "\(value) in the \(isFirst ? "first" : "last") weight of \(role.rawValue)",
      "a weight of \(role.rawValue) is \(word)"
    ) { batch, model in
      let network = model.network(role)
      let names = network.description.parameters.map(\.name)
      try overwrite(network.tensor(isFirst ? names[0] : names[names.count - 2]), value)
      return batch
    }
  }

  private static func image(_ value: Float) -> Fault {
    Fault("\(value) in an image", "discriminator_A is not a number") { batch, _ in
      let frame = batch.realA[0]
      var values = Array(try frame.float32Samples())
      values[values.count / 2] = value
      let broken = Frame(
        width: frame.width, height: frame.height, channels: frame.channels,
        samples: .float32(Buffer(values)))
      return .init(realA: [broken], realB: batch.realB, names: batch.names)
    }
  }

  /// A judgement so far off that everything is finite but the squares of the gradients.
  private static func steep(_ value: Float, _ message: String) -> Fault {
    Fault("gradients of a weight of \(value)", message) { batch, model in
      let names = model.discriminatorA.description.parameters.map(\.name)
      try overwrite(model.discriminatorA.tensor(names[names.count - 2]), value)
      return batch
    }
  }

  /// Seen when the pool gives the image back or a checkpoint is due.
  private static let pool = Fault("nan in a pool", "", isSeenAtOnce: false) { batch, model in
    for image in model.poolA.images { try overwrite(image, .nan) }
    return batch
  }

  private static func moment(squared: Bool) -> Fault {
    Fault(
      "nan in the optimizer's \(squared ? "squares" : "means")",
      "a weight of generatorAB is not a number"
    ) { batch, model in
      try overwrite(model.generatorOptimizer.moment(0, squared: squared), .nan)
      return batch
    }
  }

  private static func overwrite(_ tensor: Tensor, _ value: Float) throws {
    var values = Array(try tensor.values())
    values[values.count / 2] = value
    try tensor.write(values)
  }
}
