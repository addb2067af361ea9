/// The sizes that a picture is searched at, as OpenCV 4 chooses them, and how each is cut into bands of rows.
struct HaarPyramid {
    struct Level {
        /// Original pixels per pixel of this level.
        var scale: Float
        var width: Int
        var height: Int
        /// Windows are this many pixels apart, in both directions.
        var step: Int
        /// Windows in a row.
        var columns: Int
        /// Rows of windows; row i is at pixel `i * step`.
        var rows: Int
        var horizontal: LinearSampling
        var vertical: LinearSampling
    }

    /// Rows `first ..< first + count` of a level's windows: a piece of work for one thread.
    struct Band {
        var level: Int
        var first: Int
        var count: Int
    }

    let imageWidth: Int
    let imageHeight: Int
    private(set) var levels: [Level] = []
    private(set) var bands: [Band] = []

    /// Bands are about this many pixels high: the integral images of one then stay in a processor's second cache.
    static let bandHeight = 96

    var widest: Int { levels.reduce(0) { max($0, $1.width) } }
    var needsStep1: Bool { levels.contains { $0.step == 1 } }
    var needsStep2: Bool { levels.contains { $0.step == 2 } }

    init(width: Int, height: Int, cascade: HaarCascade, options: HaarCascadeDetector.Options) {
        imageWidth = width
        imageHeight = height
        let windowWidth = cascade.windowWidth, windowHeight = cascade.windowHeight
        let scales = HaarPyramid.scales(width, height, windowWidth, windowHeight, options)
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
        _ width: Int, _ height: Int, _ windowWidth: Int, _ windowHeight: Int, _ options: HaarCascadeDetector.Options
    ) -> [Float] {
        func round(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }
        func round(_ value: Float) -> Int { Int(value.rounded(.toNearestOrEven)) }
        guard width >= windowWidth && height >= windowHeight else { return [] }
        var all: [Float] = []
        var factor = 1.0
        while round(Double(windowWidth) * factor) <= width && round(Double(windowHeight) * factor) <= height {
            all.append(Float(factor))
            factor *= options.scaleFactor
        }
        let smallest = options.minSize ?? PixelSize(width: 0, height: 0)
        var largest = options.maxSize ?? PixelSize(width: 0, height: 0)
        if largest.width == 0 || largest.height == 0 { largest = PixelSize(width: width, height: height) }
        func size(_ scale: Float) -> (Int, Int) {
            (round(Float(windowWidth) * scale), round(Float(windowHeight) * scale))
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

/// Bilinear interpolation in whole numbers: sample i is between `first[i]` and the next one, the latter weighing
/// `weight[i]` of 256. As OpenCV's INTER_LINEAR_EXACT.
struct LinearSampling {
    let first: [Int32]
    let weight: [Int32]

    init(from size: Int, to newSize: Int) {
        let scale = 1 / (Double(newSize) / Double(size))
        var first = [Int32](repeating: 0, count: newSize)
        var weight = [Int32](repeating: 0, count: newSize)
        for index in 0..<newSize {
            let place = scale * (Double(index) + 0.5) - 0.5
            let whole = Int(place.rounded(.down))
            if whole < 0 { continue }
            first[index] = Int32(min(whole, size - 1))
            if whole < size - 1 {
                weight[index] = Int32(((place - Double(whole)) * 256).rounded(.toNearestOrEven))
            }
        }
        self.first = first
        self.weight = weight
    }
}
