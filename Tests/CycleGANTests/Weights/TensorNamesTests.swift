@testable import CycleGAN
import Testing

@Suite struct TensorNamesTests {
  @Test(
    arguments: [
      (["model.1.weight", "model.1.bias"], [], ""), (["module.a", "module.b"], [], "module."),
      (["module._orig_mod.model.1.weight"], ["module._orig_mod"].suffix(0), "module._orig_mod."),
      (["netG.model.1.weight", "netG.model.1.bias"], ["netG"], "netG."),
      (["n_averaged", "module.model.1.weight"], ["module"], "module."),
      (["module.netG.model.1.weight", "module.step"], ["netG"], "module.netG."),
      (["netG.model.1.weight", "vgg.0.weight"], ["netG"], ""),
      (["netG.model.1.weight", "netD.net.0.weight", "n"], ["netG", "netD"], ""),
      (["model.model.0.weight", "model.model.1.model.2.weight"], [], ""),
      (["generatorAB/model.model.0.weight", "generatorBA/model.1.weight"], [], ""), ([], [], ""),
    ] as [([String], ArraySlice<String>, String)])
  func `what stands in front of official names is a network's name, or a wrapper's`(
    names: [String], networks: ArraySlice<String>, prefix: String
  ) {
    let names = TensorNames(names)
    #expect(names.networks == Array(networks))
    #expect(names.prefixOfOnlyNetwork == prefix)
  }

  @Test func `an entry is a beginning of the names, behind a wrapper's or with it`() throws {
    let names = TensorNames(["module.netG_A.model.1.weight", "module.netD_A.net.0.weight"])
    #expect(try names.prefix(of: "netG_A") == "module.netG_A.")
    #expect(try names.prefix(of: "module.netD_A") == "module.netD_A.")
    for entry in ["netG", "", "nosuch", "netG_A.model.1.weight"] {
      #expect(throws: ArchitectureError.noEntry("no entry \(entry); there are netG_A, netD_A")) {
        try names.prefix(of: entry)
      }
    }
  }
}
