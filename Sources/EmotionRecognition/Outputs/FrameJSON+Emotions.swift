import Emotions

extension FrameJSON {
    /// Where emotions lie on the plane of valence and energy, each 0 to 1.
    public typealias Place = @Sendable (EmotionVector) -> (valence: Double, energy: Double)

    /// - Parameter place: without it, or where classes are no emotions (such as groups of the user's own), `mood` is null.
    public init(classNames: [String], place: Place? = nil) {
        let emotions = try? EmotionClasses(classNames)
        self.init(classes: classNames) { probabilities in
            place.flatMap { place in emotions?.vector(probabilities).map(place) }
        }
    }
}
