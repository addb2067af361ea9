// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "fermusic", path: "..")],
    targets: [
        .executableTarget(
            name: "TwoSpirals", dependencies: [.product(name: "NeuralNet", package: "fermusic")], path: "TwoSpirals"),
        .executableTarget(
            name: "FacesInVideo",
            dependencies: [
                .product(name: "NeuralNet", package: "fermusic"),
                .product(name: "EmotionRecognition", package: "fermusic"),
            ], path: "FacesInVideo"),
    ],
    swiftLanguageModes: [.v6]
)
