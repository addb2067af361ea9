extension DetectorKind {
    /// Its boxes are so much tighter than a cascade's squares around the same face.
    private static let tightness = 0.7

    public static let yunet = DetectorKind(
        YuNetDetector.self, name: "yunet", summary: "a network that finds tilted and half hidden faces too",
        options: [
            DetectorOption("yunet-weights", .file, help: "What Scripts/convert-yunet wrote, if not the usual one."),
            DetectorOption("sure", .number(0.1...1), help: "How sure it must be of a face; 0.6 by default."),
            .smallestFace,
            .largestFace,
        ]
    ) { settings in
        let weights = try YuNetWeights(path: settings.file("yunet-weights"))
        return { settings, threads in
            try YuNetDetector(
                weights: weights,
                options: .init(
                    threshold: settings.number("sure") ?? 0.6,
                    minimumFaceSize: Double(settings.smallestFace) * tightness,
                    maximumFaceSize: settings.whole(DetectorOption.largestFace.name).map { Double($0) * tightness },
                    longestSide: settings.isHurried ? 640 : 1280, findsTilt: !settings.isHurried),
                threads: threads)
        }
    }
}
