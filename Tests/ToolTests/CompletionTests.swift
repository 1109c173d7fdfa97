import Testing

/// What the shells offer at a Tab, by the scripts that the tools print for them.
@Suite struct CompletionTests {
  enum Language: String, CaseIterable, CustomTestStringConvertible {
    case bash, zsh, fish
    var testDescription: String { rawValue }
  }

  /// A line to be completed, words that are offered, and words that are not.
  struct Line {
    let text: String
    let offered: [String]
    let missing: [String]

    init(_ text: String, _ offered: [String], not missing: [String] = []) {
      (self.text, self.offered, self.missing) = (text, offered, missing)
    }
  }

  static let tools =
    ["cg-prep", "cg-apply", "cg-cycle", "cg-weights"] + (Shell.hasTrainer ? ["cg-train"] : [])

  static let files = ["gen_AB.bin", "photos", "photo.JPG"]

  static let filters = Filter.allCases.map(\.rawValue).flatMap { tool in
    [
      Line("\(tool) ", files, not: ["help"]), Line("\(tool) help ", files),
      Line("\(tool) --quality 9 photo.JPG pho", ["photo.JPG", "photos"]),
      Line("\(tool) -q -- pho", ["photo.JPG", "photos"]),
      Line("\(tool) --failures ", files), Line("\(tool) --files-from gen", ["gen_AB.bin"]),
      Line("\(tool) --files0-from ", files),
      Line("\(tool) --stdin ", ["stream", "image", "paths"], not: files),
      Line("\(tool) --max-pixels ", ["unlimited"], not: files),
      Line("\(tool) --max-bytes ", ["unlimited"]), Line("\(tool) --fail-on ", ["error"]),
      Line("\(tool) --stdin=s", ["stream"], not: files),
      Line("\(tool) photo.JPG --files-from=gen", ["gen_AB.bin"]),
      Line("\(tool) --max-p", ["--max-pixels"]), Line("\(tool) -t ", [], not: files + ["help"]),
    ]
  }
  static let outputs = ["cg-prep", "cg-apply"].flatMap { tool in
    [
      Line("\(tool) -o ", files), Line("\(tool) -o x.png ", files),
      Line("\(tool) --format ", ["png", "webp", "npy"], not: files),
      Line("\(tool) --dtype ", ["uint8", "float32"]), Line("\(tool) --depfile ", files),
    ]
  }
  static let others = [
    Line("cg-prep --preprocess ", ["scale_width", "none"], not: files),
    Line("cg-prep --crop-at ", ["center", "random"]), Line("cg-prep --pillow ", ["12", "13"]),
    Line("cg-apply -w ", files), Line("cg-apply photo.JPG -w ", files),
    Line("cg-apply --weights gen", ["gen_AB.bin"]),
    Line("cg-apply --direction ", ["AB", "BA"], not: files),
    Line("cg-apply --netG ", ["resnet_9blocks", "unet_256"]),
    Line("cg-apply --norm ", ["instance", "batch"]),
    Line("cg-apply --precision ", ["float32", "bf16"]),
    Line("cg-cycle -w ", files), Line("cg-cycle -W ", files),
    Line("cg-cycle -o ", ["photos"], not: ["gen_AB.bin"]),
    Line("cg-weights ", ["show", "average"]), Line("cg-weights show ", files),
    Line("cg-weights diff gen_AB.bin ", files), Line("cg-weights import -o ", files),
    Line("cg-weights export --format ", ["safetensors", "onnx"], not: files),
    Line("cg-weights import --domain ", ["A", "B"], not: files),
    Line("cg-weights export --format=on", ["onnx"]), Line("cg-weights show --js", ["--json"]),
  ]
  static let trainers = [
    Line("cg-train -A ", files), Line("cg-train -B pho", ["photos", "photo.JPG"]),
    Line("cg-train -o ", ["photos"], not: ["gen_AB.bin"]),
    Line("cg-train --dataroot ", ["photos"], not: ["gen_AB.bin"]),
    Line("cg-train --init-from ", files), Line("cg-train --val-a ", files),
    Line("cg-train --gan-mode ", ["lsgan", "wgangp"], not: files),
    Line("cg-train --lr-policy ", ["linear", "cosine"]),
    Line("cg-train --diff-augment ", ["color", "cutout"]),
    Line("cg-train --device ", ["cpu", "cuda"]), Line("cg-train --on-alarm ", ["warn", "stop"]),
    Line("cg-train --netD ", ["basic", "pixel"]), Line("cg-train --n-ep", ["--n-epochs-decay"]),
    Line("cg-train ", [], not: ["help"]),
  ]

  @Test(arguments: Language.allCases)
  func `every shell offers files, folders and words where they are wanted`(
    language: Language
  ) throws {
    try #require(Shell.has(language.rawValue), "'make deps' installs it")
    let shell = try Shell()
    _ = try shell("mkdir photos home scripts; touch photos/x.png photo.JPG gen_AB.bin")
    for tool in Self.tools {
      let script = try shell(
        "\(tool) --generate-completion-script \(language.rawValue) > scripts/_\(tool)")
      #expect(script.status == 0)
    }
    let lines =
      Self.filters + Self.outputs + Self.others + (Shell.hasTrainer ? Self.trainers : [])
    let offers = try offers(lines.map(\.text), language, in: shell)
    #expect(offers.count == lines.count)
    for (line, offer) in zip(lines, offers) {
      let (missing, unwanted) = (
        Set(line.offered).subtracting(offer), offer.intersection(line.missing)
      )
      #expect(missing.isEmpty, "\(line.text): \(missing) not in \(offer)")
      #expect(unwanted.isEmpty, "\(line.text)")
    }
  }

  /// What a shell offers for each line, be it with the option in front or with a folder's slash behind.
  private func offers(
    _ lines: [String], _ language: Language, in shell: Shell
  ) throws -> [Set<String>] {
    try shell.write(lines.joined(separator: "\n") + "\n", to: "lines")
    try shell.write(Self.scripts[language] ?? "", to: language == .zsh ? "home/.zshrc" : "script")
    let outcome = try shell(
      "export HOME=$PWD/home ZDOTDIR=$PWD/home; \(Self.commands[language] ?? "") < lines")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome.output.split(separator: "end\n", omittingEmptySubsequences: false).dropLast()
      .map { offer in
        Set(
          offer.split(separator: "\n").map { word in
            String(
              word.split(separator: "=").last.map { $0.last == "/" ? $0.dropLast() : $0 } ?? "")
          })
      }
  }

  private static let commands: [Language: String] = [
    .bash: "bash script", .fish: "fish --no-config script",
    // A second zsh, in a terminal, since only its line editor completes; what it says is shown.
    .zsh: #"""
    zsh -f -c 'zmodload zsh/zpty; zpty inner zsh -di; while zpty -r inner said; do
    print -rn -- $said; done' > screen
    if grep -a doubled screen; then exit 1; fi; cat offers
    """#,
  ]

  private static let scripts: [Language: String] = [
    .bash: #"""
    for script in scripts/*; do source "$script"; done
    while IFS= read -r COMP_LINE; do
      read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"; [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE} COMPREPLY=()
      "_${COMP_WORDS[0]}" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      printf '%s\n' "${COMPREPLY[@]}" end
    done
    """#,
    .fish: #"""
    for script in scripts/*; source $script; end
    while read -l line
      complete -C $line | string replace -r '\t.*' ''
      echo end
    end
    """#,
    .zsh: #"""
    unsetopt auto_list auto_menu list_ambiguous
    exec 9>offers
    fpath=($PWD/scripts $fpath)
    autoload -U compinit; compinit -u -D
    compadd() {
      local -a found
      builtin compadd -O found "$@"
      (( $#found )) && print -rl -u9 -- $found
      builtin compadd "$@"
    }
    zle-line-init() {
      for BUFFER in ${(f)"$(<lines)"}; do
        CURSOR=$#BUFFER
        zle complete-word
        print -u9 end
      done
      exit
    }
    zle -N zle-line-init
    """#,
  ]
}
