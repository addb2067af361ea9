import CKernels
import JSON

/// A vector of its own for each number: words, or whatever else is counted.
///
/// - Input: any shape of whole numbers from 0 below `inputDimension`; output: the same with `outputDimension` as a new
///   last axis. Other numbers give vectors that are not numbers.
/// - Parameter: `embeddings` `[inputDimension, outputDimension]`.
public struct Embedding: Layer {
    public static let className = "Embedding"
    public var name: String
    /// How many numbers there are vectors for.
    public var inputDimension: Int
    /// The length of each vector.
    public var outputDimension: Int
    /// The first values of the vectors.
    public var embeddingsInitializer: Initializer

    public init(
        _ inputDimension: Int, _ outputDimension: Int, embeddingsInitializer: Initializer = .randomUniform,
        name: String = ""
    ) {
        self.inputDimension = inputDimension
        self.outputDimension = outputDimension
        self.embeddingsInitializer = embeddingsInitializer
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        // Whole numbers beyond 2^24 are not all floats.
        try require((1...1 << 24).contains(inputDimension), "inputDimension", "in 1...16777216", inputDimension)
        try require(outputDimension > 0, "outputDimension", "positive", outputDimension)
        return try single(inputs) + [outputDimension]
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        [
            ParameterSpecification(
                name: "embeddings", shape: [inputDimension, outputDimension], initializer: embeddingsInitializer,
                fanIn: inputDimension, fanOut: outputDimension)
        ]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        EmbeddingKernel(
            words: inputDimension, length: outputDimension, places: context.inputShapes[0].reduce(1, *))
    }

    public var config: [String: JSONValue] {
        [
            "input_dim": .int(inputDimension), "output_dim": .int(outputDimension),
            "embeddings_initializer": KerasConfig.initializer(embeddingsInitializer), "embeddings_regularizer": nil,
            "activity_regularizer": nil, "embeddings_constraint": nil, "mask_zero": false,
        ]
    }
}

struct EmbeddingKernel: LayerKernel {
    let words: Int
    let length: Int
    /// Numbers per sample.
    let places: Int

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        return memory
    }

    /// The row of a number, cut as Keras cuts it; nil if there is none.
    private func row(_ number: Float) -> Int? { number > -1 && number < Float(words) ? Int(number) : nil }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * places) { _, range in
            for place in range {
                let y = b.output + place * length
                if let row = row(b.inputs[0][place]) {
                    y.update(from: b.parameters[0] + row * length, count: length)
                } else {
                    y.update(repeating: .nan, count: length)
                }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        b.inputGradients[0]?.update(repeating: 0, count: pass.count * places)
        guard let gradient = b.parameterGradient(0) else { return }
        if pass.overwritesGradients { memset(gradient, 0, words * length * MemoryLayout<Float>.stride) }
        // One thread after another would add to the same rows.
        for place in 0..<pass.count * places {
            if let row = row(b.inputs[0][place]) {
                fm_add(gradient + row * length, b.outputGradient! + place * length, length)
            }
        }
    }
}
