/// Turns the elements of a cascade file into a cascade. Whatever the file says is checked here, so that nothing later
/// reaches beyond a window, or goes around in a tree.
struct HaarCascadeReader {
    private let tree: XMLTree
    private var width = 0
    private var height = 0
    private var features: [HaarCascade.Feature] = []
    private var nodeCount = 0

    init(_ tree: XMLTree) { self.tree = tree }

    /// OpenCV lowers every threshold by as much, so that rounding rejects no window that was accepted in training.
    private static let thresholdMargin: Float = 1e-5

    mutating func read() throws -> HaarCascade {
        guard tree.isNamed(0, "opencv_storage"), let root = tree.children(0).first(where: { _ in true }) else {
            throw tree.failure(0, "the outermost element is <\(tree.name(0))>, not <opencv_storage> with a cascade")
        }
        let type = tree.string(tree.nodes[root].typeID)
        let stages: [HaarCascade.Stage]
        if type == "opencv-haar-classifier" || (type.isEmpty && tree.child(root, "size") != nil) {
            stages = try readOldFormat(root)
        } else if type == "opencv-cascade-classifier" || type.isEmpty {
            stages = try readNewFormat(root)
        } else {
            throw tree.failure(root, "<\(tree.name(root))> is of type \(type.prefix(64)), which is no cascade")
        }
        guard !stages.isEmpty else { throw tree.failure(root, "no stages") }
        return HaarCascade(windowWidth: width, windowHeight: height, features: features, stages: stages)
    }

    // MARK: New format

    private mutating func readNewFormat(_ root: Int) throws -> [HaarCascade.Stage] {
        let kind = try required(root, "featureType")
        let kindWords = try tree.words(kind).map(tree.string)
        guard kindWords == ["HAAR"] else {
            throw tree.failure(
                kind, "features of type \(kindWords.joined(separator: " ").prefix(64)); only HAAR is read")
        }
        if let boost = tree.child(root, "stageType"), try tree.words(boost).map(tree.string) != ["BOOST"] {
            throw tree.failure(boost, "the stages are not of type BOOST")
        }
        let widthNode = try required(root, "width")
        try setWindow(width: integer(widthNode), height: integer(required(root, "height")), at: widthNode)
        for item in tree.children(try required(root, "features")) { try addFeature(item) }
        var stages: [HaarCascade.Stage] = []
        for item in tree.children(try required(root, "stages")) {
            try checkStageCount(stages.count, item)
            let threshold = try float(required(item, "stageThreshold"))
            var trees: [[HaarCascade.Node]] = []
            for weak in tree.children(try required(item, "weakClassifiers")) { trees.append(try readTree(weak)) }
            stages.append(try stage(item, threshold, trees))
        }
        return stages
    }

    /// `internalNodes` has left, right, feature and threshold of each node; children that are not positive are leaves.
    private mutating func readTree(_ weak: Int) throws -> [HaarCascade.Node] {
        let nodesElement = try required(weak, "internalNodes")
        let leavesElement = try required(weak, "leafValues")
        let words = try tree.words(nodesElement)
        let leaves = try tree.words(leavesElement).map { try float($0, leavesElement) }
        guard !words.isEmpty, words.count % 4 == 0 else {
            throw tree.failure(nodesElement, "\(words.count) numbers where four for each node were expected")
        }
        let count = words.count / 4
        try checkTree(count, nodesElement)
        guard leaves.count == count + 1 else {
            throw tree.failure(leavesElement, "\(leaves.count) leaves for \(count) nodes")
        }
        return try (0..<count).map { index in
            let feature = try integer(words[4 * index + 2], nodesElement)
            guard features.indices.contains(feature) else {
                throw tree.failure(nodesElement, "there is no feature \(feature)")
            }
            var node = HaarCascade.Node(feature: feature, threshold: try float(words[4 * index + 3], nodesElement))
            func child(_ word: Range<Int>) throws -> (Int, Float) {
                let value = try integer(word, nodesElement)
                if value > 0 { return (try checkChild(value, of: index, count, nodesElement), 0) }
                guard value > -leaves.count else { throw tree.failure(nodesElement, "there is no leaf \(-value)") }
                return (0, leaves[-value])
            }
            (node.left, node.leftValue) = try child(words[4 * index])
            (node.right, node.rightValue) = try child(words[4 * index + 1])
            return node
        }
    }

    // MARK: Old format

    private mutating func readOldFormat(_ root: Int) throws -> [HaarCascade.Stage] {
        let size = try required(root, "size")
        let words = try tree.words(size)
        guard words.count == 2 else { throw tree.failure(size, "not a width and a height") }
        try setWindow(width: integer(words[0], size), height: integer(words[1], size), at: size)
        var stages: [HaarCascade.Stage] = []
        for item in tree.children(try required(root, "stages")) {
            try checkStageCount(stages.count, item)
            var trees: [[HaarCascade.Node]] = []
            for weak in tree.children(try required(item, "trees")) {
                let elements = Array(tree.children(weak))
                try checkTree(elements.count, weak)
                trees.append(try elements.indices.map { try readOldNode(elements[$0], $0, elements.count) })
            }
            stages.append(try stage(item, float(required(item, "stage_threshold")), trees))
        }
        return stages
    }

    private mutating func readOldNode(_ item: Int, _ index: Int, _ count: Int) throws -> HaarCascade.Node {
        try addFeature(required(item, "feature"))
        var node = HaarCascade.Node(feature: features.count - 1, threshold: try float(required(item, "threshold")))
        if let value = tree.child(item, "left_val") {
            node.leftValue = try float(value)
        } else {
            let child = try required(item, "left_node")
            node.left = try checkChild(integer(child), of: index, count, child)
        }
        if let value = tree.child(item, "right_val") {
            node.rightValue = try float(value)
        } else {
            let child = try required(item, "right_node")
            node.right = try checkChild(integer(child), of: index, count, child)
        }
        return node
    }

    // MARK: Parts of both

    private mutating func setWindow(width: Int, height: Int, at node: Int) throws {
        let limit = HaarCascade.Limits.windowArea
        let sides = 3...HaarCascade.Limits.windowSide
        guard sides.contains(width), sides.contains(height), width * height <= limit else {
            throw tree.failure(
                node,
                "a window of \(width) x \(height); sides of \(sides.lowerBound) to \(sides.upperBound) and at most \(limit) pixels are read"
            )
        }
        self.width = width
        self.height = height
    }

    private mutating func addFeature(_ item: Int) throws {
        let limit = HaarCascade.Limits.nodes
        guard features.count < limit else { throw tree.failure(item, "more than \(limit) features") }
        var isTilted = false
        if let tilted = tree.child(item, "tilted") { isTilted = try integer(tilted) != 0 }
        var parts: [HaarCascade.Feature.Part] = []
        for element in tree.children(try required(item, "rects")) {
            guard parts.count < 3 else { throw tree.failure(element, "a feature of more than three rectangles") }
            parts.append(try readPart(element, isTilted))
        }
        guard !parts.isEmpty else { throw tree.failure(item, "a feature without rectangles") }
        features.append(HaarCascade.Feature(parts: parts, isTilted: isTilted))
    }

    private func readPart(_ element: Int, _ isTilted: Bool) throws -> HaarCascade.Feature.Part {
        let words = try tree.words(element)
        guard words.count == 5 else {
            throw tree.failure(element, "\(words.count) numbers where x, y, width, height and weight were expected")
        }
        let box = try words.prefix(4).map { try integer($0, element) }
        let (x, y, w, h) = (box[0], box[1], box[2], box[3])
        let range = 0...HaarCascade.Limits.windowSide
        var fits = box.allSatisfy(range.contains)
        if fits {
            fits =
                isTilted
                ? x - h >= 0 && x + w <= width && y + w + h <= height
                : x + w <= width && y + h <= height
        }
        guard fits else { throw tree.failure(element, "a rectangle reaches beyond the window") }
        return HaarCascade.Feature.Part(
            x: Int32(x), y: Int32(y), width: Int32(w), height: Int32(h), weight: try float(words[4], element))
    }

    private func stage(_ item: Int, _ threshold: Float, _ trees: [[HaarCascade.Node]]) throws -> HaarCascade.Stage {
        guard !trees.isEmpty else { throw tree.failure(item, "a stage without weak classifiers") }
        return HaarCascade.Stage(threshold: threshold - HaarCascadeReader.thresholdMargin, trees: trees)
    }

    private func checkStageCount(_ count: Int, _ item: Int) throws {
        let limit = HaarCascade.Limits.stages
        guard count < limit else { throw tree.failure(item, "more than \(limit) stages") }
    }

    private mutating func checkTree(_ count: Int, _ node: Int) throws {
        let limit = HaarCascade.Limits.treeNodes
        guard (1...limit).contains(count) else {
            throw tree.failure(node, "a tree of \(count) nodes; 1 to \(limit) are read")
        }
        nodeCount += count
        guard nodeCount <= HaarCascade.Limits.nodes else {
            throw tree.failure(node, "more than \(HaarCascade.Limits.nodes) nodes")
        }
    }

    private func checkChild(_ child: Int, of parent: Int, _ count: Int, _ node: Int) throws -> Int {
        guard child > parent, child < count else {
            throw tree.failure(node, "node \(parent) leads to \(child); a tree must lead to later nodes of its own")
        }
        return child
    }

    private func required(_ node: Int, _ name: StaticString) throws -> Int {
        guard let child = tree.child(node, name) else {
            throw tree.failure(node, "<\(tree.name(node))> has no <\(name)>")
        }
        return child
    }

    // MARK: Numbers

    private func integer(_ node: Int) throws -> Int { try integer(singleWord(node), node) }
    private func float(_ node: Int) throws -> Float { try float(singleWord(node), node) }

    private func singleWord(_ node: Int) throws -> Range<Int> {
        let words = try tree.words(node)
        guard words.count == 1 else { throw tree.failure(node, "<\(tree.name(node))> is not one number") }
        return words[0]
    }

    private func integer(_ word: Range<Int>, _ node: Int) throws -> Int {
        guard word.count <= 12, let value = Int(tree.string(word)) else {
            throw tree.failure(node, "'\(tree.string(word.prefix(32)))' is not a whole number")
        }
        return value
    }

    /// Decimal numbers of a sensible size only: neither hexadecimal ones nor infinity.
    private func float(_ word: Range<Int>, _ node: Int) throws -> Float {
        let isPlain =
            word.count <= 48
            && tree.text[word].allSatisfy {
                ($0 >= 48 && $0 <= 57) || $0 == 43 || $0 == 45 || $0 == 46 || $0 | 32 == 101
            }
        guard isPlain, let value = Double(tree.string(word)), abs(value) < 1e9 else {
            throw tree.failure(node, "'\(tree.string(word.prefix(32)))' is not a usable number")
        }
        return Float(value)
    }
}
