import NeuralNetCore

/// Where in a picture a network sees a class: Grad-CAM.
///
/// The channels of an inner layer are added up, each with the mean slope of the class's score (before the softmax) with
/// respect to it; what speaks against the class is cut off: `relu(sum over k of alpha_k A_k)`. Dropout is off, batch
/// statistics are fixed. For one thread at a time.
///
/// Source: R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks", ICCV 2017, equations 1 and 2.
public final class GradCAM {
    /// How much each part of the picture speaks for the class.
    public struct Map: Sendable, Equatable {
        /// Rows: the height of the layer's output, not of the picture.
        public let height: Int
        /// Values per row.
        public let width: Int
        /// Row by row, not negative, in no particular unit.
        public let values: [Float]
    }

    /// The network that is looked into.
    public let model: Model
    /// The node whose output is looked at.
    public let node: Int
    private let executor: Executor

    /// Looks at the layer of that name, by default at `standardNode`. Throws `NeuralNetError` if there is no such layer,
    /// or if its output is no picture.
    public init(_ model: Model, layer: String? = nil, threads: ThreadPool) throws {
        guard model.inputs.count == 1, model.outputs.count == 1, model.outputShapes[0].count == 1 else {
            throw NeuralNetError.invalidGraph("Grad-CAM needs one input and one vector of classes")
        }
        if let layer {
            guard let found = model.node(named: layer) else {
                throw NeuralNetError.invalidGraph("there is no layer '\(layer)'")
            }
            node = found
        } else {
            guard let found = GradCAM.standardNode(of: model) else {
                throw NeuralNetError.invalidGraph("Grad-CAM needs a layer that keeps the places of the picture")
            }
            node = found
        }
        guard model.nodes[node].outputShape.count == 3, !model.inputs.contains(node) else {
            throw NeuralNetError.invalidGraph(
                "the output of layer '\(model.nodes[node].layer.name)' is no picture: \(model.nodes[node].outputShape)")
        }
        self.model = model
        executor = try Executor(
            model, maximumBatch: 1, threads: threads, isTraining: true,
            losses: [CategoricalCrossentropy()], watching: node)
        guard executor.watched != nil else {
            throw NeuralNetError.invalidGraph("the output does not depend on layer '\(model.nodes[node].layer.name)'")
        }
    }

    /// The last layer that still tells at least 5 x 5 places apart; the last with places at all in networks without such.
    /// Later layers know more about the class, earlier ones more about the place.
    public static func standardNode(of model: Model) -> Int? {
        func last(_ size: Int) -> Int? {
            model.nodes.indices.last {
                let shape = model.nodes[$0].outputShape
                return !model.nodes[$0].inputs.isEmpty && shape.count == 3 && shape[0] >= size && shape[1] >= size
            }
        }
        return last(5) ?? last(1)
    }

    /// The model's output for a picture, and the map of a class; of the most probable one by default. Throws
    /// `NeuralNetError.incompatibleData` for a picture of another size and for a class that the model lacks.
    public func map(_ input: [Float], class label: Int? = nil) throws -> (output: [Float], label: Int, map: Map) {
        let classes = model.outputShapes[0][0], inputCount = model.inputShapes[0].reduce(1, *)
        guard input.count == inputCount else {
            throw NeuralNetError.incompatibleData(expected: "\(inputCount) values", received: "\(input.count)")
        }
        if let label, !(0..<classes).contains(label) {
            throw NeuralNetError.incompatibleData(expected: "a class in 0..<\(classes)", received: "\(label)")
        }
        executor.input().update(from: input, count: input.count)
        executor.forward(count: 1, isTraining: false)
        let output = Array(UnsafeBufferPointer(start: executor.output(), count: classes))
        let label = label ?? output.indices.reduce(0) { output[$1] > output[$0] ? $1 : $0 }
        let gradient = executor.outputGradient()
        gradient.update(repeating: 0, count: classes)
        gradient[label] = 1
        executor.backward()
        return (output, label, weightedSum())
    }

    private func weightedSum() -> Map {
        let shape = model.nodes[node].outputShape, places = shape[0] * shape[1], channels = shape[2]
        guard let watched = executor.watched else { preconditionFailure("the executor watches no node") }
        var slopes = [Float](repeating: 0, count: channels)
        for place in 0..<places {
            for channel in 0..<channels { slopes[channel] += watched.gradient[place * channels + channel] }
        }
        let values = (0..<places).map { place -> Float in
            var sum: Float = 0
            for channel in 0..<channels { sum += slopes[channel] * watched.activation[place * channels + channel] }
            return max(0, sum / Float(places))
        }
        return Map(height: shape[0], width: shape[1], values: values)
    }
}
