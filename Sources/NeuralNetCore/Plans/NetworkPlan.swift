/// A network lowered to steps for one sample at a time, with all that it needs to run: a value that can be written to a
/// file and run without the graph it came from. Normalizations are folded into the weights.
public struct NetworkPlan: Sendable {
    struct Step: Sendable, Equatable {
        var operation: PlanOperation
        /// Indices of buffers; the first are the plan's inputs, in order.
        var inputs: [Int]
        var output: Int
        /// Indices of `tensors`, one for each parameter.
        var parameters: [Int]
    }

    /// The shape of each input, `[height, width, channels]`.
    public internal(set) var inputShapes: [Shape]
    /// The shape of each output.
    public internal(set) var outputShapes: [Shape]
    var steps: [Step]
    /// Numbers per sample of each buffer.
    var buffers: [Int]
    /// The buffer of each output.
    var outputs: [Int]
    /// The weights, each in the order of `PlanOperation`'s cases.
    var tensors: [[Float]]
    /// What the outputs mean, in order; empty if nobody said.
    public var labels: [String] = []
    /// What softmax's input is divided by so that its probabilities come true: 1 changes nothing.
    public var temperature: Float = 1
    /// What else a program wants to know of the network, for itself.
    public var notes: [Note] = []

    /// A name with numbers.
    public struct Note: Sendable {
        /// What the numbers are.
        public var name: String
        /// As many as the name needs.
        public var numbers: [Float]

        public init(_ name: String, _ numbers: [Float]) {
            self.name = name
            self.numbers = numbers
        }
    }

    /// The numbers of a name. (By its bytes: comparing texts as Unicode does would need tables larger than the engine.)
    public func note(_ name: String) -> [Float]? {
        notes.first { $0.name.utf8.elementsEqual(name.utf8) }?.numbers
    }
}

/// What can be wrong with a plan. The description is one clear line.
public enum PlanError: Error, Equatable, Sendable {
    /// Not a plan, or one that was cut off or changed: at a place, for a reason.
    case invalid(String)
    /// Made by a newer program.
    case newerVersion(Int)
    /// A network with something that plans have no step for.
    case unsupported(layer: String, kernel: String)
}

extension PlanError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let reason): return "the plan is damaged: " + reason
        case .newerVersion(let version): return "the plan has version \(version), which only a newer program can read"
        case .unsupported(let layer, let kernel): return layer + ": a plan has no step for " + kernel
        }
    }
}

extension NetworkPlan {
    /// How many numbers its buffers and weights are.
    package var size: Int { buffers.reduce(0, +) + tensors.reduce(0) { $0 + $1.count } }

    /// Whether every step fits its buffers and weights: nothing that passes can read or write outside of them. Throws
    /// `PlanError.invalid`.
    func check() throws(PlanError) {
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(PlanError) {
            if !condition { throw .invalid(reason()) }
        }
        try require(
            !inputShapes.isEmpty && !outputs.isEmpty && outputs.count == outputShapes.count, "no input or output")
        try require(buffers.allSatisfy { $0 > 0 && $0 <= Shape.largestCount }, "a buffer's size")
        try require(
            buffers.reduce(Int64(0)) { $0 + Int64($1) } <= Int64(Shape.largestCount), "more numbers than fit")
        try require(inputShapes.count <= buffers.count, "fewer buffers than inputs")
        for (index, shape) in inputShapes.enumerated() {
            try require(shape.checkedCount == buffers[index], "the size of input \(index)")
        }
        var isWritten = [Bool](repeating: false, count: buffers.count)
        for index in inputShapes.indices { isWritten[index] = true }
        for (index, step) in steps.enumerated() {
            let place = "step \(index)"
            try require(step.operation.isPossible, place + ": impossible sizes")
            let counts = step.operation.inputCounts(step.inputs.count)
            try require(counts.count == step.inputs.count, place + ": its number of inputs")
            for (input, count) in zip(step.inputs, counts) {
                try require(buffers.indices.contains(input) && isWritten[input], place + ": an input that nobody wrote")
                try require(buffers[input] == count, place + ": the size of an input")
            }
            try require(
                buffers.indices.contains(step.output) && !isWritten[step.output]
                    && buffers[step.output] == step.operation.outputCount, place + ": its output")
            isWritten[step.output] = true
            let parameters = step.operation.parameterCounts
            try require(parameters.count == step.parameters.count, place + ": its number of parameters")
            for (tensor, count) in zip(step.parameters, parameters) {
                try require(
                    tensors.indices.contains(tensor) && tensors[tensor].count == count,
                    place + ": weights that are not there")
            }
        }
        for (output, shape) in zip(outputs, outputShapes) {
            try require(
                buffers.indices.contains(output) && isWritten[output] && shape.checkedCount == buffers[output],
                "an output")
        }
        try require(labels.isEmpty || labels.count == outputShapes[0].last, "the number of labels")
        try require(temperature > 0 && temperature < .infinity, "the temperature")
    }
}
