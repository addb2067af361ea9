extension LightRange {
    /// The share of training pictures on either side that counts as outside.
    static let tail: Float = 0.05

    /// The range of most pictures at these places; nil for less than a hundred.
    public init?(of dataset: FaceDataset, indices: [Int]) {
        guard indices.count >= 100 else { return nil }
        var means: [Float] = [], deviations: [Float] = []
        dataset.withUnsafePixels { pixels in
            for (number, index) in indices.enumerated() {
                // Of a packed file at most some hundred megabytes stay in memory.
                if number % 65_536 == 65_535 { dataset.packed?.letGo() }
                let (mean, deviation) = LightRange.measure(
                    pixels.baseAddress! + index * dataset.imageBytes, dataset.imageBytes)
                means.append(mean / 255)
                deviations.append(deviation / 255)
            }
        }
        func middle(_ values: [Float]) -> ClosedRange<Float> {
            let sorted = values.sorted(), out = Int(Float(sorted.count) * LightRange.tail)
            return sorted[out]...sorted[sorted.count - 1 - out]
        }
        mean = middle(means)
        deviation = middle(deviations)
        guard deviation.lowerBound > 0 else { return nil }
    }
}
