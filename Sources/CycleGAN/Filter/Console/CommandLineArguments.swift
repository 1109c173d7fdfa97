import ArgumentParser
import Glibc

/// The command line with every byte kept: paths are bytes, and Swift's own strings are not.
///
/// A byte that is not UTF-8 travels as a character of a plane that no text uses, and `FilePath` turns
/// it back.
package enum CommandLineArguments {
  /// U+10FF00, to which such a byte is added; the characters there are private use by definition.
  private static let escape: UInt32 = 0x10FF00

  /// Whether a character stands for a byte; where one is in the text itself, its bytes are escaped.
  private static func isEscape(_ scalar: Unicode.Scalar) -> Bool {
    (escape + 0x80...escape + 0xFF).contains(scalar.value)
  }

  /// The arguments behind the tool's name.
  package static var all: [String] {
    guard CommandLine.argc > 1 else { return [] }
    return (1..<Int(CommandLine.argc)).compactMap { i in
      CommandLine.unsafeArgv[i].map { argument in
        encoded(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
      }
    }
  }

  /// Makes text of an argument.
  static func encoded(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: isEscape)
    {
      return text
    }
    var text = String.UnicodeScalarView()
    var decoder = Unicode.UTF8.ForwardParser()
    var (input, position) = (bytes.makeIterator(), 0)
    func escapeBytes(_ count: Int) {
      for byte in bytes[position..<position + count] {
        Unicode.Scalar(escape + UInt32(byte)).map { text.append($0) }
      }
      position += count
    }
    while true {
      switch decoder.parseScalar(from: &input) {
      case .emptyInput: return String(text)
      case .valid(let encoded) where isEscape(Unicode.UTF8.decode(encoded)):
        escapeBytes(encoded.count)
      case .valid(let encoded):
        text.append(Unicode.UTF8.decode(encoded))
        position += encoded.count
      case .error(let length): escapeBytes(length)
      }
    }
  }

  /// Makes bytes of text that `encoded` made.
  static func decoded(_ text: String) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar -> [UInt8] in
      if isEscape(scalar) { return [UInt8(scalar.value - escape)] }
      return Array(String(Character(scalar)).utf8)
    }
  }
}

extension FilePath: ExpressibleByArgument {
  /// Takes an argument of the command line, every byte of it.
  ///
  /// - Parameter argument: As `Tool.main` passes it.
  public init?(argument: String) {
    self.init(bytes: CommandLineArguments.decoded(argument))
  }

  /// Files and folders: inputs are known by their content, whatever their names end in.
  public static var defaultCompletionKind: CompletionKind { .file() }
}
