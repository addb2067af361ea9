import FaceVision

/// Pictures in which nothing is to be seen.
enum BlankPicture {
    /// Standard deviation of the grey levels, up to which a picture is blank.
    static let deviation = 3.0

    static func isOne(_ image: Image) -> Bool {
        let count = Double(image.pixels.count)
        let sum = image.pixels.reduce(0.0) { $0 + Double($1) }
        let squares = image.pixels.reduce(0.0) { $0 + Double($1) * Double($1) }
        return squares / count - sum / count * (sum / count) <= deviation * deviation
    }
}
