/// The kernels that plans have steps for.

extension Im2ColConvolution: PlannedKernel {}

extension GroupedConvolution: PlannedKernel {}

extension DepthwiseKernel: PlannedKernel {
    var plannedOperation: PlanOperation {
        .depthwise(geometry, multiplier: multiplier, bias: usesBias, relu: relu)
    }
}

extension DenseKernel: PlannedKernel {
    var plannedOperation: PlanOperation {
        .dense(features: features, units: units, rows: rows, bias: usesBias, relu: relu)
    }
}

extension MaxPoolKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .maximumPool(geometry) }
}

extension AveragePoolKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .averagePool(geometry) }
}

extension GlobalMaxPoolKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .globalMaximum(pixels: pixels, channels: channels) }
}

extension ActivationKernel: PlannedKernel {}

extension AddKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .add(count: count, relu: relu) }
}

extension ConcatenateKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .concatenate(rows: rows, columns: columns) }
}

extension PReLUKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .prelu(rows: rows, columns: columns) }
}

extension ZeroPaddingKernel: PlannedKernel {
    var plannedOperation: PlanOperation {
        .zeroPadding(input: window.small, output: window.large, top: window.top, left: window.left)
    }
}

extension ResamplingKernel: PlannedKernel {
    var plannedOperation: PlanOperation {
        .resampling(
            input: [rows.size, columns.size, channels], output: [rows.resized, columns.resized, channels],
            interpolation)
    }
}

extension TransposeKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .transpose(input, order: order) }
}

extension MergeKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .merge(operation, inputs: inputShapes, output: outputShape) }
}

extension RescalingKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .scaleShift(rows: rows, channels: scale.count, relu: false) }

    func tensors(_ parameters: [UnsafeMutablePointer<Float>]) -> [[Float]] { [scale, offset] }
}

extension BatchNormalizationKernel: PlannedKernel {
    var plannedOperation: PlanOperation { .scaleShift(rows: rows, channels: channels, relu: relu) }

    func tensors(_ parameters: [UnsafeMutablePointer<Float>]) -> [[Float]] {
        let mean = parameters[parameters.count - 2], variance = parameters[parameters.count - 1]
        let gamma = hasFactor ? parameters[0] : nil, beta = hasShift ? parameters[hasFactor ? 1 : 0] : nil
        let factors = (0..<channels).map { (gamma?[$0] ?? 1) / (variance[$0] + epsilon).squareRoot() }
        return [factors, (0..<channels).map { (beta?[$0] ?? 0) - mean[$0] * factors[$0] }]
    }
}
