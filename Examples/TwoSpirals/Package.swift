// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "TwoSpirals",
    dependencies: [.package(name: "fermusic", path: "../..")],
    targets: [
        .executableTarget(name: "TwoSpirals", dependencies: [.product(name: "NeuralNet", package: "fermusic")])
    ],
    swiftLanguageModes: [.v6]
)
