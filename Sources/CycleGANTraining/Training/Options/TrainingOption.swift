import ArgumentParser
import CycleGAN

/// A training option as a run knows it: a row of `TrainingOptions.table`.
///
/// An option is declared once, in the group of its heading in `cg-train --help`: a property with
/// ArgumentParser's wrapper has its type, default and help, and a row under it says where the value is
/// stored, which values are allowed, and whether it may change when a run is resumed. Parsing,
/// validation, config.json and the comparison on resume follow from that.
package struct TrainingOption: Sendable {
  /// What happens when a run is resumed with another value.
  package enum Resume: Sendable {
    /// It is refused: the steps that are left would compute something else.
    case mustMatch
    /// It is noted: nothing changes in the steps that are left, or the user asks for exactly that.
    case mayChange
    /// It is noted as without effect: only a new run uses it.
    case isIgnored
  }

  /// The name behind the two hyphens, which is its key in config.json.
  package let name: String
  /// What happens when a run is resumed with another value.
  package let resume: Resume

  private let range: OptionRange
  private let stored: @Sendable (TrainingOptions) -> JSON
  private let defaultIsNull: Bool

  /// Describes an option.
  ///
  /// - Parameters:
  ///   - name: The name behind the two hyphens.
  ///   - range: Which values are allowed.
  ///   - resume: What happens when a run is resumed with another value.
  ///   - defaultIsNull: Whether config.json has null for the default, so that a run that was started
  ///     before there was such an option can be resumed.
  ///   - stored: The value in some options; null where none was given.
  init(
    _ name: String, _ range: OptionRange = .any, resume: Resume = .mustMatch,
    defaultIsNull: Bool = false, stored: @escaping @Sendable (TrainingOptions) -> JSON
  ) {
    (self.name, self.range, self.resume) = (name, range, resume)
    (self.stored, self.defaultIsNull) = (stored, defaultIsNull)
  }

  /// The default, as config.json writes values; null where there is none.
  package var defaultValue: JSON { stored(.defaults) }

  /// The value, as config.json has it.
  package func json(_ options: TrainingOptions) -> JSON {
    let value = stored(options)
    return defaultIsNull && value == defaultValue ? .null : value
  }

  /// Refuses a value that is not allowed.
  ///
  /// - Parameter options: Have the value.
  /// - Throws: `TrainingError.options` with the option, the limit and the value.
  func requireRange(_ options: TrainingOptions) throws(TrainingError) {
    guard let violation = range.violation(by: stored(options)) else { return }
    throw .options("--\(name) must be \(violation)")
  }
}

/// Which values an option may have; no value is always allowed.
enum OptionRange: Sendable {
  case any
  /// Integers with a limit on each side.
  case integers(from: Int, to: Int = .max)
  /// Finite numbers from a limit on.
  case numbers(from: Double)
  /// Finite numbers above a limit.
  case numbersAbove(Double)
  /// Numbers from 0 to below 1.
  case fraction
  /// 1 or 3.
  case channels

  /// What a value should have been; nil if it is allowed.
  fileprivate func violation(by json: JSON) -> String? {
    guard let number = json.number else { return nil }
    let value = json.integer.map { "\($0)" } ?? "\(number)"
    switch self {
    case .any: return nil
    case .integers(let least, let most):
      let integer = json.integer ?? least
      if integer < least { return "at least \(least), not \(value)" }
      return integer > most ? "at most \(most), not \(value)" : nil
    case .numbers(let least):
      let isAllowed = number >= least && number.isFinite
      return isAllowed ? nil : "a number of at least \(Int(least)), not \(value)"
    case .numbersAbove(let limit):
      let isAllowed = number > limit && number.isFinite
      return isAllowed ? nil : "a number above \(Int(limit)), not \(value)"
    case .fraction:
      return (0..<1).contains(number) ? nil : "at least 0 and below 1, not \(value)"
    case .channels:
      return number == 1 || number == 3 ? nil : "1 (gray) or 3 (color), not \(value)"
    }
  }
}

/// The options under one heading of `cg-train --help`, which a run stores.
package protocol TrainingOptionGroup: ParsableArguments, Sendable {
  /// A row for each option, in the order of config.json.
  static var rows: [OptionRow<Self>] { get }
}

extension TrainingOptionGroup {
  /// Copies the values into a run's options.
  package func store(in options: inout TrainingOptions) {
    for row in Self.rows { row.store(self, &options) }
  }

  /// The rows without what only parsing needs.
  static var options: [TrainingOption] { rows.map(\.option) }
}

/// What connects the declaration of an option with a run.
package struct OptionRow<Group: TrainingOptionGroup>: Sendable {
  let option: TrainingOption
  /// Copies the value that was parsed.
  let store: @Sendable (Group, inout TrainingOptions) -> Void

  /// Connects an option that is parsed and stored as the same type.
  init<Value: OptionValue>(
    _ name: String, _ parsed: KeyPath<Group, Value> & Sendable,
    _ stored: WritableKeyPath<TrainingOptions, Value> & Sendable, _ range: OptionRange = .any,
    resume: TrainingOption.Resume = .mustMatch, defaultIsNull: Bool = false
  ) {
    option = TrainingOption(name, range, resume: resume, defaultIsNull: defaultIsNull) {
      $0[keyPath: stored].json
    }
    store = { $1[keyPath: stored] = $0[keyPath: parsed] }
  }

  /// Connects an option that is one of a few words.
  init<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ parsed: KeyPath<Group, Word<Value>> & Sendable,
    _ stored: WritableKeyPath<TrainingOptions, Value> & Sendable,
    resume: TrainingOption.Resume = .mustMatch, defaultIsNull: Bool = false
  ) {
    option = TrainingOption(name, resume: resume, defaultIsNull: defaultIsNull) {
      .string($0[keyPath: stored].rawValue)
    }
    store = { $1[keyPath: stored] = $0[keyPath: parsed].value }
  }

  /// Connects an option that is stored in a way of its own.
  init(
    _ name: String, _ range: OptionRange = .any, resume: TrainingOption.Resume = .mustMatch,
    stored: @escaping @Sendable (TrainingOptions) -> JSON,
    store: @escaping @Sendable (Group, inout TrainingOptions) -> Void
  ) {
    option = TrainingOption(name, range, resume: resume, stored: stored)
    self.store = store
  }
}

/// A type of option that config.json can hold as it is.
protocol OptionValue: Sendable { var json: JSON { get } }

extension Int: OptionValue { var json: JSON { .integer(self) } }
extension Double: OptionValue { var json: JSON { .number(self) } }
extension Bool: OptionValue { var json: JSON { .bool(self) } }
extension String: OptionValue { var json: JSON { .string(self) } }
extension Optional: OptionValue where Wrapped: OptionValue {
  var json: JSON { self?.json ?? .null }
}
