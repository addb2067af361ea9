extension DetectorKind {
    public static let yunet = DetectorKind(
        YuNetDetector.self, name: "yunet", summary: "a network that finds tilted and half hidden faces too",
        options: [
            DetectorOption(
                "yunet-weights", .file, help: "What Scripts/convert-yunet wrote; by default what came along."),
            DetectorOption("sure", .number(0.1...1), help: "How sure it must be of a face; 0.7 by default."),
            .smallestFace,
        ]
    ) { settings in
        let weights = try YuNetWeights(path: settings.file("yunet-weights"))
        return { settings, threads in
            try YuNetDetector(
                weights: weights,
                options: .init(
                    threshold: settings.number("sure") ?? 0.7,
                    // Its boxes are tighter than a cascade's squares around the same face.
                    minimumFaceSize: Double(settings.smallestFace) * 0.7,
                    longestSide: settings.isHurried ? 640 : 1280),
                threads: threads)
        }
    }
}
