import Foundation
import Testing

/// Where a run may be stored, and what a start that fails leaves there.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"), .serialized)
struct RunFolderTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(3, in: "ds/a", width: 32, height: 32)
    try shell.makeImages(2, in: "b", width: 32, height: 32)
  }

  private static let options =
    "-B b --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 --load-size 32 --crop-size 32 -t 1"

  @Test(arguments: [
    ("ds", "ds/a"), ("ds/a", "ds/a/0.ppm"), ("holiday", "holiday/.hidden"),
    ("model", "model/weights.txt"), ("half", "half/notes"),
  ])
  func `a folder with other files is refused, and one of them named`(folder: String, file: String)
    throws
  {
    let outcome = try shell(
      """
      mkdir holiday model half half/checkpoints half/checkpoints/x; touch holiday/.hidden half/notes
      touch model/config.json model/weights.txt
      touch before after; find . | sort >before
      set +e
      cg-train -A ds/a \(Self.options) -o \(folder) --max-steps 1; echo $?
      find . | sort >after; cmp before after
      """)
    #expect(outcome.output == "73\n", "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains("cg-train: \(file) is there, and no run"), "\(outcome.errors)")
  }

  @Test(arguments: ["new", "new/below/this", "empty", "half"])
  func `a new folder, an empty one and one of a start that was killed are taken`(folder: String)
    throws
  {
    let outcome = try shell(
      """
      mkdir -p empty half/checkpoints half/samples; touch half/.lock half/.config.json.a.tmp
      cg-train -A ds/a \(Self.options) -o \(folder) --max-steps 1
      touch \(folder)/notes; cg-train -o \(folder) --max-steps 2
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `samples of runs below a folder of images are not taken as images`() throws {
    let outcome = try shell(
      """
      cg-train -A ds \(Self.options) -o ds/run --max-steps 1
      cg-train -A ds \(Self.options) -o ds/run --max-steps 2
      cg-train -A ds \(Self.options) -o ds/other --max-steps 1
      mkdir links; ln -s ../ds/a ../ds/run links; ln -s ../ds/run/samples links/s
      cg-train -A links \(Self.options) -o ds/run --max-steps 3
      grep -h '"A"' ds/other/config.json
      """)
    #expect(
      outcome.errors.contains("ds/run: a run of cg-train, not read; name it to read it"))
    #expect(outcome.output.contains("\"count\":3"), "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.errors.contains("began with"), "\(outcome.errors)")
  }

  @Test(arguments: [
    "--device nonsense", "--load-size 20 --crop-size 24", "-A missing", "--init-from missing",
    "--val-a missing --val-b b", "--gan-mode wgangp --preprocess none --ngf 0",
    "--max-bad 0 -A damaged",
  ])
  func `a start that fails leaves nothing of its own`(options: String) throws {
    let outcome = try shell(
      """
      mkdir empty damaged; for i in 1 2; do printf 'P6 24 24 255 x' >damaged/$i.ppm; done
      touch before after; find . | sort >before
      set +e
      for folder in new new/below empty; do
        cg-train -A ds/a \(Self.options) -o $folder \(options) && echo done
      done
      find . | sort >after; cmp before after && echo same
      """)
    #expect(outcome.output == "same\n", "\(outcome.output)\(outcome.errors)")
  }
}
