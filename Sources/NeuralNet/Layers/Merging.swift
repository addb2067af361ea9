import CKernels

/// The sum of two or more tensors of one shape. No parameters.
public struct Add: Layer {
    public static let className = "Add"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count >= 2, Set(inputs).count == 1 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "two or more tensors of one shape", received: inputs)
        }
        return inputs[0]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        AddKernel(count: context.outputShape.reduce(1, *))
    }

    public var config: [String: JSONValue] { [:] }
}

struct AddKernel: LayerKernel {
    let count: Int
    private(set) var relu = false

    init(count: Int) { self.count = count }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsOutput = relu
        return memory
    }

    func fuses(_ activation: Activation) -> Bool { activation == .relu && !relu }

    func fusing(_ activation: Activation) -> any LayerKernel {
        var copy = self
        copy.relu = activation == .relu
        return copy
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * count) { _, range in
            let y = b.output + range.lowerBound
            var sum = b.inputs[0] + range.lowerBound
            for input in 1..<b.inputs.count {
                let isLast = input == b.inputs.count - 1
                fm_sum(sum, b.inputs[input] + range.lowerBound, y, range.count, relu && isLast ? 1 : 0)
                sum = y
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * count) { _, range in
            let dy = b.outputGradient! + range.lowerBound
            for case let dx? in b.inputGradients {
                let target = dx + range.lowerBound
                if relu {
                    fm_relu_gradient(dy, b.output + range.lowerBound, target, range.count)
                } else {
                    target.update(from: dy, count: range.count)
                }
            }
        }
    }
}

/// The product of two or more tensors of one shape, element by element. No parameters.
public struct Multiply: Layer {
    public static let className = "Multiply"
    public var name: String

    public init(name: String = "") { self.name = name }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        guard inputs.count >= 2, Set(inputs).count == 1 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "two or more tensors of one shape", received: inputs)
        }
        return inputs[0]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        MultiplyKernel(count: context.outputShape.reduce(1, *))
    }

    public var config: [String: JSONValue] { [:] }
}

struct MultiplyKernel: LayerKernel {
    let count: Int

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * count) { _, range in
            let y = b.output + range.lowerBound
            y.update(from: b.inputs[0] + range.lowerBound, count: range.count)
            for input in 1..<b.inputs.count { fm_multiply(y, b.inputs[input] + range.lowerBound, range.count) }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * count) { _, range in
            for (input, gradient) in b.inputGradients.enumerated() {
                guard let gradient else { continue }
                let dx = gradient + range.lowerBound
                dx.update(from: b.outputGradient! + range.lowerBound, count: range.count)
                for other in b.inputs.indices where other != input {
                    fm_multiply(dx, b.inputs[other] + range.lowerBound, range.count)
                }
            }
        }
    }
}

/// Tensors put one after another along an axis; all other axes must agree. No parameters.
public struct Concatenate: Layer {
    public static let className = "Concatenate"
    public var name: String
    /// As in Keras: -1 is the last axis, the batch is axis 0.
    public var axis: Int

    public init(axis: Int = -1, name: String = "") {
        self.axis = axis
        self.name = name
    }

    private func place(_ rank: Int) -> Int { axis < 0 ? rank + axis : axis - 1 }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let rank = inputs.first?.count ?? 0, place = place(rank)
        try require(place >= 0 && place < rank, "axis", "an axis of the inputs other than the batch", axis)
        func others(_ shape: Shape) -> Shape {
            var shape = shape
            if place < shape.count { shape[place] = 0 }
            return shape
        }
        guard inputs.count >= 2, Set(inputs.map(others)).count == 1 else {
            throw NeuralNetError.incompatibleShape(
                layer: label, expected: "two or more tensors that differ in axis \(axis) only", received: inputs)
        }
        var shape = inputs[0]
        shape[place] = inputs.reduce(0) { $0 + $1[place] }
        return shape
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let place = place(context.outputShape.count)
        return ConcatenateKernel(
            rows: context.outputShape[..<place].reduce(1, *),
            columns: context.inputShapes.map { $0[place...].reduce(1, *) })
    }

    public var config: [String: JSONValue] { ["axis": .int(axis)] }
}

struct ConcatenateKernel: LayerKernel {
    /// Rows per sample, and what each input adds to a row.
    let rows: Int
    let columns: [Int]
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let width = columns.reduce(0, +)
        pass.threads.runRanges(pass.count * rows) { _, range in
            for row in range {
                var y = b.output + row * width
                for (input, count) in columns.enumerated() {
                    y.update(from: b.inputs[input] + row * count, count: count)
                    y += count
                }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let width = columns.reduce(0, +)
        pass.threads.runRanges(pass.count * rows) { _, range in
            for row in range {
                var dy = b.outputGradient! + row * width
                for (input, count) in columns.enumerated() {
                    if let dx = b.inputGradients[input] { (dx + row * count).update(from: dy, count: count) }
                    dy += count
                }
            }
        }
    }
}
