extension ConvolutionGeometry {
    fileprivate func write(to writer: inout PlanWriter) {
        for number in [
            height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight,
            dilationWidth,
            outputHeight, outputWidth, padTop, padLeft, padBottom, padRight,
        ] { writer.write(number) }
    }

    fileprivate init(from reader: inout PlanReader) throws(PlanError) {
        height = try reader.number()
        width = try reader.number()
        channels = try reader.number()
        kernelHeight = try reader.number()
        kernelWidth = try reader.number()
        strideHeight = try reader.number()
        strideWidth = try reader.number()
        dilationHeight = try reader.number()
        dilationWidth = try reader.number()
        outputHeight = try reader.number()
        outputWidth = try reader.number()
        padTop = try reader.number()
        padLeft = try reader.number()
        padBottom = try reader.number()
        padRight = try reader.number()
    }
}

/// The numbers by which files know the operations: never to be changed or used again.
extension PlanOperation {
    func write(to writer: inout PlanWriter) {
        switch self {
        case .convolution(let geometry, let filters, let groups, let bias, let relu):
            writer.write(byte: 1)
            geometry.write(to: &writer)
            writer.write(filters)
            writer.write(groups)
            writer.write(bias)
            writer.write(relu)
        case .depthwise(let geometry, let multiplier, let bias, let relu):
            writer.write(byte: 2)
            geometry.write(to: &writer)
            writer.write(multiplier)
            writer.write(bias)
            writer.write(relu)
        case .dense(let features, let units, let rows, let bias, let relu):
            writer.write(byte: 3)
            writer.write(features)
            writer.write(units)
            writer.write(rows)
            writer.write(bias)
            writer.write(relu)
        case .scaleShift(let rows, let channels, let relu):
            writer.write(byte: 4)
            writer.write(rows)
            writer.write(channels)
            writer.write(relu)
        case .prelu(let rows, let columns):
            writer.write(byte: 5)
            writer.write(rows)
            writer.write(columns)
        case .maximumPool(let geometry):
            writer.write(byte: 6)
            geometry.write(to: &writer)
        case .averagePool(let geometry):
            writer.write(byte: 7)
            geometry.write(to: &writer)
        case .globalMaximum(let pixels, let channels):
            writer.write(byte: 8)
            writer.write(pixels)
            writer.write(channels)
        case .activation(let function, let rows, let columns):
            writer.write(byte: 9)
            function.write(to: &writer)
            writer.write(rows)
            writer.write(columns)
        case .add(let count, let relu):
            writer.write(byte: 10)
            writer.write(count)
            writer.write(relu)
        case .merge(let operation, let inputs, let output):
            writer.write(byte: 11)
            writer.write(byte: operation.planNumber)
            writer.write(inputs.count)
            for shape in inputs { writer.write(shape) }
            writer.write(output)
        case .concatenate(let rows, let columns):
            writer.write(byte: 12)
            writer.write(rows)
            writer.write(columns)
        case .zeroPadding(let input, let output, let top, let left):
            writer.write(byte: 13)
            writer.write(input)
            writer.write(output)
            writer.write(top)
            writer.write(left)
        case .resampling(let input, let output, let interpolation):
            writer.write(byte: 14)
            writer.write(input)
            writer.write(output)
            writer.write(byte: interpolation.planNumber)
        case .transpose(let shape, let order):
            writer.write(byte: 15)
            writer.write(shape)
            writer.write(order)
        }
    }

    init(from reader: inout PlanReader) throws(PlanError) {
        let kind = try reader.byte()
        switch kind {
        case 1:
            let geometry = try ConvolutionGeometry(from: &reader)
            let filters = try reader.number(), groups = try reader.number(), bias = try reader.flag()
            self = .convolution(geometry, filters: filters, groups: groups, bias: bias, relu: try reader.flag())
        case 2:
            let geometry = try ConvolutionGeometry(from: &reader), multiplier = try reader.number()
            let bias = try reader.flag()
            self = .depthwise(geometry, multiplier: multiplier, bias: bias, relu: try reader.flag())
        case 3:
            let features = try reader.number(), units = try reader.number(), rows = try reader.number()
            let bias = try reader.flag()
            self = .dense(features: features, units: units, rows: rows, bias: bias, relu: try reader.flag())
        case 4:
            let rows = try reader.number(), channels = try reader.number()
            self = .scaleShift(rows: rows, channels: channels, relu: try reader.flag())
        case 5:
            let rows = try reader.number()
            self = .prelu(rows: rows, columns: try reader.number())
        case 6: self = .maximumPool(try ConvolutionGeometry(from: &reader))
        case 7: self = .averagePool(try ConvolutionGeometry(from: &reader))
        case 8:
            let pixels = try reader.number()
            self = .globalMaximum(pixels: pixels, channels: try reader.number())
        case 9:
            let function = try Activation(from: &reader), rows = try reader.number()
            self = .activation(function, rows: rows, columns: try reader.number())
        case 10:
            let count = try reader.number()
            self = .add(count: count, relu: try reader.flag())
        case 11:
            guard let operation = MergeKernel.Operation(planNumber: try reader.byte()) else {
                throw .invalid("an unknown way to join tensors")
            }
            var inputs: [Shape] = []
            for _ in 0..<(try reader.count()) { inputs.append(try reader.numbers()) }
            self = .merge(operation, inputs: inputs, output: try reader.numbers())
        case 12:
            let rows = try reader.number()
            self = .concatenate(rows: rows, columns: try reader.numbers())
        case 13:
            let input = try reader.numbers(), output = try reader.numbers(), top = try reader.number()
            self = .zeroPadding(input: input, output: output, top: top, left: try reader.number())
        case 14:
            let input = try reader.numbers(), output = try reader.numbers()
            guard let interpolation = Interpolation(planNumber: try reader.byte()) else {
                throw .invalid("an unknown way to resize")
            }
            self = .resampling(input: input, output: output, interpolation)
        case 15:
            let shape = try reader.numbers()
            self = .transpose(shape, order: try reader.numbers())
        default: throw .invalid("an unknown kind of step, " + String(kind))
        }
    }

    /// The last axis of its first parameter: its output channels.
    var parameterColumns: Int {
        switch self {
        case .convolution(_, let filters, _, _, _): return filters
        case .depthwise(let geometry, let multiplier, _, _): return geometry.channels * multiplier
        case .dense(_, let units, _, _, _): return units
        default: return 0
        }
    }

    /// How many places of an image the weights of its first parameter are for, which is their first axis.
    var parameterTaps: Int {
        switch self {
        case .convolution(let geometry, _, _, _, _), .depthwise(let geometry, _, _, _): return geometry.taps
        default: return 1
        }
    }
}
