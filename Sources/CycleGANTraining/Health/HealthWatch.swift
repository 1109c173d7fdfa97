import CycleGAN

/// A symptom of a failure; a symptom that lasts raises an alarm.
///
/// The limits keep a distance from healthy runs, which Tests/Reliability/alarms.sh measures.
enum Sign: String, CaseIterable {
  /// The running mean of a discriminator's loss is below 0.01, where 0.25 is a draw (lsgan), or
  /// below 0.03, where 0.69 is (vanilla).
  case lowLoss
  /// The gradient norm of a discriminator is below 1e-6.
  case noGradient
  /// The parameter norm of a discriminator is exactly what it was at the last probe.
  case noMotion
  /// The logits of all probe images deviate by less than 0.005.
  case sameLogits = "sameJudgements"
  /// Translations differ by less than a tenth of the differences between images.
  case sameTranslations
  /// The brightness of image and translation correlate below -0.5.
  case invertedBrightness
  /// 95 % more samples than in the target domain are beyond ±0.99.
  case saturatedSamples
  /// All channels of all translations deviate by less than 0.02.
  case noContrast
  /// Translations differ from their images by less than 1 of 255.
  case noChange

  /// The alarm that it raises.
  var alarm: Alarm.Kind {
    switch self {
    case .lowLoss: .tooStrong
    case .noGradient, .noMotion, .sameLogits: .dead
    case .sameTranslations: .modeCollapse
    case .invertedBrightness: .colorInversion
    case .saturatedSamples, .noContrast: .saturation
    case .noChange: .identity
    }
  }

  /// Steps, or probes, in a row that have to show it.
  var patience: Int {
    switch self {
    case .lowLoss, .noGradient: 500
    default: 3
    }
  }
}

/// The symptoms that steps and probes have shown so far; tells when an alarm begins.
struct HealthWatch: Equatable {
  /// A symptom of one network.
  private struct Symptom: Hashable {
    let sign: Sign
    let role: NetworkRole

    var alarm: Alarm { Alarm(kind: sign.alarm, role: role) }
  }

  /// Alarms that are on.
  private(set) var active: Set<Alarm> = []
  /// Alarms that began since the last row of the log, in order.
  private(set) var unlogged: [Alarm] = []
  /// How often in a row each symptom has been seen.
  private var lasting: [Symptom: Int] = [:]
  /// Running means of the discriminators' losses over about a hundred steps.
  private(set) var meanLosses: [NetworkRole: Double] = [:]

  /// The parameter norms of the discriminators at the last step and the last probe.
  private var norms: [NetworkRole: Float] = [:]
  private var lastNorms: [NetworkRole: Float] = [:]

  /// A watch that has seen nothing.
  init() {}

  /// Takes in the measurement of a step.
  ///
  /// - Parameters:
  ///   - measurement: Of the step.
  ///   - mode: Gives the losses their scale.
  mutating func observe(_ measurement: StepMeasurement, _ mode: GANMode) {
    let losses = measurement.losses
    for (role, loss) in [
      (NetworkRole.discriminatorA, losses.discriminatorA),
      (.discriminatorB, losses.discriminatorB),
    ] {
      let mean = meanLosses[role] ?? Double(loss)
      meanLosses[role] = mean + (Double(loss) - mean) / 100
      note(.lowLoss, role, mode.lowDiscriminatorLoss.map { mean < $0 } ?? false)
      note(.noGradient, role, measurement.norms(role).gradient < 1e-6)
      norms[role] = measurement.norms(role).parameters
    }
  }

  /// Takes in a probe.
  ///
  /// - Parameter reading: Of the probe.
  /// - Returns: Alarms that begin with it, in the order of their words.
  mutating func observe(_ reading: Probe.Reading) -> [Alarm] {
    for (role, found) in reading.translations {
      note(.sameTranslations, role, found.diversity < 0.1)
      note(.invertedBrightness, role, found.brightnessCorrelation < -0.5)
      note(.saturatedSamples, role, found.saturated > 0.95)
      note(.noContrast, role, found.contrast < 0.02)
      note(.noChange, role, found.change.map { $0 < 2 / 255.0 } ?? false)
    }
    for (role, found) in reading.logits {
      note(.sameLogits, role, found.spread < 0.005)
      note(.noMotion, role, norms[role].map { $0 == lastNorms[role] } ?? false)
      lastNorms[role] = norms[role]
    }
    let before = active
    active = Set(lasting.filter { $0.value >= $0.key.sign.patience }.map(\.key.alarm))
    let begun = active.subtracting(before).sorted { $0.word < $1.word }
    unlogged += begun
    return begun
  }

  /// Gives the alarms that the next row of the log names, once.
  mutating func takeUnlogged() -> [Alarm] {
    defer { unlogged = [] }
    return unlogged
  }

  private mutating func note(_ sign: Sign, _ role: NetworkRole, _ isPresent: Bool) {
    let symptom = Symptom(sign: sign, role: role)
    lasting[symptom] = isPresent ? (lasting[symptom] ?? 0) + 1 : nil
  }
}

extension HealthWatch {
  /// All of it, for a checkpoint; the norms at the last step are known again after the next one.
  var json: JSON {
    func words(_ alarms: [Alarm]) -> JSON { .array(alarms.map { .string($0.word) }) }
    func numbers(_ numbers: [NetworkRole: some BinaryFloatingPoint]) -> JSON {
      .object(
        numbers.map { ($0.key.rawValue, .number(Double($0.value))) }.sorted { $0.0 < $1.0 })
    }
    let counts = lasting.map { ("\($0.key.sign.rawValue) \($0.key.role.rawValue)", $0.value) }
    return .object([
      ("active", words(active.sorted { $0.word < $1.word })), ("unlogged", words(unlogged)),
      ("lasting", .object(counts.sorted { $0.0 < $1.0 }.map { ($0.0, .integer($0.1)) })),
      ("meanLosses", numbers(meanLosses)), ("lastLengths", numbers(lastNorms)),
    ])
  }

  /// Reads what `json` has; what is missing starts from nothing.
  init(_ json: JSON) {
    func alarms(_ name: String) -> [Alarm] {
      (json[name]?.array ?? []).compactMap { $0.string.flatMap { Alarm(word: $0) } }
    }
    func numbers(_ name: String) -> [NetworkRole: Double] {
      var numbers: [NetworkRole: Double] = [:]
      for (word, value) in json[name]?.object ?? [] {
        if let role = NetworkRole(rawValue: word) { numbers[role] = value.number }
      }
      return numbers
    }
    active = Set(alarms("active"))
    unlogged = alarms("unlogged")
    meanLosses = numbers("meanLosses")
    lastNorms = numbers("lastLengths").mapValues { Float($0) }
    for (name, value) in json["lasting"]?.object ?? [] {
      let words = name.split(separator: " ")
      guard words.count == 2, let sign = Sign(rawValue: String(words[0])),
        let role = NetworkRole(rawValue: String(words[1]))
      else { continue }
      lasting[Symptom(sign: sign, role: role)] = value.integer
    }
  }
}

extension GANMode {
  /// The discriminator loss below which it is hardly ever wrong; nil where losses have no such scale.
  fileprivate var lowDiscriminatorLoss: Double? {
    switch self {
    case .lsgan: 0.01
    case .vanilla: 0.03
    case .wgangp: nil
    }
  }
}

/// A failure of one network of a run.
package struct Alarm: Sendable, Hashable {
  /// The kinds of failure, by their words in the tables.
  package enum Kind: String, Sendable, CaseIterable {
    /// A discriminator's loss stays near 0, so that its generator gets no useful gradients.
    case tooStrong = "discriminator_too_strong"
    /// A discriminator's logits are the same for every image, or its weights do not change.
    case dead = "discriminator_dead"
    /// A generator's translations are nearly the same for every image.
    case modeCollapse = "mode_collapse"
    /// A generator makes bright pixels dark and dark pixels bright.
    case colorInversion = "colour_inversion"
    /// A generator's output is black, white or one color.
    case saturation = "saturation"
    /// A generator returns its input.
    case identity = "identity"
  }

  /// The kind of failure.
  package let kind: Kind
  /// The network.
  package let role: NetworkRole

  /// Its word in the tables, such as `mode_collapse_AB`.
  package var word: String {
    switch role {
    case .generatorAB: "\(kind.rawValue)_AB"
    case .generatorBA: "\(kind.rawValue)_BA"
    case .discriminatorA: "\(kind.rawValue)_A"
    case .discriminatorB: "\(kind.rawValue)_B"
    }
  }

  /// Finds the alarm of a word.
  init?(word: String) {
    for kind in Kind.allCases {
      for role in NetworkRole.allCases {
        self.init(kind: kind, role: role)
        if self.word == word { return }
      }
    }
    return nil
  }

  init(kind: Kind, role: NetworkRole) {
    self.kind = kind
    self.role = role
  }
}

extension Alarm: CustomStringConvertible {
  /// What it means, one line for standard error.
  package var description: String {
    switch kind {
    case .tooStrong:
      "discriminator too strong: \(role.rawValue) tells all translations from real images; its "
        + "generator hardly improves"
    case .dead:
      "discriminator dead: \(role.rawValue) does not change, or has the same logits for every image"
    case .modeCollapse:
      "mode collapse: \(role.rawValue) translates every image to nearly the same image"
    case .colorInversion: "color inversion: \(role.rawValue) makes bright pixels dark"
    case .saturation: "saturation: \(role.rawValue) makes images of black, white or one color"
    case .identity: "identity: \(role.rawValue) returns its images unchanged"
    }
  }
}
