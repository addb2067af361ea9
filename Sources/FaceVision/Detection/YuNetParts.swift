/// The parts in which a picture that is too large for one look is looked at from nearer, for the faces that are too small
/// where it is made small.
package struct YuNetParts {
    /// By how much the parts are made smaller.
    package let factor: Double
    package let parts: [Rectangle]
    /// Smaller faces than this, in pixels of the picture, are for the parts; larger ones the look at everything sees.
    package let largestFace: Double

    /// Pixels of a look at everything from which on it misses hardly any face.
    private static let seenWell = 48.0
    /// Faces are higher than wide, and their surroundings tell too.
    private static let surroundings = 1.5

    private let width: Double
    private let height: Double

    /// - Parameters:
    ///   - side: the pixels of a look at everything, and of one at a part.
    ///   - most: the most parts side by side, overlaps aside; where more are needed the picture is made so small.
    package init(width: Int, height: Int, side: Int, most: Int) {
        let longest = Double(max(width, height)), side = Double(side)
        let factor = min(1, Double(most) * side / longest), reach = side / factor
        let largest = YuNetParts.seenWell * longest / side
        // So far the parts overlap: each face lies in one of them.
        let overlap = YuNetParts.surroundings * largest
        func starts(_ length: Int) -> [Double] {
            let rest = Double(length) - reach
            guard rest > 0 else { return [0] }
            let steps = (rest / max(reach - overlap, reach / 2)).rounded(.up)
            return (0...Int(steps)).map { (Double($0) * rest / steps).rounded(.down) }
        }
        let lefts = starts(width), tops = starts(height)
        self.factor = factor
        self.width = Double(width)
        self.height = Double(height)
        largestFace = largest
        parts = tops.flatMap { top in
            lefts.map {
                Rectangle(x: $0, y: top, width: min(reach, Double(width)), height: min(reach, Double(height)))
            }
        }
    }

    /// Whether a face that was seen in a part is not cut off where the part ends and the picture goes on: the part beside it
    /// shows it whole.
    package func isWhole(_ face: Rectangle, in part: Rectangle) -> Bool {
        (face.x > part.x || part.x <= 0) && (face.y > part.y || part.y <= 0)
            && (face.x + face.width < part.x + part.width || part.x + part.width >= width)
            && (face.y + face.height < part.y + part.height || part.y + part.height >= height)
    }
}
