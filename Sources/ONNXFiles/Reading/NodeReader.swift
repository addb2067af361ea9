/// Reads one node's attributes and inputs. What is there and not read is refused: nothing is taken silently for a
/// default.
struct NodeReader {
    let node: ONNXNode
    private let graph: GraphReader
    private var used: Set<String> = []

    init(_ node: ONNXNode, _ graph: GraphReader) {
        self.node = node
        self.graph = graph
    }

    var name: String { graph.layerName(node) }
    var operatorSet: Int { graph.file.operatorSet }

    /// Must be called after everything that is known was read.
    func finish() throws {
        for name in node.attributes.keys.sorted() where !used.contains(name) {
            throw ONNXFailure("attribute \(name) is not supported")
        }
    }

    // MARK: Attributes

    private mutating func attribute(_ name: String) -> ONNXAttribute? {
        used.insert(name)
        return node.attributes[name]
    }

    func has(_ name: String) -> Bool { node.attributes[name] != nil }

    mutating func int(_ name: String, default fallback: Int) throws -> Int {
        guard let value = attribute(name) else { return fallback }
        guard case .int(let number) = value, number.magnitude <= 1 << 30 else {
            throw ONNXFailure("\(name) is not a whole number in range")
        }
        return number
    }

    mutating func float(_ name: String, default fallback: Float) throws -> Float {
        guard let value = attribute(name) else { return fallback }
        guard case .float(let number) = value, number.isFinite else { throw ONNXFailure("\(name) is not a number") }
        return number
    }

    mutating func text(_ name: String, default fallback: String) throws -> String {
        guard let value = attribute(name) else { return fallback }
        guard case .text(let text) = value else { throw ONNXFailure("\(name) is not a text") }
        return text
    }

    mutating func ints(_ name: String) throws -> [Int]? {
        guard let value = attribute(name) else { return nil }
        guard case .ints(let numbers) = value, numbers.allSatisfy({ $0.magnitude <= 1 << 30 }) else {
            throw ONNXFailure("\(name) is not a list of whole numbers in range")
        }
        return numbers
    }

    mutating func raw(_ name: String) -> ONNXAttribute? { attribute(name) }

    /// A pair such as `strides`, each at least `least`.
    mutating func pair(_ name: String, default fallback: (Int, Int), least: Int = 1) throws -> (Int, Int) {
        guard let numbers = try ints(name) else { return fallback }
        guard numbers.count == 2, numbers.allSatisfy({ (least...65536).contains($0) }) else {
            throw ONNXFailure("\(name) is \(numbers), not two sizes: only pictures are supported")
        }
        return (numbers[0], numbers[1])
    }

    // MARK: Inputs

    var inputCount: Int { node.inputs.count }

    func hasInput(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }

    func input(_ index: Int) throws -> GraphValue {
        guard hasInput(index) else { throw ONNXFailure("input \(index + 1) is missing") }
        return try graph.value(node.inputs[index])
    }

    /// A tensor that depends on the model's inputs.
    func feature(_ index: Int = 0) throws -> Feature {
        switch try input(index) {
        case .feature(let feature): return feature
        case .constant: throw ONNXFailure("input \(index + 1) is constant, which is not supported here")
        case .piece: throw NodeReader.piece
        }
    }

    /// All inputs, none of which may be constant.
    func features() throws -> [Feature] {
        guard inputCount > 0 else { throw ONNXFailure("has no inputs") }
        return try (0..<inputCount).map { try feature($0) }
    }

    static let piece = ONNXFailure("takes a piece of a function that is not known")

    func constant(_ index: Int, _ name: String) throws -> Constant {
        guard case .constant(let constant) = try input(index) else {
            throw ONNXFailure("\(name) is computed from the model's input; only constants are supported")
        }
        return constant
    }

    func floats(_ index: Int, _ name: String, count: Int) throws -> [Float] {
        let constant = try constant(index, name)
        guard constant.count == count else {
            throw ONNXFailure("\(name) has \(constant.count) numbers instead of \(count)")
        }
        return constant.floats
    }

    /// A single number; nil if the input is left out.
    func number(_ index: Int, _ name: String) throws -> Float? {
        guard hasInput(index) else { return nil }
        return try floats(index, name, count: 1)[0]
    }

    func ints(_ index: Int, _ name: String) throws -> [Int]? {
        guard hasInput(index) else { return nil }
        guard let ints = try constant(index, name).ints else { throw ONNXFailure("\(name) are no whole numbers") }
        return ints
    }

    /// Axes, or other whole numbers, that were an attribute until `version` of the operators and are an input since.
    mutating func intsFrom(_ name: String, orInput index: Int, since version: Int) throws -> [Int]? {
        operatorSet < version ? try ints(name) : try ints(index, name)
    }
}
