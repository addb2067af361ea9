/// The sizes that a picture is searched at, as OpenCV 4 chooses them, and how each is cut into bands of rows.
package struct HaarPyramid {
    package struct Level {
        /// Original pixels per pixel of this level.
        package var scale: Float
        package var width: Int
        package var height: Int
        /// Windows are this many pixels apart, in both directions.
        package var step: Int
        /// Windows in a row.
        package var columns: Int
        /// Rows of windows; row i is at pixel `i * step`.
        package var rows: Int
        package var horizontal: LinearSampling
        package var vertical: LinearSampling
    }

    /// Rows `first ..< first + count` of a level's windows: a piece of work for one thread.
    package struct Band {
        var level: Int
        var first: Int
        var count: Int
    }

    let imageWidth: Int
    let imageHeight: Int
    package private(set) var levels: [Level] = []
    private(set) var bands: [Band] = []

    /// Bands are about this many pixels high: the integral images of one then stay in a processor's second cache.
    static let bandHeight = 96

    var widest: Int { levels.reduce(0) { max($0, $1.width) } }
    var tallest: Int { levels.reduce(0) { max($0, $1.height) } }

    /// No level is left out for a size that is nil.
    package init(
        width: Int, height: Int, cascade: HaarCascade, scaleFactor: Double, minSize: PixelSize?, maxSize: PixelSize?
    ) {
        imageWidth = width
        imageHeight = height
        let windowWidth = cascade.windowWidth, windowHeight = cascade.windowHeight
        let scales = HaarPyramid.scales(
            PixelSize(width: width, height: height), window: PixelSize(width: windowWidth, height: windowHeight),
            scaleFactor, smallest: minSize ?? 0, largest: maxSize ?? 0)
        var stripes = 0
        for scale in scales {
            let scaledWidth = Int((Float(width) / scale).rounded(.toNearestOrEven))
            let scaledHeight = Int((Float(height) / scale).rounded(.toNearestOrEven))
            let step = scale >= 2 ? 1 : 2
            let columns = max(scaledWidth + 1 - windowWidth, 0)
            let rows = max(scaledHeight + 1 - windowHeight, 0)
            if levels.isEmpty { stripes = (columns + 31) / 32 }
            // OpenCV cuts rows into stripes this high, which can leave out the last row.
            let searched = stripes == 0 ? 0 : min(rows, max((rows / step + stripes - 1) / stripes, 1) * step * stripes)
            levels.append(
                Level(
                    scale: scale, width: scaledWidth, height: scaledHeight, step: step,
                    columns: (columns + step - 1) / step, rows: (searched + step - 1) / step,
                    horizontal: LinearSampling(from: width, to: scaledWidth),
                    vertical: LinearSampling(from: height, to: scaledHeight)))
        }
        for (index, level) in levels.enumerated() where level.columns > 0 {
            let rows = HaarPyramid.bandHeight / level.step
            for first in stride(from: 0, to: level.rows, by: rows) {
                bands.append(Band(level: index, first: first, count: min(rows, level.rows - first)))
            }
        }
    }

    /// 1 and its multiples by the scale factor as long as the window fits the picture and the sizes asked for. If none
    /// is left, the one nearest to the smallest size.
    private static func scales(
        _ image: PixelSize, window: PixelSize, _ scaleFactor: Double, smallest: PixelSize, largest: PixelSize
    ) -> [Float] {
        func round(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }
        func round(_ value: Float) -> Int { Int(value.rounded(.toNearestOrEven)) }
        guard image.width >= window.width && image.height >= window.height else { return [] }
        var all: [Float] = []
        var factor = 1.0
        while round(Double(window.width) * factor) <= image.width
            && round(Double(window.height) * factor) <= image.height
        {
            all.append(Float(factor))
            factor *= scaleFactor
        }
        let largest = largest.width == 0 || largest.height == 0 ? image : largest
        func size(_ scale: Float) -> (Int, Int) {
            (round(Float(window.width) * scale), round(Float(window.height) * scale))
        }
        let wanted = all.filter { scale in
            let (w, h) = size(scale)
            return w <= largest.width && h <= largest.height && w >= smallest.width && h >= smallest.height
        }
        guard wanted.isEmpty else { return wanted }
        func distance(_ scale: Float) -> Double {
            let (w, h) = size(scale)
            let dx = Double(smallest.width - w), dy = Double(smallest.height - h)
            return dx * dx + dy * dy
        }
        return all.min { distance($0) < distance($1) }.map { [$0] } ?? []
    }
}
