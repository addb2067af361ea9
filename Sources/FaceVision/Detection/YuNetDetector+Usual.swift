extension YuNetDetector.Options {
    /// Its boxes are so much tighter than a cascade's squares around the same face.
    private static let tightness = 0.7

    /// The side of the smallest face to find, in pixels, as squares around faces are measured.
    static func smallestFace(isHurried: Bool) -> Int { isHurried ? 56 : 30 }

    /// As programs use it; sides of faces are those of squares around them.
    ///
    /// - Parameter isHurried: pictures come one after the other and must not wait.
    package init(isHurried: Bool, sure: Double? = nil, smallest: Int? = nil, largest: Int? = nil) {
        self.init(
            threshold: sure ?? 0.6,
            minimumFaceSize: Double(smallest ?? Self.smallestFace(isHurried: isHurried)) * Self.tightness,
            maximumFaceSize: largest.map { Double($0) * Self.tightness },
            longestSide: isHurried ? 640 : 1280, partsAcross: isHurried ? 1 : 4, findsTilt: !isHurried)
    }
}
