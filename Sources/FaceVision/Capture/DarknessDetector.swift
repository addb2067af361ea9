/// Notices when a camera sees nothing.
package struct DarknessDetector {
    private var isDark = false
    private var count = 0
    /// About a second.
    package static let frames = 30

    package init() {}

    /// Whether it has become dark (true) or bright (false) with this picture; `nil` if nothing changed.
    package mutating func add(_ image: Image) -> Bool? {
        let mean = DarknessDetector.brightness(image)
        // Two thresholds, so that noise around one doesn't flicker.
        count = mean < (isDark ? 14 : 10) ? count + 1 : 0
        if !isDark, count >= DarknessDetector.frames {
            isDark = true
            return true
        }
        if isDark, count == 0 {
            isDark = false
            return false
        }
        return nil
    }

    /// The mean of a sample of the picture, from 0 to 255.
    static func brightness(_ image: Image) -> Double {
        let step = max(1, image.pixels.count / 4096 | 1)
        var sum = 0, count = 0
        for i in stride(from: 0, to: image.pixels.count, by: step) {
            sum += Int(image.pixels[i])
            count += 1
        }
        return Double(sum) / Double(max(count, 1))
    }
}
