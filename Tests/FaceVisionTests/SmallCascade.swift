import FaceVision
import Randomness

/// Cascades that tests make up, and their text in both formats of OpenCV.
enum SmallCascade {
    /// Bright in the middle and dark around: a rectangle of 8 x 8 in a window of 16 x 12.
    static let spot = HaarCascade(
        windowWidth: 16, windowHeight: 12,
        features: [
            .init(parts: [
                .init(x: 0, y: 0, width: 16, height: 12, weight: -1), .init(x: 4, y: 2, width: 8, height: 8, weight: 3),
            ]),
            .init(parts: [
                .init(x: 4, y: 2, width: 4, height: 8, weight: -1), .init(x: 8, y: 2, width: 4, height: 8, weight: 1),
            ]),
        ],
        stages: [stage([[leaf(0, 0.6, -1, 1)]]), stage([[leaf(1, 0.05, 1, -1)], [leaf(1, -0.05, -1, 1)]], 1.5)])

    static func leaf(_ feature: Int, _ threshold: Float, _ left: Float, _ right: Float) -> HaarCascade.Node {
        var node = HaarCascade.Node(feature: feature, threshold: threshold)
        node.leftValue = left
        node.rightValue = right
        return node
    }

    static func stage(_ trees: [[HaarCascade.Node]], _ threshold: Float = 0) -> HaarCascade.Stage {
        .init(threshold: threshold, trees: trees)
    }

    /// Any features, in trees of up to `nodes` nodes.
    static func random(seed: UInt64, width: Int, height: Int, nodes: Int, tilted: Bool, stages: Int = 4) -> HaarCascade
    {
        var numbers = RandomGenerator(seed: seed)
        func real(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &numbers) }
        var features: [HaarCascade.Feature] = []
        for index in 0..<40 {
            let turned = tilted && index % 3 == 0
            let parts = (0..<(2 + index % 2)).map { part -> HaarCascade.Feature.Part in
                let weight = part == 0 ? -1 : real(0.5...3)
                if turned {
                    let w = Int.random(in: 1...width / 3, using: &numbers)
                    let h = Int.random(in: 1...min(width - w, height - w) / 2, using: &numbers)
                    let x = Int.random(in: h...width - w, using: &numbers)
                    let y = Int.random(in: 0...height - w - h, using: &numbers)
                    return .init(x: Int32(x), y: Int32(y), width: Int32(w), height: Int32(h), weight: weight)
                }
                let x = Int.random(in: 0..<width - 1, using: &numbers)
                let y = Int.random(in: 0..<height - 1, using: &numbers)
                return .init(
                    x: Int32(x), y: Int32(y), width: Int32(Int.random(in: 1...width - x, using: &numbers)),
                    height: Int32(Int.random(in: 1...height - y, using: &numbers)), weight: weight)
            }
            features.append(.init(parts: parts, isTilted: turned))
        }
        func tree() -> [HaarCascade.Node] {
            let count = Int.random(in: 1...nodes, using: &numbers)
            return (0..<count).map { index in
                var node = leaf(Int.random(in: 0..<40, using: &numbers), real(-0.1...0.3), real(-1...1), real(-1...1))
                if index + 1 < count {
                    // The next node hangs at one side, so that each has a parent.
                    if Bool.random(using: &numbers) {
                        (node.left, node.leftValue) = (index + 1, 0)
                    } else {
                        (node.right, node.rightValue) = (index + 1, 0)
                    }
                }
                return node
            }
        }
        return HaarCascade(
            windowWidth: width, windowHeight: height, features: features,
            stages: (0..<stages).map { index in stage((0..<(5 + index)).map { _ in tree() }, real(-1.5...(-0.8))) })
    }

    static func newFormat(_ cascade: HaarCascade) -> String {
        var text = """
            <?xml version="1.0"?>
            <!-- made up -->
            <opencv_storage>
            <cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType>
            <featureType>HAAR</featureType>
            <height>\(cascade.windowHeight)</height>
            <width>\(cascade.windowWidth)</width>
            <stages>

            """
        for stage in cascade.stages {
            text += "<_><stageThreshold>\(stage.threshold)</stageThreshold>\n<weakClassifiers>\n"
            for tree in stage.trees {
                var leaves: [Float] = []
                func child(_ node: Int, _ value: Float) -> Int {
                    if node > 0 { return node }
                    leaves.append(value)
                    return 1 - leaves.count
                }
                let nodes = tree.map {
                    "\(child($0.left, $0.leftValue)) \(child($0.right, $0.rightValue)) \($0.feature) \($0.threshold)"
                }
                text += "<_><internalNodes>\n\(nodes.joined(separator: " "))</internalNodes>\n"
                text += "<leafValues>\n\(leaves.map { "\($0)" }.joined(separator: " "))</leafValues></_>\n"
            }
            text += "</weakClassifiers></_>\n"
        }
        text += "</stages>\n<features>\n"
        for feature in cascade.features { text += "<_>\(rectangles(feature))</_>\n" }
        return text + "</features></cascade></opencv_storage>\n"
    }

    static func oldFormat(_ cascade: HaarCascade) -> String {
        var text = """
            <opencv_storage><cascade type_id="opencv-haar-classifier">
            <size>\(cascade.windowWidth) \(cascade.windowHeight)</size><stages>

            """
        for stage in cascade.stages {
            text += "<_><trees>"
            for tree in stage.trees {
                text += "<_>"
                for node in tree {
                    let left =
                        node.left > 0 ? "<left_node>\(node.left)</left_node>" : "<left_val>\(node.leftValue)</left_val>"
                    let right =
                        node.right > 0
                        ? "<right_node>\(node.right)</right_node>" : "<right_val>\(node.rightValue)</right_val>"
                    text += "<_><feature>\(rectangles(cascade.features[node.feature]))</feature>"
                    text += "<threshold>\(node.threshold)</threshold>\(left)\(right)</_>\n"
                }
                text += "</_>\n"
            }
            text += "</trees><stage_threshold>\(stage.threshold)</stage_threshold>"
            text += "<parent>-1</parent><next>-1</next></_>\n"
        }
        return text + "</stages></cascade></opencv_storage>\n"
    }

    private static func rectangles(_ feature: HaarCascade.Feature) -> String {
        let parts = feature.parts.map { "<_>\($0.x) \($0.y) \($0.width) \($0.height) \($0.weight)</_>" }
        return "<rects>\(parts.joined())</rects><tilted>\(feature.isTilted ? 1 : 0)</tilted>"
    }
}
