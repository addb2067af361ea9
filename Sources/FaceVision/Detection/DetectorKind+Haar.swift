extension DetectorKind {
    public static let haar = DetectorKind(
        HaarCascadeDetector.self, name: "haar", summary: "OpenCV's Haar cascade for faces from the front",
        options: [
            DetectorOption("cascade", .file, help: "An OpenCV cascade."),
            DetectorOption(
                "scale-factor", .number(1.001...10), help: "Ratio of one size searched to the next; 1.1 by default."),
            DetectorOption("min-neighbors", .whole(0...1000), help: "Windows that must agree; 5 by default."),
            .smallestFace,
            .largestFace,
        ]
    ) { settings in
        let cascade = try HaarCascade.frontalFace(path: settings.file("cascade"))
        return { settings, threads in
            try HaarCascadeDetector(
                cascade: cascade,
                options: .init(
                    scaleFactor: settings.number("scale-factor") ?? (settings.isHurried ? 1.15 : 1.1),
                    minNeighbors: settings.whole("min-neighbors") ?? 5, minSize: PixelSize(settings.smallestFace),
                    maxSize: settings.whole("max-size").map { PixelSize($0) }),
                threads: threads)
        }
    }
}
