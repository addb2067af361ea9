import Glibc

/// The sizes at which the proposal network sees a picture, and how they are cut into tiles.
package struct MTCNNPyramid {
    /// The picture in one size.
    package struct Level: Equatable {
        /// New size / old size, before rounding down to whole pixels.
        package var scale: Double
        package var height: Int
        package var width: Int
    }

    /// The side of the window that the proposal network looks at, and the distance of windows, in pixels of a level.
    static let window = 12
    static let stride = 2

    /// From `12 / minimumFaceSize` on by `factor` each, as long as a window fits.
    package static func levels(height: Int, width: Int, minimumFaceSize: Double, factor: Double) -> [Level] {
        var levels: [Level] = []
        while true {
            let scale = Double(window) / minimumFaceSize * pow(factor, Double(levels.count))
            let level = Level(scale: scale, height: Int(Double(height) * scale), width: Int(Double(width) * scale))
            guard min(level.height, level.width) >= window else { return levels }
            levels.append(level)
        }
    }
}

/// One axis of a level, cut into overlapping tiles of equal size whose results are those of the whole level.
///
/// The network has no padding but in its 2x2 pool, whose last cell is cut short when its input has an odd size. Tiles
/// begin at even pixels and are odd or even as the level is; then the pool's cells of a tile are those of the level,
/// except the last one of an odd tile that is not the level's last. The results that depend on it come from the next
/// tile.
package struct MTCNNTiling: Equatable {
    /// Results along the whole axis.
    package let outputs: Int
    /// Results and pixels of one tile.
    package let tileOutputs: Int
    package let tileSize: Int
    package let tiles: Int
    private let step: Int

    /// `largest`: results of a tile at most, a multiple of 4 since Winograd computes four at once.
    package init(size: Int, largest: Int) {
        let odd = size % 2
        outputs = MTCNNTiling.outputs(size)
        if outputs <= largest {
            tiles = 1
            tileOutputs = outputs
        } else {
            let count = (outputs - odd + largest - odd - 1) / (largest - odd)
            // Few different sizes: each needs an executor of its own.
            let needed = (outputs + (count - 1) * odd + count - 1) / count
            tileOutputs = min(outputs, (needed + 3) / 4 * 4)
            tiles = count
        }
        tileSize = 2 * tileOutputs + 10 - odd
        step = tileOutputs - odd
    }

    /// Windows along an axis of `size` pixels: after 3x3, 2x2 pool, 3x3, 3x3.
    static func outputs(_ size: Int) -> Int { (size - 1) / 2 - 4 }

    /// The first result that tile `index` computes; its first pixel is at twice that.
    package func start(_ index: Int) -> Int { min(index * step, outputs - tileOutputs) }

    /// Which results to take from tile `index`: each from one tile.
    package func owned(_ index: Int) -> Range<Int> {
        let first = index == 0 ? 0 : min(start(index - 1) + step, outputs)
        return first..<(index == tiles - 1 ? outputs : start(index) + step)
    }
}
