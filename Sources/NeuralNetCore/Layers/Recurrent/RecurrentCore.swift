import JSON

/// What LSTM, GRU and SimpleRNN have in common: their settings, and what follows from them.
package struct RecurrentCore: Sendable {
    var cell: RecurrentCell
    var units: Int
    package var function: Activation
    package var recurrentFunction: Activation
    var usesBias: Bool
    var returnsSequences: Bool
    var goesBackwards: Bool
    var dropout: Float
    var kernelInitializer: Initializer
    var recurrentInitializer: Initializer
    var startsRemembering = true

    func outputShape(_ inputs: [Shape], of layer: some Layer) throws -> Shape {
        let shape = try layer.single(inputs)
        try layer.require(units > 0, "units", "positive", units)
        try layer.require(dropout >= 0 && dropout < 1, "dropout", "in 0 ..< 1", dropout)
        for (field, function) in [("activation", function), ("recurrentActivation", recurrentFunction)] {
            try layer.require(
                !function.needsInput, field, "one whose slope follows from its value", function.identifier)
        }
        guard shape.count == 2, shape[0] > 0 else {
            throw NeuralNetError.incompatibleShape(
                layer: layer.label, expected: "[steps, features]", received: inputs)
        }
        return returnsSequences ? [shape[0], units] : [units]
    }

    /// `prefix` tells two directions apart.
    func parameters(_ input: Shape, prefix: String = "") -> [ParameterSpecification] {
        let features = input[1], width = cell.gates * units
        var result = [
            ParameterSpecification(
                name: prefix + "kernel", shape: [features, width], initializer: kernelInitializer, fanIn: features,
                fanOut: width),
            ParameterSpecification(
                name: prefix + "recurrent_kernel", shape: [units, width], initializer: recurrentInitializer,
                fanIn: units, fanOut: width),
        ]
        if usesBias {
            var bias = ParameterSpecification(
                name: prefix + "bias", shape: cell.biasRows == 2 ? [2, width] : [width], initializer: .zeros)
            if case .lstm = cell, startsRemembering {
                // R. Jozefowicz et al., "An Empirical Exploration of Recurrent Network Architectures", 2015.
                bias.firstValues = (0..<width).map { units..<2 * units ~= $0 ? 1 : 0 }
            }
            result.append(bias)
        }
        return result
    }

    /// `directions`: whether each goes backwards.
    func steps(_ context: KernelContext, directions: [Bool], keepsOrder: Bool) -> [LayerStep] {
        let input = context.inputShapes[0]
        let kernel = RecurrentKernel(
            cell: cell, steps: input[0], features: input[1], units: units, activation: function,
            recurrentActivation: recurrentFunction, usesBias: usesBias, directions: directions,
            returnsSequences: returnsSequences, keepsOrder: keepsOrder, maximumBatch: context.maximumBatch,
            threads: context.threads, isTraining: context.isTraining)
        let step = LayerStep(
            kernel: kernel, outputCount: kernel.outputCount,
            parameters: 0..<directions.count * kernel.parametersPerDirection)
        guard dropout > 0, context.isTraining else { return [step] }
        // The same features fall at every step. Y. Gal, Z. Ghahramani, 2016.
        let drop = SharedDropoutKernel(rate: dropout, mask: [1, input[1]], shape: input, threads: context.threads)
        return [LayerStep(kernel: drop, outputCount: input.reduce(1, *), parameters: 0..<0), step]
    }

    var config: [String: JSONValue] {
        var config: [String: JSONValue] = [
            "units": .int(units), "activation": KerasConfig.activation(function), "use_bias": .bool(usesBias),
            "kernel_initializer": KerasConfig.initializer(kernelInitializer),
            "recurrent_initializer": KerasConfig.initializer(recurrentInitializer),
            "bias_initializer": KerasConfig.initializer(.zeros), "kernel_regularizer": nil,
            "recurrent_regularizer": nil, "bias_regularizer": nil, "activity_regularizer": nil,
            "kernel_constraint": nil, "recurrent_constraint": nil, "bias_constraint": nil,
            "dropout": .double(Double(dropout)), "recurrent_dropout": 0.0, "seed": nil,
            "return_sequences": .bool(returnsSequences), "return_state": false, "go_backwards": .bool(goesBackwards),
            "stateful": false, "unroll": false, "zero_output_for_mask": false,
        ]
        switch cell {
        case .simple: break
        case .lstm: config["unit_forget_bias"] = .bool(startsRemembering)
        case .gru(let resetAfter): config["reset_after"] = .bool(resetAfter)
        }
        if cell.gates > 1 { config["recurrent_activation"] = KerasConfig.activation(recurrentFunction) }
        return config
    }
}

/// A layer whose output at each step depends on that at the step before.
package protocol RecurrentLayer: Layer {
    var core: RecurrentCore { get }
}
