// swift-tools-version: 6.0
import PackageDescription

/// A Debian C library, found with pkg-config; headers are wrapped in a thin shim.
func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "fermusic",
    products: [
        .library(name: "NeuralNet", targets: ["NeuralNet", "ONNXFiles"]),
        .library(name: "NeuralNetCore", targets: ["NeuralNetCore"]),
        .library(name: "EmotionRecognition", targets: ["EmotionRecognition", "Emotions", "FaceVision"]),
        .library(name: "MusicMatching", targets: ["MusicMatching", "Emotions"]),
        .library(name: "SongSound", targets: ["SongSound"]),
        .executable(name: "fermusic", targets: ["fermusic"]),
    ],
    targets: [
        library("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
        library("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        library("CJPEG", pkgConfig: "libjpeg", apt: "libjpeg-dev"),
        library("CWebP", pkgConfig: "libwebp", apt: "libwebp-dev"),
        // These two are loaded when first needed, as FFmpeg is.
        .systemLibrary(name: "CHEIF", path: "Sources/CLibraries/CHEIF", providers: [.apt(["libheif-dev"])]),
        .systemLibrary(name: "CTIFF", path: "Sources/CLibraries/CTIFF", providers: [.apt(["libtiff-dev"])]),
        // Without pkg-config: it would link these, but they are loaded when first needed.
        .systemLibrary(
            name: "CFFmpeg", path: "Sources/CLibraries/CFFmpeg",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libswresample-dev"])
            ]),
        // To measure by, loaded when first needed; declared without its header.
        .systemLibrary(name: "COpenBLAS", path: "Sources/CLibraries/COpenBLAS", providers: [.apt(["libopenblas0"])]),
        // Loaded when something is played, and declared without their headers.
        .systemLibrary(
            name: "CSoundServer", path: "Sources/CLibraries/CSoundServer", providers: [.apt(["libpulse0"])]),
        .systemLibrary(name: "CVideo4Linux", path: "Sources/CLibraries/CVideo4Linux"),
        .systemLibrary(name: "CFileAttributes", path: "Sources/CLibraries/CFileAttributes"),
        library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        // Loaded when the catalogue is on a server; declared without its header.
        .systemLibrary(name: "CPostgreSQL", path: "Sources/CLibraries/CPostgreSQL", providers: [.apt(["libpq5"])]),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        // Loaded when first needed, as FFmpeg is.
        .systemLibrary(
            name: "CCurl", path: "Sources/CLibraries/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CExpat", path: "Sources/CLibraries/CExpat", providers: [.apt(["libexpat1-dev"])]),
        // Loaded when the page's files are packed, and declared without its header.
        .systemLibrary(name: "CBrotli", path: "Sources/CLibraries/CBrotli", providers: [.apt(["libbrotli1"])]),
        .systemLibrary(
            name: "CArchive", path: "Sources/CLibraries/CArchive", providers: [.apt(["libarchive-dev"])]),

        // Loaded when a launcher of MPI starts the program; declared without its header.
        .systemLibrary(name: "CMPI", path: "Sources/CLibraries/CMPI", providers: [.apt(["libopenmpi3"])]),

        .target(name: "CKernels"),
        .target(name: "CThreads"),
        .target(name: "Threads", dependencies: ["CThreads", "Files"]),
        .target(name: "Files", dependencies: ["CFileAttributes"]),
        .target(name: "JSON"),
        .target(name: "JSONCoding", dependencies: ["JSON"]),
        .target(name: "Randomness"),
        .target(name: "TextCoding"),
        .target(name: "Timing"),
        .target(name: "HDF5Reader", dependencies: ["CZlib"]),
        .target(name: "Zip", dependencies: ["CZlib", "Files"]),
        // Builds without Threads too, see Scripts/test-core.
        .target(name: "NeuralNetCore", dependencies: ["CKernels", "Threads", "JSON", "Randomness"]),
        .target(
            name: "NeuralNetTraining",
            dependencies: ["NeuralNetCore", "CKernels", "COpenBLAS", "Threads", "JSON", "Randomness", "Timing"]),
        .target(
            name: "KerasFiles",
            dependencies: [
                "NeuralNetCore", "NeuralNetTraining", "CHDF5", "HDF5Reader", "Zip", "Files", "JSON", "JSONCoding",
                "Threads",
            ]),
        .target(name: "NeuralNet", dependencies: ["NeuralNetCore", "NeuralNetTraining", "KerasFiles"]),
        .target(name: "ONNXFiles", dependencies: ["NeuralNet", "Files", "JSON"]),
        .target(name: "MediaFiles", dependencies: ["CFFmpeg", "Files", "Timing"]),
        .target(name: "SoundOutput", dependencies: ["CSoundServer", "MediaFiles", "Threads"]),
        .target(name: "SongSound", dependencies: ["MediaFiles", "CKernels"]),
        .target(
            name: "FaceVision",
            dependencies: [
                "NeuralNet", "ONNXFiles", "CKernels", "CPNG", "CJPEG", "CWebP", "CHEIF", "CTIFF", "CFFmpeg",
                "CVideo4Linux", "Files", "MediaFiles", "TextCoding", "Threads", "Timing",
            ]),
        .target(name: "Emotions", dependencies: ["TextCoding"]),
        .target(
            name: "EmotionRecognition",
            dependencies: [
                "NeuralNet", "ONNXFiles", "FaceVision", "Emotions", "Report", "Files", "JSON", "JSONCoding",
                "Randomness", "TextCoding", "Threads", "Timing", "CArchive",
            ]),
        .target(
            name: "MusicMatching",
            dependencies: [
                "Emotions", "CSQLite", "CPostgreSQL", "CCurl", "CExpat", "CZlib", "Files", "JSON", "MediaFiles",
                "Randomness",
                "TextCoding", "Threads", "Timing", "Zip",
            ]),
        .target(
            name: "WebApp",
            dependencies: [
                "EmotionRecognition", "FaceVision", "JSON", "Emotions", "MusicMatching", "NeuralNet", "Files",
                "SongSound", "TextCoding", "Threads", "Timing", "CBrotli", "CMicroHTTPD", "CZlib",
            ],
            exclude: ["web"]),
        .target(
            name: "MPICommunication", dependencies: ["CMPI", "NeuralNetTraining", "Threads", "Timing"]),
        .target(name: "Terminal", dependencies: ["Files", "TextCoding", "Threads", "Timing"]),
        .target(name: "Report", dependencies: ["Files", "TextCoding"]),
        .executableTarget(
            name: "fermusic",
            dependencies: [
                "Terminal", "EmotionRecognition", "NeuralNet", "FaceVision", "Emotions", "MediaFiles", "MusicMatching",
                "Files", "JSON", "JSONCoding", "SongSound", "SoundOutput", "TextCoding", "Threads", "Timing",
                "WebApp", "MPICommunication",
            ]),

        .executableTarget(
            name: "haar-benchmark", dependencies: ["FaceVision", "Timing"], path: "Benchmarks/HaarCascade"),
        .executableTarget(
            name: "catalogue-benchmark", dependencies: ["MusicMatching", "Emotions", "Randomness"],
            path: "Benchmarks/Catalogues"),
        .executableTarget(
            name: "framing-benchmark",
            dependencies: ["EmotionRecognition", "FaceVision", "Files", "Randomness", "Threads", "Timing"],
            path: "Benchmarks/Framing"),
        .executableTarget(
            name: "mood-benchmark",
            dependencies: ["EmotionRecognition", "FaceVision", "Files", "Randomness", "Threads"],
            path: "Benchmarks/Moods"),

        .executableTarget(name: "plan-check", dependencies: ["NeuralNetCore"], path: "Tests/PlanCheck"),
        .executableTarget(name: "core-check", dependencies: ["NeuralNetCore", "Randomness"], path: "Tests/CoreCheck"),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .target(name: "ChildProcess", path: "Tests/ChildProcess"),
        .target(name: "DatabaseServer", dependencies: ["ChildProcess", "Files"], path: "Tests/DatabaseServer"),
        .target(name: "StubServer", dependencies: ["JSON", "Threads"], path: "Tests/StubServer"),
        .testTarget(
            name: "HDF5ReaderTests", dependencies: ["HDF5Reader", "CHDF5", "Files"], exclude: ["Fixtures"]),
        .testTarget(name: "ZipTests", dependencies: ["Zip", "Files"]),
        .testTarget(
            name: "ONNXFilesTests", dependencies: ["ONNXFiles", "NeuralNet", "Files"], exclude: ["Fixtures"]),
        .testTarget(
            name: "NeuralNetTests",
            dependencies: ["NeuralNet", "CKernels", "AllocationCounter", "Randomness", "Threads", "Timing"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "FaceVisionTests",
            dependencies: ["FaceVision", "CKernels", "NeuralNet", "Randomness", "Threads", "Timing", "ChildProcess"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "EmotionRecognitionTests",
            dependencies: [
                "EmotionRecognition", "FaceVision", "Emotions", "NeuralNet", "NeuralNetTraining", "Files", "JSON",
                "JSONCoding", "Randomness", "Threads", "Zip",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "fermusic", "EmotionRecognition", "Emotions", "FaceVision", "NeuralNet", "JSON", "Randomness",
                "StubServer", "ChildProcess", "DatabaseServer",
            ]),
        .testTarget(
            name: "MusicMatchingTests",
            dependencies: [
                "MusicMatching", "Emotions", "Files", "JSON", "CSQLite", "ChildProcess", "DatabaseServer", "MediaFiles",
                "StubServer", "TextCoding", "Threads", "Timing",
            ]),
        .testTarget(
            name: "WebAppTests",
            dependencies: [
                "WebApp", "MusicMatching", "EmotionRecognition", "FaceVision", "JSON", "Emotions", "Files",
                "StubServer",
            ]),
        .testTarget(
            name: "SongSoundTests", dependencies: ["SongSound", "MediaFiles", "CKernels", "Randomness", "Files"],
            exclude: ["Fixtures"]),
        .testTarget(name: "SoundOutputTests", dependencies: ["SoundOutput", "Threads"]),
        .testTarget(name: "ThreadsTests", dependencies: ["Threads", "ChildProcess", "Files"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "JSONCoding"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "Files", "Threads", "ChildProcess"]),
        .testTarget(name: "ReportTests", dependencies: ["Report"]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "CFileAttributes"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
