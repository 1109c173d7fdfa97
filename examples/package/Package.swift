// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "translate",
  dependencies: [.package(name: "cyclegan", path: "../..")],
  targets: [
    .executableTarget(
      name: "translate", dependencies: [.product(name: "CycleGAN", package: "cyclegan")])
  ]
)
