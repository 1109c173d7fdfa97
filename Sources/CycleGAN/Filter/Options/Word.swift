import ArgumentParser

/// One of a few words as the value of an option.
package struct Word<Value: RawRepresentable & CaseIterable & Sendable>: ExpressibleByArgument,
  Sendable
where Value.RawValue == String {
  /// What the word stands for.
  package let value: Value

  /// Takes a value.
  ///
  /// - Parameter value: What the word stands for.
  package init(_ value: Value) { self.value = value }

  /// Reads a word.
  ///
  /// - Parameter argument: Exactly one of the words; a direction may be written with or without `to`.
  package init?(argument: String) {
    guard let value = Value(rawValue: argument) ?? Self.synonyms[argument].flatMap(Value.init)
    else { return nil }
    self.value = value
  }

  /// A direction in the official code's words, and in those of the weights files.
  private static var synonyms: [String: String] {
    ["AB": "AtoB", "BA": "BtoA", "AtoB": "AB", "BtoA": "BA"]
  }

  /// The word, for help.
  package var defaultValueDescription: String { value.rawValue }

  /// All words, for help and completion.
  package static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }

  /// The words.
  package static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
