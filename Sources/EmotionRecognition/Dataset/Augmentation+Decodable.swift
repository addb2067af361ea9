/// What a file does not say is no change.
extension Augmentation: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case rotationRange, widthShiftRange, heightShiftRange, shearRange, zoomRange, horizontalFlip, brightnessRange
        case contrastRange, gammaRange, blurProbability, resolutionRange, noiseDeviation
        case fillMode, fillValue, randomCropPadding, erasingProbability, erasingArea, erasingAspect
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let found = try fields.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        self.init()
        try read(.rotationRange, into: &rotationRange)
        try read(.widthShiftRange, into: &widthShiftRange)
        try read(.heightShiftRange, into: &heightShiftRange)
        try read(.shearRange, into: &shearRange)
        try read(.zoomRange, into: &zoomRange)
        try read(.horizontalFlip, into: &horizontalFlip)
        try read(.brightnessRange, into: &brightnessRange)
        try read(.contrastRange, into: &contrastRange)
        try read(.gammaRange, into: &gammaRange)
        try read(.blurProbability, into: &blurProbability)
        try read(.resolutionRange, into: &resolutionRange)
        try read(.noiseDeviation, into: &noiseDeviation)
        try read(.fillMode, into: &fillMode)
        try read(.fillValue, into: &fillValue)
        try read(.randomCropPadding, into: &randomCropPadding)
        try read(.erasingProbability, into: &erasingProbability)
        try read(.erasingArea, into: &erasingArea)
        try read(.erasingAspect, into: &erasingAspect)
    }
}

extension Augmentation {
    /// The first value that no run could use, in words; nil if there is none. For recipes written by hand.
    var problem: String? {
        func isWithin(_ range: ClosedRange<Float>, _ low: Float, _ high: Float) -> Bool {
            range.lowerBound >= low && range.upperBound <= high
        }
        let shifts = [widthShiftRange, heightShiftRange]
        let checks: [(Bool, String)] = [
            ((0...180).contains(rotationRange), "rotationRange must be 0 to 180"),
            (shifts.allSatisfy { (0...64).contains($0) }, "widthShiftRange and heightShiftRange must be 0 to 64"),
            ((0...60).contains(shearRange), "shearRange must be 0 to 60"),
            (zoomRange.lowerBound > 0 && isWithin(zoomRange, 0, 2), "zoomRange must be above 0 and up to 2"),
            (isWithin(brightnessRange, 0, 2), "brightnessRange must be 0 to 2"),
            (isWithin(contrastRange, 0, 3), "contrastRange must be 0 to 3"),
            (isWithin(gammaRange, 0.1, 10), "gammaRange must be 0.1 to 10"),
            ((0...1).contains(blurProbability), "blurProbability must be 0 to 1"),
            (isWithin(resolutionRange, 0.1, 1), "resolutionRange must be 0.1 to 1"),
            ((0...64).contains(noiseDeviation), "noiseDeviation must be 0 to 64"),
            ((0...255).contains(fillValue), "fillValue must be 0 to 255"),
            ((0...32).contains(randomCropPadding), "randomCropPadding must be 0 to 32"),
            ((0...1).contains(erasingProbability), "erasingProbability must be 0 to 1"),
            (isWithin(erasingArea, 0, 1), "erasingArea must be 0 to 1"),
            (isWithin(erasingAspect, 0.01, 100), "erasingAspect must be 0.01 to 100"),
        ]
        return checks.first { !$0.0 }?.1
    }
}
