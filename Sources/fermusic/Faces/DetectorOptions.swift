import FaceVision
import Terminal
import Threads

/// How faces are found.
enum DetectorChoice: String, CaseIterable, Sendable, ArgumentChoice {
    /// `none` for pictures of 64 pixels and less, `haar` for others.
    case auto
    case haar
    case mtcnn
    /// Each picture is one cropped face.
    case none
}

/// Options of the verbs that look for faces.
enum DetectorOptions {
    static let detector = Option<DetectorChoice>(
        "detector", default: .auto,
        help: "Finds the faces. none: each picture is one face; auto: none up to 64 pixels, else haar."
    ).group("Faces")
    static let cascade = Option<Path?>("cascade", help: "An OpenCV cascade, for haar.").group("Faces")
    static let weights = Option<Path?>("mtcnn-weights", help: "What Scripts/convert-mtcnn wrote, for mtcnn.").group(
        "Faces")
    static let scaleFactor = Option<Double?>(
        "scale-factor", help: "Ratio of one size searched to the next: 1.1 for haar; mtcnn wants its inverse, 0.709.",
        range: 0.1...10
    ).group("Faces")
    static let minNeighbors = Option<Int>(
        "min-neighbors", default: 5, help: "Windows that must agree, for haar.", range: 0...1000
    ).group("Faces")
    static let minSize = Option<Int>("min-size", default: 30, help: "Smallest face, pixels.", range: 12...10_000).group(
        "Faces")

    static let maxSize = Option<Int?>("max-size", help: "Largest face, pixels, for haar.", range: 12...100_000).group(
        "Faces")

    static var all: [any Parameter] {
        [detector, cascade, weights, scaleFactor, minNeighbors, minSize, maxSize]
    }

    /// Throws `UsageError` for options that do not suit the detector or each other.
    static func check(_ choice: DetectorChoice, _ a: Arguments) throws {
        let isMTCNN = choice == .mtcnn
        if let factor = a[scaleFactor], !(isMTCNN ? 0.1...0.9 : 1.001...10).contains(factor) {
            throw UsageError.outOfRange(
                "--scale-factor", value: "\(factor)", bounds: isMTCNN ? "0.1 to 0.9 for mtcnn" : "1.001 to 10 for haar")
        }
        guard let size = a[maxSize] else { return }
        if isMTCNN { throw UsageError.other("--max-size is for haar; mtcnn finds faces of any size") }
        if size < a[minSize] { throw UsageError.other("--max-size is smaller than --min-size, \(a[minSize])") }
    }

    /// The detector, or nil for `none`. Throws `UsageError` if an option does not suit it, and if its files are missing.
    static func makeDetector(_ choice: DetectorChoice, _ a: Arguments, threads: ThreadPool) throws
        -> (any FaceDetector)?
    {
        try check(choice, a)
        switch choice {
        case .none: return nil
        case .auto, .haar:
            let cascade = try HaarCascade.frontalFace(path: a[cascade]?.string)
            return try HaarCascadeDetector(
                cascade: cascade,
                options: .init(
                    scaleFactor: a[scaleFactor] ?? 1.1, minNeighbors: a[minNeighbors],
                    minSize: PixelSize(a[minSize]), maxSize: a[maxSize].map { PixelSize($0) }), threads: threads)
        case .mtcnn:
            return try MTCNNDetector(
                weights: MTCNNWeights(path: a[weights]?.string),
                options: .init(minimumFaceSize: Double(a[minSize]), scaleFactor: a[scaleFactor] ?? 0.709),
                threads: threads)
        }
    }
}
