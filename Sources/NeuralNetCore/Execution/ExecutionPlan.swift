/// A model lowered to steps for one batch size, with every buffer placed: what an `Executor` runs.
struct ExecutionPlan: Sendable {
    struct Step: Sendable {
        var name: String
        var kernel: any LayerKernel
        /// Indices into `buffers`.
        var inputs: [Int]
        var output: Int
        /// Indices into the weights' entries.
        var parameters: Range<Int>
        var node: Int
        /// A BatchNormalization that is not trained: it keeps to its statistics while others train.
        var isFixed = false
        /// A BatchNormalization that became part of this step's kernel and bias.
        var folded: BatchNormalizationFolding?
    }

    struct Options: Sendable {
        var maximumBatch: Int
        var threads: Int
        var isTraining = false
        /// Per output, the last activation that its loss computes with itself: gradients arrive at its input. Empty for
        /// none.
        var absorbed: [Activation?] = []
        /// Whether gradients with respect to the model's inputs are computed.
        var computesInputGradients = false
        var convolution = ConvolutionAlgorithm.automatic
        var precision = Precision.float
        /// A node whose output is kept, with its gradient; nothing before it runs backwards.
        var watched: Int?
        /// The batch and the threads of which this is a lane; nil if it is none.
        var whole: (batch: Int, threads: Int)?
    }

    let options: Options
    var steps: [Step] = []
    /// Floats per sample of each activation buffer.
    private(set) var buffers: [Int] = []
    /// The buffer of each node's output.
    private(set) var nodeBuffers: [Int] = []
    /// The buffer of each output of the model: never one twice, so that each has a gradient of its own.
    private(set) var outputBuffers: [Int] = []
    /// Per output, the step of the activation that its loss includes, which does not run backwards.
    private(set) var absorbedSteps: [Int?] = []
    /// The first step that runs backwards.
    private(set) var firstBackwardStep = 0

    var watchedBuffer: Int? { options.watched.map { nodeBuffers[$0] } }

    init(model: Model, options: Options) throws {
        self.options = options
        for (index, node) in model.nodes.enumerated() {
            try lower(node, index, of: model)
        }
        for node in model.outputs { addOutput(node, model) }
        fuse(model)
        if let buffer = watchedBuffer { firstBackwardStep = (steps.firstIndex { $0.output == buffer } ?? -1) + 1 }
        absorbedSteps = outputBuffers.indices.map { index in
            guard index < options.absorbed.count, let function = options.absorbed[index] else { return nil }
            return steps.firstIndex {
                $0.output == outputBuffers[index] && ($0.kernel as? ActivationKernel)?.function == function
            }
        }
        for (index, function) in options.absorbed.enumerated() where function != nil && absorbedSteps[index] == nil {
            throw NeuralNetError.invalidGraph("output \(index) does not end in \(function!.identifier)")
        }
    }

    /// Where the gradient of output `index` arrives: the output, or what goes into its last activation.
    func lossBuffer(_ index: Int) -> Int { absorbedSteps[index].map { steps[$0].inputs[0] } ?? outputBuffers[index] }

    private mutating func lower(_ node: Model.Node, _ index: Int, of model: Model) throws {
        let sources = node.inputs.map { nodeBuffers[$0] }
        let size = node.outputShape.reduce(1, *)
        var context = KernelContext(
            inputShapes: node.inputShapes, outputShape: node.outputShape, maximumBatch: options.maximumBatch,
            threads: options.threads, isTraining: options.isTraining,
            convolution: options.convolution, precision: options.precision)
        context.whole = options.whole
        var lowered = try node.layer.makeSteps(context)
        guard !lowered.isEmpty else {
            nodeBuffers.append(node.inputs.isEmpty ? addBuffer(size) : sources[0])
            return
        }
        let activation = node.layer.activation, last = lowered.count - 1
        let chained = activation != .linear && !lowered[last].kernel.fuses(activation)
        if activation != .linear && !chained { lowered[last].kernel = lowered[last].kernel.fusing(activation) }
        var inputs = sources
        var output = 0
        for (place, step) in lowered.enumerated() {
            output = addBuffer(step.outputCount)
            let first = node.parameters.lowerBound
            steps.append(
                Step(
                    name: place == last ? node.layer.name : "\(node.layer.name)/\(place)", kernel: step.kernel,
                    inputs: inputs, output: output,
                    parameters: first + step.parameters.lowerBound..<first + step.parameters.upperBound, node: index))
            steps[steps.count - 1].isFixed = !node.isTrainable && step.kernel is any NormalizingKernel
            inputs = [output]
        }
        if chained {
            let input = output
            output = addBuffer(size)
            steps.append(
                Step(
                    name: node.layer.name + "/" + activation.identifier,
                    kernel: ActivationKernel(activation, shape: node.outputShape), inputs: [input], output: output,
                    parameters: 0..<0, node: index))
        }
        nodeBuffers.append(output)
    }

    /// Copies what another output already is: the same tensor, or one that only has another shape.
    private mutating func addOutput(_ node: Int, _ model: Model) {
        let source = nodeBuffers[node], shape = model.nodes[node].outputShape
        guard outputBuffers.contains(source) else {
            outputBuffers.append(source)
            return
        }
        let copy = addBuffer(shape.reduce(1, *))
        steps.append(
            Step(
                name: model.nodes[node].layer.name + "/copy", kernel: ActivationKernel(.linear, shape: shape),
                inputs: [source], output: copy, parameters: 0..<0, node: node))
        outputBuffers.append(copy)
    }

    private mutating func addBuffer(_ size: Int) -> Int {
        buffers.append(size)
        return buffers.count - 1
    }

    /// Whether each buffer gets a gradient: it does if something trainable comes before it, or if it is watched.
    func buffersNeedingGradient(_ model: Model) -> [Bool] {
        var needs = [Bool](repeating: false, count: buffers.count)
        if options.computesInputGradients {
            for input in model.inputs { needs[nodeBuffers[input]] = true }
        }
        if let watchedBuffer { needs[watchedBuffer] = true }
        for step in steps {
            let trainable = step.parameters.contains { model.weights.entries[$0].specification.isTrainable }
            needs[step.output] = needs[step.output] || trainable || step.inputs.contains { needs[$0] }
        }
        return needs
    }
}
