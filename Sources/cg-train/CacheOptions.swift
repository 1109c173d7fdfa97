import ArgumentParser

/// How much memory decoded images may take.
struct CacheOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Memory for images that are decoded already.", valueName: "bytes"))
  var maxCache = 2 << 30

  func validate() throws {
    guard maxCache >= 0 else {
      throw ValidationError("--max-cache must be at least 0, not \(maxCache)")
    }
  }
}
