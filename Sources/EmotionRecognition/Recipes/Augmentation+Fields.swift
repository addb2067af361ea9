/// Defaults are no change.
extension Augmentation: RecipePart {
    /// All that a recipe can say of the augmentation.
    public static let fields: [RecipeField<Augmentation>] = [
        RecipeField("rotationRange", \.rotationRange, .range(0...180))
            .option("rotation", in: group, "Largest rotation, degrees."),
        RecipeField("widthShiftRange", \.widthShiftRange, shifts)
            .option(
                "shift", in: group, "Largest shift: a share of the size, or pixels from 1.", through: \.shift, shifts),
        RecipeField("heightShiftRange", \.heightShiftRange, shifts),
        RecipeField("shearRange", \.shearRange, .range(0...60)).option("shear", in: group, "Largest shear, degrees."),
        RecipeField(
            "zoomRange", \.zoomRange,
            RecipeLimits("above 0 and up to 2") { $0.lowerBound > 0 && $0.upperBound <= 2 }
        )
        .option("zoom", in: group, "Largest zoom either way.", through: \.zoom, .range(0..<1)),
        RecipeField("horizontalFlip", \.horizontalFlip).option("flip", in: group, "Mirror half of the images."),
        RecipeField("brightnessRange", \.brightnessRange, .within(0...2))
            .option("brightness", in: group, "Largest change of brightness.", through: \.brightness, .range(0..<1)),
        RecipeField("contrastRange", \.contrastRange, .within(0...3))
            .option("contrast", in: group, "Largest change of contrast.", through: \.contrast, .range(0..<1)),
        RecipeField("gammaRange", \.gammaRange, .within(0.1...10))
            .option(
                "gamma", in: group, "Largest exponent of the brightness; as often 1 over it.", through: \.gamma,
                .range(1...5)),
        RecipeField("blurProbability", \.blurProbability, .range(0...1))
            .option("blur", in: group, "Share of images that are blurred."),
        RecipeField("lowResolutionProbability", \.lowResolutionProbability, .range(0...1))
            .option("low-resolution", in: group, "Share of images that are made coarse."),
        RecipeField("noiseDeviation", \.noiseDeviation, .range(0...64))
            .option("noise", in: group, "Largest standard deviation of noise, grey levels."),
        RecipeField("fillMode", \.fillMode).option("fill", in: group, "What lies outside the image."),
        RecipeField("fillValue", \.fillValue, .range(0...255)),
        RecipeField("randomCropPadding", \.randomCropPadding, .range(0...32))
            .option("crop", in: group, "Random crop after padding by so many pixels."),
        RecipeField("erasingProbability", \.erasingProbability, .range(0...1))
            .option("erasing", in: group, "Share of images with a rectangle erased."),
        RecipeField("erasingArea", \.erasingArea, .within(0...1)),
        RecipeField("erasingAspect", \.erasingAspect, .within(0.01...100)),
    ]

    private static let group = "Augmentation"
    private static let shifts = RecipeLimits<Float>.range(0...64)
}

extension Augmentation.FillMode: RecipeValue {}

/// One number where files have two.
extension Augmentation {
    fileprivate var shift: Float {
        get { widthShiftRange }
        set { (widthShiftRange, heightShiftRange) = (newValue, newValue) }
    }

    fileprivate var zoom: Float {
        get { Augmentation.distance(zoomRange) }
        set { zoomRange = 1 - newValue...1 + newValue }
    }

    fileprivate var brightness: Float {
        get { Augmentation.distance(brightnessRange) }
        set { brightnessRange = 1 - newValue...1 + newValue }
    }

    fileprivate var contrast: Float {
        get { Augmentation.distance(contrastRange) }
        set { contrastRange = 1 - newValue...1 + newValue }
    }

    fileprivate var gamma: Float {
        get { gammaRange.upperBound }
        set { gammaRange = 1 / newValue...newValue }
    }

    /// How far a range goes from 1, without what `1 + 0.1` is off.
    private static func distance(_ range: ClosedRange<Float>) -> Float {
        ((range.upperBound - 1) * 1e5).rounded() / 1e5
    }
}
