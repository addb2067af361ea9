extension DetectorKind {
    public static let mtcnn = DetectorKind(
        MTCNNDetector.self, name: "mtcnn", summary: "three networks that also place eyes, nose and mouth",
        options: [
            DetectorOption("mtcnn-weights", .file, help: "What Scripts/convert-mtcnn wrote."),
            DetectorOption(
                "scale-factor", .number(0.1...0.9), help: "Ratio of one size searched to the next; 0.709 by default."),
            .smallestFace,
        ]
    ) { settings in
        let weights = try MTCNNWeights(path: settings.file("mtcnn-weights"))
        return { settings, threads in
            try MTCNNDetector(
                weights: weights,
                options: .init(
                    minimumFaceSize: Double(settings.smallestFace),
                    scaleFactor: settings.number("scale-factor") ?? 0.709),
                threads: threads)
        }
    }
}
