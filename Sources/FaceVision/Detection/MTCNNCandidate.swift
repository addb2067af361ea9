/// A box on its way through the three stages, in pixels of the picture.
package struct MTCNNCandidate: Equatable {
    package var left: Double
    package var top: Double
    package var right: Double
    package var bottom: Double
    package var score: Float
    /// Five x, five y; empty before the last stage.
    package var landmarks: [Double] = []

    package init(left: Double, top: Double, right: Double, bottom: Double, score: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
        self.score = score
    }

    var area: Double { (right - left) * (bottom - top) }
    var isFinite: Bool { left.isFinite && top.isFinite && right.isFinite && bottom.isFinite }

    /// Moves the corners by what a network said, in widths and heights of the box (counted with both edge pixels).
    package mutating func calibrate(_ offsets: UnsafePointer<Float>) {
        let width = right - left + 1, height = bottom - top + 1
        left += Double(offsets[0]) * width
        top += Double(offsets[1]) * height
        right += Double(offsets[2]) * width
        bottom += Double(offsets[3]) * height
    }

    /// Landmarks from fractions of the box, as the output network was trained.
    package mutating func setLandmarks(_ fractions: UnsafePointer<Float>) {
        let width = right - left + 1, height = bottom - top + 1
        landmarks = (0..<10).map {
            $0 < 5 ? width * Double(fractions[$0]) + left - 1 : height * Double(fractions[$0]) + top - 1
        }
    }

    /// The square around the same centre with the longer side.
    package var square: MTCNNCandidate {
        let width = right - left, height = bottom - top, side = max(width, height)
        var result = self
        result.left = left + width * 0.5 - side * 0.5
        result.top = top + height * 0.5 - side * 0.5
        result.right = result.left + side
        result.bottom = result.top + side
        return result
    }
}

/// Non-maximum suppression as the package mtcnn 1.0.0 does it: a box goes if any surer one overlaps it too much,
/// whether that one stays or not.
package enum MTCNNSuppression {
    package enum Overlap {
        /// Of the union, or of the smaller box.
        case union, minimum
    }

    /// Surest first; of equals the later one first.
    static func sorted(_ candidates: [MTCNNCandidate]) -> [MTCNNCandidate] {
        candidates.indices.sorted {
            candidates[$0].score != candidates[$1].score
                ? candidates[$0].score > candidates[$1].score : $0 > $1
        }.map { candidates[$0] }
    }

    /// Those of `sorted(candidates)` that stay.
    package static func apply(
        _ candidates: [MTCNNCandidate], threshold: Double, overlap: Overlap
    ) -> [MTCNNCandidate] {
        let ranked = sorted(candidates)
        // Only boxes that overlap horizontally are compared: far fewer than all pairs.
        let fromLeft = ranked.indices.sorted { ranked[$0].left < ranked[$1].left }
        var stays = [Bool](repeating: true, count: ranked.count)
        for (place, first) in fromLeft.enumerated() {
            let box = ranked[first]
            for second in fromLeft[(place + 1)...] {
                let other = ranked[second]
                if other.left >= box.right { break }
                guard other.top < box.bottom, box.top < other.bottom, stays[max(first, second)] else { continue }
                let width = min(box.right, other.right) - other.left
                let height = min(box.bottom, other.bottom) - max(box.top, other.top)
                let common = max(0, width) * max(0, height)
                let whole = overlap == .union ? box.area + other.area - common : min(box.area, other.area)
                if common / whole > threshold { stays[max(first, second)] = false }
            }
        }
        return zip(ranked, stays).filter(\.1).map(\.0)
    }
}
