/// A boosted cascade of Haar-like features: a window passes when each stage's sum of weak classifiers reaches the
/// stage's threshold. Read from the files of OpenCV, old and new format.
///
/// P. Viola, M. Jones: Rapid Object Detection using a Boosted Cascade of Simple Features, CVPR 2001; features turned
/// by 45 degrees: R. Lienhart, J. Maydt: An Extended Set of Haar-like Features for Rapid Object Detection, ICIP 2002.
public struct HaarCascade: Sendable {
    /// The size of the windows that the cascade was trained with, in pixels.
    public let windowWidth: Int
    public let windowHeight: Int
    public var stageCount: Int { stages.count }
    public var featureCount: Int { features.count }

    /// A weighted sum over up to three rectangles.
    package struct Feature: Equatable, Sendable {
        package struct Part: Equatable, Sendable {
            package var x: Int32, y: Int32, width: Int32, height: Int32
            package var weight: Float

            package init(x: Int32, y: Int32, width: Int32, height: Int32, weight: Float) {
                (self.x, self.y, self.width, self.height, self.weight) = (x, y, width, height, weight)
            }
        }
        package var parts: [Part]
        /// The rectangles stand on a corner.
        package var isTilted: Bool

        package init(parts: [Part], isTilted: Bool = false) {
            self.parts = parts
            self.isTilted = isTilted
        }
    }

    /// A decision in a tree. A child is a later node of the same tree, counted from its root, or 0: then the tree's
    /// value is the leaf's.
    package struct Node: Equatable, Sendable {
        package var feature: Int
        package var threshold: Float
        package var left = 0
        package var right = 0
        package var leftValue: Float = 0
        package var rightValue: Float = 0

        package init(feature: Int, threshold: Float) {
            self.feature = feature
            self.threshold = threshold
        }
    }

    package struct Stage: Equatable, Sendable {
        package var threshold: Float
        /// Each tree begins with its root.
        package var trees: [[Node]]

        package init(threshold: Float, trees: [[Node]]) {
            self.threshold = threshold
            self.trees = trees
        }
    }

    package let features: [Feature]
    package let stages: [Stage]

    /// All trees have one node.
    let isStumps: Bool
    let isTilted: Bool

    /// More than the largest known cascade needs; a file that asks for more is refused.
    enum Limits {
        static let bytes = 16 << 20
        /// Pixels of a window: sums of squares stay below 2^31.
        static let windowArea = 33_000
        static let windowSide = 512
        static let stages = 1_000
        static let nodes = 200_000
        static let treeNodes = 32
    }

    /// Reads the contents of a cascade file; `name` is for the error. Throws `HaarCascadeError.malformed`.
    ///
    /// Memory is limited to about 100 MB, whatever the file says.
    public init(xml: [UInt8], name: String = "cascade") throws {
        guard xml.count <= Limits.bytes else {
            throw HaarCascadeError.malformed(path: name, line: 1, reason: "larger than \(Limits.bytes) bytes")
        }
        do {
            var reader = HaarCascadeReader(try XMLTree(xml))
            self = try reader.read()
        } catch let failure as TextFailure {
            throw HaarCascadeError.malformed(path: name, line: failure.line, reason: failure.reason)
        }
    }

    package init(windowWidth: Int, windowHeight: Int, features: [Feature], stages: [Stage]) {
        self.windowWidth = windowWidth
        self.windowHeight = windowHeight
        self.features = features
        self.stages = stages
        isStumps = stages.allSatisfy { $0.trees.allSatisfy { $0.count == 1 } }
        isTilted = features.contains { $0.isTilted }
    }
}

/// Why a cascade cannot be used. The description is one clear line.
public enum HaarCascadeError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case malformed(path: String, line: Int, reason: String)
    case notFound(name: String, searched: [String])
    case badOption(name: String, reason: String)
    /// The cascade accepts nearly everything.
    case tooManyCandidates(limit: Int)

    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): return "\(path): cannot read the cascade: \(reason)"
        case .malformed(let path, let line, let reason): return "\(path), line \(line): not a usable cascade: \(reason)"
        case .notFound(let name, let searched):
            return "\(name) was not found in \(searched.joined(separator: ", ")): apt-get install opencv-data, "
                + "or name its folder in FERMUSIC_CASCADES"
        case .badOption(let name, let reason): return "\(name): \(reason)"
        case .tooManyCandidates(let limit):
            return "the cascade accepts more than \(limit) windows of one picture; it may be damaged"
        }
    }
}
