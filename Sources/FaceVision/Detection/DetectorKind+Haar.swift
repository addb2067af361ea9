extension DetectorKind {
    public static let haar = DetectorKind(
        HaarCascadeDetector.self, name: "haar", summary: "OpenCV's Haar cascade for faces from the front",
        options: [
            DetectorOption(
                "cascade", .file, help: "An OpenCV cascade; what others than the usual one find is not looked at again."
            ),
            DetectorOption(
                "scale-factor", .number(1.001...10), help: "Ratio of one size searched to the next; 1.1 by default."),
            DetectorOption("min-neighbors", .whole(0...1000), help: "Windows that must agree; 5 by default."),
            .smallestFace,
            .largestFace,
        ]
    ) { settings in
        let cascade = try HaarCascade.frontalFace(path: settings.file("cascade"))
        let weights = settings.file("cascade") == nil ? try verifier() : nil
        return { settings, threads in
            let detector = try HaarCascadeDetector(
                cascade: cascade,
                options: .init(
                    scaleFactor: settings.number("scale-factor") ?? (settings.isHurried ? 1.15 : 1.1),
                    minNeighbors: settings.whole("min-neighbors") ?? 5, minSize: PixelSize(settings.smallestFace),
                    maxSize: settings.whole("max-size").map { PixelSize($0) }),
                threads: threads)
            guard let weights else { return detector }
            return VerifiedDetector(detector, by: try YuNetDetector(weights: weights, threads: threads))
        }
    }

    /// What looks at the cascade's faces again, if it is there: without, the cascade still serves.
    private static func verifier() throws -> YuNetWeights? {
        do {
            return try YuNetWeights()
        } catch YuNetError.weightsNotFound {
            return nil
        }
    }
}
