// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "mtcnn-benchmark",
    dependencies: [.package(name: "fermusic", path: "../..")],
    targets: [
        .executableTarget(
            name: "mtcnn-serve", dependencies: [.product(name: "EmotionRecognition", package: "fermusic")])
    ],
    swiftLanguageModes: [.v6]
)
