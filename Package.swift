// swift-tools-version: 6.2

import Foundation
import PackageDescription

// CYCLEGAN_WITHOUT_TRAINER=1 leaves out everything that needs LibTorch.
let withTrainer = Context.environment["CYCLEGAN_WITHOUT_TRAINER", default: ""].isEmpty
let libtorch = LibTorch(folder: Context.environment["LIBTORCH", default: ""])

/// Where LibTorch's headers and libraries are.
struct LibTorch {
  /// A folder with include/ and lib/, or empty for the system's own (Debian's libtorch-dev).
  let folder: String

  private var headers: String { folder.isEmpty ? "/usr/include" : "\(folder)/include" }

  /// LibTorch 1.13 does not compile as C++20 and a current one compiles as nothing less.
  private var standard: String {
    let file = "\(headers)/torch/csrc/api/include/torch/version.h"
    let version = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return version.contains("define TORCH_VERSION_MAJOR 1") ? "c++17" : "c++20"
  }

  var compiling: [CXXSetting] {
    let own = folder.isEmpty ? [] : ["-isystem", headers]
    let api = ["-isystem", "\(headers)/torch/csrc/api/include"]
    return [.unsafeFlags(["-std=\(standard)"] + own + api)]
  }

  var linking: [LinkerSetting] {
    let libraries: [LinkerSetting] = ["torch", "torch_cpu", "c10"].map { .linkedLibrary($0) }
    guard !folder.isEmpty else { return libraries }
    // A CUDA build registers its kernels from a library that nothing refers to by symbol.
    let hasCUDA = FileManager.default.fileExists(atPath: "\(folder)/lib/libtorch_cuda.so")
    let cuda = hasCUDA ? ["-Xlinker", "--no-as-needed", "-ltorch_cuda", "-lc10_cuda"] : []
    let search = ["-L\(folder)/lib", "-Xlinker", "-rpath=\(folder)/lib"]
    return libraries + [.unsafeFlags(search + cuda)]
  }
}

let ours: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let oursInC: [CSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]
let oursInCXX: [CXXSetting] = [
  .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func tool(_ name: String, _ library: Target.Dependency = "CycleGAN") -> Target {
  .executableTarget(
    name: name, dependencies: [library, argumentParser, "CStart"], swiftSettings: ours)
}

let filters: [Target] = [
  .target(
    name: "CCodecs", cSettings: oursInC,
    linkerSettings: ["png", "jpeg", "webp", "webpdemux", "z"].map { .linkedLibrary($0) }),
  .target(
    name: "CKernels", cxxSettings: [.headerSearchPath(".")] + oursInCXX,
    linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp")]),
  .target(name: "CSystem", cSettings: oursInC),
  .target(name: "CStart", cSettings: oursInC),
  .target(
    name: "CycleGAN", dependencies: ["CCodecs", "CKernels", "CSystem", argumentParser],
    swiftSettings: ours),
  tool("cg-prep"), tool("cg-apply"), tool("cg-cycle"), tool("cg-weights"),
  .testTarget(
    name: "CycleGANTests", dependencies: ["CycleGAN"], exclude: ["Fixtures"], swiftSettings: ours),
  .testTarget(
    name: "ToolTests", dependencies: ["CycleGAN"], exclude: ["Snapshots"], swiftSettings: ours),
]

let trainer: [Target] = [
  .target(
    name: "CTorch", dependencies: ["CKernels"], cxxSettings: oursInCXX + libtorch.compiling,
    linkerSettings: libtorch.linking),
  .target(
    name: "CycleGANTraining", dependencies: ["CycleGAN", "CTorch", argumentParser],
    swiftSettings: ours),
  tool("cg-train", "CycleGANTraining"),
  .testTarget(
    name: "CycleGANTrainingTests", dependencies: ["CycleGANTraining"], exclude: ["Fixtures"],
    swiftSettings: ours),
]

let package = Package(
  name: "cyclegan",
  products: [.library(name: "CycleGAN", targets: ["CycleGAN"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: filters + (withTrainer ? trainer : []),
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
