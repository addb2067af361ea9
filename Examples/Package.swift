// swift-tools-version: 6.0
import PackageDescription

/// An example that needs the neural network library alone.
func example(_ name: String) -> Target {
    .executableTarget(name: name, dependencies: [.product(name: "NeuralNet", package: "fermusic")], path: name)
}

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "fermusic", path: "..")],
    targets: [
        example("TwoSpirals"), example("Digits"), example("Regression"), example("OwnParts"), example("TwoInputs"),
        example("OwnLoop"), example("Neighbours"),
        example("ManyTasks"),
        .executableTarget(
            name: "OwnProvider", dependencies: [.product(name: "MusicMatching", package: "fermusic")],
            path: "OwnProvider"),
        .executableTarget(
            name: "FacesInVideo",
            dependencies: [
                .product(name: "NeuralNet", package: "fermusic"),
                .product(name: "EmotionRecognition", package: "fermusic"),
            ], path: "FacesInVideo"),
    ],
    swiftLanguageModes: [.v6]
)
