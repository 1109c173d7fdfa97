import Testing

/// What is said to people who know the options of the official code.
@Suite struct OfficialWordTests {
  @Test(arguments: [
    "--display_id", "--display-id", "--display_server", "--gpu_ids", "--checkpoints_dir",
    "--results_dir", "--dataset_mode", "--num_test", "--load_iter", "--batch_size", "--name",
  ])
  func `an official option without a meaning is answered with what to do`(option: String) throws {
    let shell = try Shell()
    var tools = ["cg-prep", "cg-apply -w x.bin", "cg-cycle -w x.bin -W y.bin"]
    let isTrainers = !["--results_dir", "--num_test", "--batch_size"].contains(option)
    if Shell.hasTrainer, isTrainers { tools.append("cg-train -o run") }
    for tool in tools {
      let outcome = try shell("\(tool) \(option)=0 p")
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("\(option) has no meaning here: "), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test(arguments: [
    ("cg-apply", "--input_nc"), ("cg-cycle", "--output_nc"), ("cg-prep", "--load_size"),
    ("cg-prep", "--crop_size"), ("cg-apply", "--max_pixels"),
  ])
  func `an option that is known is spelled with hyphens`(tool: String, option: String) throws {
    let outcome = try Shell()("\(tool) \(option) 3 p")
    #expect(outcome.status == 64)
    let hyphenated = option.dropFirst(2).split(separator: "_").joined(separator: "-")
    #expect(
      outcome.errors == """
        \(tool): options are written with hyphens here: --\(hyphenated), not \(option)

        """)
  }

  @Test func `values and operands are not taken for options`() throws {
    let shell = try Shell()
    try shell.makeImages(1, in: "a_b")
    #expect(try shell("cg-prep -- a_b > /dev/null").status == 0)
    #expect(try shell("cg-prep ./a_b > /dev/null").status == 0)
  }
}
