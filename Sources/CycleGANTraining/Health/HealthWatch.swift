import CycleGAN

/// A sign of a network going wrong; one that lasts is an alarm.
///
/// The limits keep a distance from healthy runs, which Tests/Reliability/alarms.sh measures.
enum Sign: String, CaseIterable {
  /// The running mean of a discriminator's loss is below 0.01, where 0.25 is a draw (lsgan), or
  /// below 0.03, where 0.69 is (vanilla).
  case lowLoss
  /// All gradients of a discriminator together are shorter than 1e-6.
  case noGradient
  /// The length of all weights of a discriminator together is exactly what it was at the last look.
  case noMotion
  /// Judgements of all probe images deviate by less than 0.005.
  case sameJudgements
  /// Translations differ by less than a tenth of what images differ by.
  case sameTranslations
  /// The brightness of image and translation correlate below -0.5.
  case invertedBrightness
  /// 95 % more samples than in the target domain are beyond ±0.99.
  case saturatedSamples
  /// All channels of all translations deviate by less than 0.02.
  case noContrast
  /// Translations differ from their images by less than one level.
  case noChange

  /// What it is a sign of.
  var alarm: Alarm.Kind {
    switch self {
    case .lowLoss: .tooStrong
    case .noGradient, .noMotion, .sameJudgements: .dead
    case .sameTranslations: .modeCollapse
    case .invertedBrightness: .colourInversion
    case .saturatedSamples, .noContrast: .saturation
    case .noChange: .identity
    }
  }

  /// How often in a row it has to be seen: in so many steps, or looks at the probe images.
  var patience: Int {
    switch self {
    case .lowLoss, .noGradient: 500
    default: 3
    }
  }
}

/// Remembers what steps and looks at the probe images have shown, and says when an alarm begins.
struct HealthWatch: Equatable {
  /// A sign of one network.
  private struct Place: Hashable {
    let sign: Sign
    let role: NetworkRole

    var alarm: Alarm { Alarm(kind: sign.alarm, role: role) }
  }

  /// Alarms that go on.
  private(set) var active: Set<Alarm> = []
  /// Alarms that began since the last row of the log, in order.
  private(set) var unlogged: [Alarm] = []
  /// How often in a row each sign has been seen.
  private var lasting: [Place: Int] = [:]
  /// Running means of the discriminators' losses over about a hundred steps.
  private(set) var meanLosses: [NetworkRole: Double] = [:]

  /// The lengths of all weights of each discriminator at the last step and the last look.
  private var lengths: [NetworkRole: Float] = [:]
  private var lastLengths: [NetworkRole: Float] = [:]

  /// Begins without a past.
  init() {}

  /// Takes in a step.
  ///
  /// - Parameters:
  ///   - measurement: What it measured.
  ///   - mode: What the losses are.
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
      lengths[role] = measurement.norms(role).parameters
    }
  }

  /// Takes in a look at the probe images.
  ///
  /// - Parameter reading: What it found.
  /// - Returns: Alarms that begin with it, in the order of their words.
  mutating func observe(_ reading: Probe.Reading) -> [Alarm] {
    for (role, found) in reading.translations {
      note(.sameTranslations, role, found.diversity < 0.1)
      note(.invertedBrightness, role, found.brightnessCorrelation < -0.5)
      note(.saturatedSamples, role, found.saturated > 0.95)
      note(.noContrast, role, found.contrast < 0.02)
      note(.noChange, role, found.change.map { $0 < 2 / 255.0 } ?? false)
    }
    for (role, found) in reading.judgements {
      note(.sameJudgements, role, found.spread < 0.005)
      note(.noMotion, role, lengths[role].map { $0 == lastLengths[role] } ?? false)
      lastLengths[role] = lengths[role]
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
    let place = Place(sign: sign, role: role)
    lasting[place] = isPresent ? (lasting[place] ?? 0) + 1 : nil
  }
}

extension HealthWatch {
  /// All of it, for a checkpoint; the lengths at the last step are those of the next one again.
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
      ("meanLosses", numbers(meanLosses)), ("lastLengths", numbers(lastLengths)),
    ])
  }

  /// Goes on from a checkpoint; what is not in it begins anew.
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
    lastLengths = numbers("lastLengths").mapValues { Float($0) }
    for (name, value) in json["lasting"]?.object ?? [] {
      let words = name.split(separator: " ")
      guard words.count == 2, let sign = Sign(rawValue: String(words[0])),
        let role = NetworkRole(rawValue: String(words[1]))
      else { continue }
      lasting[Place(sign: sign, role: role)] = value.integer
    }
  }
}

extension GANMode {
  /// Below what a discriminator's loss shows that it is never wrong; nil where losses have no such
  /// scale.
  fileprivate var lowDiscriminatorLoss: Double? {
    switch self {
    case .lsgan: 0.01
    case .vanilla: 0.03
    case .wgangp: nil
    }
  }
}
