extension DetectorKind {
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
                    isHurried: settings.isHurried, sure: settings.number("sure"), smallest: settings.smallestFace,
                    largest: settings.whole(DetectorOption.largestFace.name)),
                threads: threads)
        }
    }
}
