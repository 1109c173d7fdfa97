import Testing

/// Devices that this build or this machine lacks.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
struct DeviceTests {
  @Test(arguments: [
    ("cuda", "has only cpu"), ("cuda:1", "has only cpu"), ("gpu", "no device has this name"),
    ("GPU", "no device has this name"), ("0", "no device has this name"),
  ])
  func `what this build has is said, and how to get another`(word: String, reason: String) throws {
    let shell = try Shell()
    try shell.makeImages(1, in: "a", width: 32, height: 32)
    let cuda = try shell(
      "cg-train -A a -B a -o other --netG resnet_1blocks --ngf 4 --ndf 4 --device cuda "
        + "--load-size 32 --crop-size 32 --max-steps 1")
    // A machine with a GPU has another answer.
    guard cuda.status == 69, cuda.errors.contains("has only cpu") else { return }
    let outcome = try shell(
      "cg-train -A a -B a -o run --netG resnet_1blocks --ngf 4 --ndf 4 --device \(word) "
        + "--load-size 32 --crop-size 32")
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains("cg-train: device \(word) is not available here: "))
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(outcome.errors.contains("LIBTORCH=/path/to/libtorch make"), "\(outcome.errors)")
    #expect(shell.files(in: "run").isEmpty)
  }
}
