import CKernels

/// How an integral image lies in memory: one row after the other, or with all odd columns of a row behind its even
/// ones, so that windows two pixels apart lie side by side.
struct HaarLayout: Equatable {
    var stride: Int
    /// Where odd columns begin; 0 for columns in their order.
    var half: Int

    func offset(x: Int, y: Int) -> Int {
        y * stride + (half == 0 ? x : (x & 1) * half + x >> 1)
    }
}

/// A cascade as the kernels read it: every corner is a distance in one layout.
final class HaarTables {
    let kernel: UnsafeMutablePointer<fm_haar_cascade>
    private let nodes: UnsafeMutablePointer<fm_haar_node>
    private let stages: UnsafeMutablePointer<fm_haar_stage>

    /// `tilted` is the distance from the integral image to the one turned by 45 degrees.
    init(_ cascade: HaarCascade, layout: HaarLayout, tilted: Int) {
        let isStumps = cascade.isStumps
        let nodeCount = cascade.stages.reduce(0) { $0 + $1.trees.reduce(0) { $0 + $1.count } }
        nodes = .allocate(capacity: nodeCount)
        stages = .allocate(capacity: cascade.stages.count)
        kernel = .allocate(capacity: 1)
        var next = 0
        for (index, stage) in cascade.stages.enumerated() {
            let (trees, pairs) = isStumps ? HaarTables.pairsFirst(stage.trees, cascade) : (stage.trees, 0)
            (stages + index).initialize(
                to: fm_haar_stage(
                    first: Int32(next), trees: Int32(trees.count), pairs: Int32(pairs), threshold: stage.threshold,
                    margin: HaarTables.roundingError(trees)))
            for tree in trees {
                for (position, node) in tree.enumerated() {
                    let feature = cascade.features[node.feature]
                    (nodes + next).initialize(
                        to: HaarTables.node(
                            node, feature, layout, tilted: feature.isTilted ? tilted : 0,
                            size: position == 0 ? tree.count : 0))
                    next += 1
                }
            }
        }
        let (width, height) = (cascade.windowWidth, cascade.windowHeight)
        func corner(_ x: Int, _ y: Int) -> Int32 { Int32(layout.offset(x: x, y: y)) }
        kernel.initialize(
            to: fm_haar_cascade(
                nodes: nodes, stages: stages, stage_count: Int32(cascade.stages.count), stumps: isStumps ? 1 : 0,
                corner: (corner(1, 1), corner(width - 1, 1), corner(1, height - 1), corner(width - 1, height - 1)),
                area: Double((width - 2) * (height - 2))))
    }

    deinit {
        nodes.deallocate()
        stages.deallocate()
        kernel.deallocate()
    }

    /// Stumps with two rectangles before those with three: doubles add up floats of similar size without rounding, so
    /// that the order does not matter.
    private static func pairsFirst(_ trees: [[HaarCascade.Node]], _ cascade: HaarCascade) -> ([[HaarCascade.Node]], Int)
    {
        func isPair(_ tree: [HaarCascade.Node]) -> Bool {
            let parts = cascade.features[tree[0].feature].parts
            return parts.count < 3 || parts[2].weight == 0
        }
        let pairs = trees.filter(isPair)
        return (pairs + trees.filter { !isPair($0) }, pairs.count)
    }

    /// More than the sum of floats can be away from the sum of doubles.
    private static func roundingError(_ trees: [[HaarCascade.Node]]) -> Float {
        let largest = trees.reduce(Float(0)) { sum, tree in
            sum + tree.reduce(0) { max($0, abs($1.leftValue), abs($1.rightValue)) }
        }
        return largest * Float(trees.count + 1) * Float.ulpOfOne
    }

    private static func node(
        _ node: HaarCascade.Node, _ feature: HaarCascade.Feature, _ layout: HaarLayout, tilted: Int, size: Int
    ) -> fm_haar_node {
        var result = fm_haar_node()
        result.threshold = node.threshold
        result.left = node.leftValue
        result.right = node.rightValue
        result.left_node = Int32(node.left)
        result.right_node = Int32(node.right)
        result.size = Int32(size)
        withUnsafeMutableBytes(of: &result.weight) { weights in
            withUnsafeMutableBytes(of: &result.corner) { corners in
                let weights = weights.bindMemory(to: Float.self), corners = corners.bindMemory(to: Int32.self)
                for (index, part) in feature.parts.enumerated() {
                    weights[index] = part.weight
                    let (x, y, w, h) = (Int(part.x), Int(part.y), Int(part.width), Int(part.height))
                    let places =
                        feature.isTilted
                        ? [(x, y), (x - h, y + h), (x + w, y + w), (x + w - h, y + w + h)]
                        : [(x, y), (x + w, y), (x, y + h), (x + w, y + h)]
                    for (corner, place) in places.enumerated() {
                        corners[4 * index + corner] = Int32(tilted + layout.offset(x: place.0, y: place.1))
                    }
                }
            }
        }
        return result
    }
}
