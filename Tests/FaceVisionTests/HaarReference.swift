import FaceVision

/// The cascade detector by its definition.
enum HaarReference {
    /// The windows that pass, written as plainly as possible: no integral images, one window after the other.
    static func windows(_ image: Image, _ cascade: HaarCascade, _ options: HaarCascadeDetector.Options) -> [[Int]] {
        let pyramid = HaarPyramid(
            width: image.width, height: image.height, cascade: cascade, scaleFactor: options.scaleFactor,
            minSize: options.minSize, maxSize: options.maxSize)
        var found: [[Int]] = []
        for level in pyramid.levels {
            let pixels = resized(image, level)
            for row in 0..<level.rows {
                var column = 0
                while column < level.columns {
                    let window = Window(pixels: pixels, x: column * level.step, y: row * level.step, cascade: cascade)
                    let stage = window.firstRejectingStage()
                    if stage == nil {
                        func scaled(_ value: Int) -> Int { Int((Float(value) * level.scale).rounded(.toNearestOrEven)) }
                        let (x, y) = (scaled(window.x), scaled(window.y))
                        found.append([
                            x, y, min(scaled(cascade.windowWidth), image.width - x),
                            min(scaled(cascade.windowHeight), image.height - y),
                        ])
                    }
                    column += stage == 0 ? 2 : 1
                }
            }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func resized(_ image: Image, _ level: HaarPyramid.Level) -> Image {
        var result = [UInt8](repeating: 0, count: level.width * level.height)
        for y in 0..<level.height {
            for x in 0..<level.width {
                let (u, v) = (Int(level.horizontal.first[x]), Int(level.vertical.first[y]))
                let (a, b) = (Int(level.horizontal.weight[x]), Int(level.vertical.weight[y]))
                func pixel(_ dx: Int, _ dy: Int) -> Int {
                    Int(image.pixels[min(v + dy, image.height - 1) * image.width + min(u + dx, image.width - 1)])
                }
                let top = pixel(0, 0) * (256 - a) + pixel(1, 0) * a
                let bottom = pixel(0, 1) * (256 - a) + pixel(1, 1) * a
                result[y * level.width + x] = UInt8((top * (256 - b) + bottom * b + 32768) >> 16)
            }
        }
        return Image(width: level.width, height: level.height, pixels: result)
    }

    struct Window {
        let pixels: Image
        let x: Int
        let y: Int
        let cascade: HaarCascade

        private func pixel(_ u: Int, _ v: Int) -> Int { Int(pixels.pixels[(y + v) * pixels.width + x + u]) }

        private func sum(_ part: HaarCascade.Feature.Part, tilted: Bool) -> Int {
            let (px, py, w, h) = (Int(part.x), Int(part.y), Int(part.width), Int(part.height))
            var total = 0
            guard tilted else {
                for v in py..<py + h { for u in px..<px + w { total += pixel(u, v) } }
                return total
            }
            // The square standing on its corner: from the corner on top w steps right down and h steps left down.
            func cone(_ cx: Int, _ cy: Int, _ u: Int, _ v: Int) -> Int {
                v < cy && abs(u - cx + 1) <= cy - v - 1 ? 1 : 0
            }
            for v in 0..<cascade.windowHeight {
                for u in 0..<cascade.windowWidth {
                    let inside =
                        cone(px, py, u, v) - cone(px - h, py + h, u, v) - cone(px + w, py + w, u, v)
                        + cone(px + w - h, py + w + h, u, v)
                    total += inside * pixel(u, v)
                }
            }
            return total
        }

        private func value(_ feature: HaarCascade.Feature) -> Float {
            feature.parts.reduce(Float(0)) { $0 + $1.weight * Float(sum($1, tilted: feature.isTilted)) }
        }

        /// -1 for windows without texture.
        func firstRejectingStage() -> Int? {
            let (w, h) = (cascade.windowWidth - 2, cascade.windowHeight - 2)
            var (total, squares) = (0, 0)
            for v in 1...h {
                for u in 1...w {
                    total += pixel(u, v)
                    squares += pixel(u, v) * pixel(u, v)
                }
            }
            let variance = Double(w * h) * Double(squares) - Double(total) * Double(total)
            guard variance > 0 else { return -1 }
            let norm = Float(1 / variance.squareRoot())
            guard Double(w * h) * Double(norm) < 0.1 else { return -1 }
            for (index, stage) in cascade.stages.enumerated() {
                let sum = stage.trees.reduce(0.0) { sum, tree in
                    var at = 0
                    while true {
                        let node = tree[at]
                        let isLess = value(cascade.features[node.feature]) * norm < node.threshold
                        at = isLess ? node.left : node.right
                        if at == 0 { return sum + Double(isLess ? node.leftValue : node.rightValue) }
                    }
                }
                if sum < Double(stage.threshold) { return index }
            }
            return nil
        }
    }
}
