/// What the options take, for messages about what they do not take.
enum AcceptedValues {
  /// By an option's placeholder in the help.
  private static let descriptions = [
    "n": "a whole number", "px": "a whole number of pixels, at least 1", "x": "a number",
    "bytes": "a number of bytes, such as 1000000, 500k, 500M, 2G or 1.5G",
    "s": "a whole number of seconds, at least 1", "channels": "a whole number, at least 1",
    "WxH|N": "a size such as 640x480, or 256 for a square; each side is at least 1",
    "template":
      "a name such as {dir}/{name}.{ext}: {dir} or {dir:N}, {name}, {stem}, and .{ext} at the end",
    "load:save": "1 to 1024 threads, such as 4, or 4:2", "seed": "a whole number, at least 0",
  ]
  /// By the option's name, where it says more than the placeholder.
  private static let named = [
    "--seed": "a whole number, at least 0",
    "--crop-at": "center, random, or X,Y, such as 10,20",
    "--netG": "resnet_Nblocks, such as resnet_9blocks, or unet_S, such as unet_256",
    "--max-pixels": "a whole number of at least 1, or unlimited",
    "--max-side": "a whole number of at least 1, or unlimited",
    "--max-scans": "a whole number of at least 1, or unlimited",
    "--max-seconds": "a whole number of at least 1, or unlimited",
    "--max-bytes": "a number of bytes, such as 1000000, 500k, 500M, 2G or 1.5G, or unlimited",
    "--max-memory": "a number of bytes, such as 1000000, 500k, 500M, 2G or 1.5G, or unlimited",
  ]

  /// Adds to ArgumentParser's message about a value what is accepted instead.
  ///
  /// - Parameter message: All of it, with the usage behind the first line.
  /// - Returns: The message, longer by one clause where the option is known.
  static func explaining(_ message: String) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first, first.contains(" is invalid for '"),
      !first.contains("Please provide"),
      let found = first.firstMatch(of: #/ is invalid for '(.*)'\.?$/#)
    else { return message }
    let words = found.1.split(separator: " ")
    let placeholder = words.last.map { String($0.drop { $0 == "<" }.prefix { $0 != ">" }) }
    let own = words.lazy.compactMap { named[String($0)] }.first
    guard let accepted = own ?? placeholder.flatMap({ descriptions[$0] }) else { return message }
    lines[0] = first + "; it takes " + accepted
    return lines.joined(separator: "\n")
  }

  /// Binds negative numbers to the options in front of them, which else have no value.
  ///
  /// - Parameter arguments: The command line.
  /// - Returns: The same, with `--lr -1` as `--lr=-1`.
  static func bindingNegativeNumbers(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for (i, argument) in arguments.enumerated() {
      guard !result.contains("--") else {
        result += arguments[i...]
        break
      }
      if argument.contains(#/^-([1-9.]|0[.0-9])/#), let last = result.last,
        last.wholeMatch(of: #/--[A-Za-z][A-Za-z0-9-]*|-[A-Za-z]/#) != nil
      {
        result[result.count - 1] = "\(last)=\(argument)"
      } else {
        result.append(argument)
      }
    }
    return result
  }
}
