import Foundation
import Testing

/// `make install`, with stubs in place of a build.
@Suite(.enabled(if: Shell.has("make") && Shell.has("strip"), "needs make and strip"))
struct InstallTests {
  private let shell: Shell

  private static let filters = ["cg-apply", "cg-cycle", "cg-prep", "cg-weights"]

  /// A folder with the Makefile and the manual pages, and a `swift` that builds in no time.
  init() throws {
    shell = try Shell()
    try shell.write(
      """
      #!/bin/bash -eu
      mkdir -p .build/release
      for tool in cg-prep cg-apply cg-cycle cg-weights ${CYCLEGAN_WITHOUT_TRAINER:-cg-train}; do
        case $tool in cg-*) cp /bin/echo .build/release/$tool;; esac
      done
      """, to: "swift")
    let copied = try shell(
      """
      cp -r \(Shell.root)/Makefile \(Shell.root)/man .; chmod +x swift
      mkdir .ci examples Tests Sources
      """)
    #expect(copied.status == 0, "\(copied.errors)")
  }

  /// Runs make with the stubs, where nobody has set what the build depends on.
  private func make(_ words: String) -> String {
    "env -u CYCLEGAN_WITHOUT_TRAINER -u LIBTORCH \(words) -s SWIFT=$PWD/swift DESTDIR=$PWD/d PREFIX=/usr"
  }

  /// What a user finds of each tool: itself, its manual page, its completions.
  private func installed() -> [String: Int] {
    let tools = Self.filters + ["cg-train"]
    let files = shell.files(in: "d/usr").map {
      $0.split(separator: "/").last.map(String.init) ?? ""
    }
    let names = files.compactMap { file in
      tools.first { [$0, "\($0).1", "_\($0)", "\($0).fish"].contains(file) }
    }
    return Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private func expected(_ tools: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: tools.map { ($0, 5) })
  }

  @Test(arguments: [
    ("make", "make install", true), ("true", "make install", true),
    ("CYCLEGAN_WITHOUT_TRAINER=1 make", "make install", false),
    ("CYCLEGAN_WITHOUT_TRAINER=1 make", "CYCLEGAN_WITHOUT_TRAINER=1 make install", false),
    ("true", "CYCLEGAN_WITHOUT_TRAINER=1 make install", false),
    ("make", "CYCLEGAN_WITHOUT_TRAINER=1 make install", false),
  ])
  func `what was built is installed, whatever the environment says by then`(
    build: String, install: String, hasTrainer: Bool
  ) throws {
    let outcome = try shell("\(make(build)); \(make(install))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(installed() == expected(Self.filters + (hasTrainer ? ["cg-train"] : [])))
    let isNamed = outcome.errors.contains(
      "cg-train is left out, it was not built; 'make' builds it")
    #expect(isNamed == (build.hasPrefix("CYCLEGAN") && install == "make install"))
    let removed = try shell(make("make uninstall"))
    #expect(removed.status == 0 && shell.files(in: "d").isEmpty, "\(removed.errors)")
  }

  @Test func `an old cg-train beside a newer build without it is not installed`() throws {
    let outcome = try shell(
      "\(make("make")); \(make("CYCLEGAN_WITHOUT_TRAINER=1 make")); \(make("make install"))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(installed() == expected(Self.filters))
  }

  @Test func `what swift build has left without make is installed as far as it is there`() throws {
    let outcome = try shell("CYCLEGAN_WITHOUT_TRAINER=1 ./swift build; \(make("make install"))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(installed() == expected(Self.filters))
  }

  @Test func `a tool that has gone is missed before anything is installed`() throws {
    let outcome = try shell(
      "\(make("make")); rm .build/release/cg-weights; \(make("make install")) || echo failed")
    #expect(outcome.output == "failed\n")
    #expect(outcome.errors.contains("cg-weights is missing; 'make' builds it"))
    #expect(shell.files(in: "d").isEmpty)
  }
}
