/// What a file does not say is no change.
extension Augmentation: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case rotationRange, widthShiftRange, heightShiftRange, shearRange, zoomRange, horizontalFlip, brightnessRange
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
        try read(.fillMode, into: &fillMode)
        try read(.fillValue, into: &fillValue)
        try read(.randomCropPadding, into: &randomCropPadding)
        try read(.erasingProbability, into: &erasingProbability)
        try read(.erasingArea, into: &erasingArea)
        try read(.erasingAspect, into: &erasingAspect)
    }
}
