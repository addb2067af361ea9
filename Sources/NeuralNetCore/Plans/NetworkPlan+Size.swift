extension NetworkPlan {
    /// The same network for pictures of another height and width, with the same weights; nil if it is not one of
    /// convolutions, pools and the like alone, whose steps do not depend on the size.
    ///
    /// The zeros around images stay as many as they are: with strides above 1 the new size must leave the same rest.
    public func resized(height: Int, width: Int) -> NetworkPlan? {
        guard inputShapes.count == 1, inputShapes[0].count == 3, height > 0, width > 0 else { return nil }
        var plan = self
        // Of each buffer that is an image, its old and new shape.
        var shapes = [(old: Shape, new: Shape)?](repeating: nil, count: buffers.count)
        plan.inputShapes[0] = [height, width, inputShapes[0][2]]
        shapes[0] = (inputShapes[0], plan.inputShapes[0])
        for (index, step) in steps.enumerated() {
            var inputs: [(old: Shape, new: Shape)] = []
            for input in step.inputs {
                guard let shape = shapes[input] else { return nil }
                inputs.append(shape)
            }
            guard let (operation, shape) = step.operation.resized(inputs) else { return nil }
            plan.steps[index].operation = operation
            shapes[step.output] = shape
        }
        for (index, shape) in shapes.enumerated() {
            guard let shape, let count = shape.new.checkedCount, count > 0 else { return nil }
            plan.buffers[index] = count
        }
        for (index, output) in outputs.enumerated() {
            guard let shape = shapes[output], shape.old == outputShapes[index] else { return nil }
            plan.outputShapes[index] = shape.new
        }
        do throws(PlanError) { try plan.check() } catch { return nil }
        return plan
    }
}

extension ConvolutionGeometry {
    /// The same window over an image of another size.
    fileprivate func resized(height: Int, width: Int) -> ConvolutionGeometry {
        var copy = self
        copy.height = height
        copy.width = width
        copy.outputHeight =
            (height + padTop + padBottom - (kernelHeight - 1) * dilationHeight - 1) / strideHeight + 1
        copy.outputWidth = (width + padLeft + padRight - (kernelWidth - 1) * dilationWidth - 1) / strideWidth + 1
        return copy
    }
}

extension PlanOperation {
    /// The operation for inputs of other sizes, and its output's old and new shape; nil if it depends on the size.
    fileprivate func resized(
        _ inputs: [(old: Shape, new: Shape)]
    ) -> (operation: PlanOperation, shape: (old: Shape, new: Shape))? {
        guard let first = inputs.first else { return nil }
        let height = first.new[0], width = first.new[1]
        func window(_ g: ConvolutionGeometry, _ filters: Int) -> (ConvolutionGeometry, (old: Shape, new: Shape))? {
            guard first.old == [g.height, g.width, g.channels] else { return nil }
            let new = g.resized(height: height, width: width)
            return (
                new, ([g.outputHeight, g.outputWidth, filters], [new.outputHeight, new.outputWidth, filters])
            )
        }
        let pixels = first.old[0] * first.old[1], newPixels = height * width
        switch self {
        case .convolution(let g, let filters, let groups, let bias, let relu):
            guard let (new, shape) = window(g, filters) else { return nil }
            return (.convolution(new, filters: filters, groups: groups, bias: bias, relu: relu), shape)
        case .depthwise(let g, let multiplier, let bias, let relu):
            guard let (new, shape) = window(g, g.channels * multiplier) else { return nil }
            return (.depthwise(new, multiplier: multiplier, bias: bias, relu: relu), shape)
        case .maximumPool(let g):
            guard let (new, shape) = window(g, g.channels) else { return nil }
            return (.maximumPool(new), shape)
        case .averagePool(let g):
            guard let (new, shape) = window(g, g.channels), g.outputPixels > 1 else { return nil }
            return (.averagePool(new), shape)
        case .scaleShift(let rows, let channels, let relu):
            guard rows == pixels else { return nil }
            return (.scaleShift(rows: newPixels, channels: channels, relu: relu), first)
        case .prelu(let rows, let columns):
            guard rows == pixels else { return nil }
            return (.prelu(rows: newPixels, columns: columns), first)
        case .activation(let function, let rows, let columns):
            guard rows == pixels else { return nil }
            return (.activation(function, rows: newPixels, columns: columns), first)
        case .add(_, let relu): return (.add(count: newPixels * first.new[2], relu: relu), first)
        case .concatenate(let rows, let columns):
            guard rows == pixels else { return nil }
            let channels = columns.reduce(0, +)
            return (
                .concatenate(rows: newPixels, columns: columns),
                ([first.old[0], first.old[1], channels], [height, width, channels])
            )
        case .resampling(let input, let output, let interpolation):
            guard input == first.old, output[0] % input[0] == 0, output[1] % input[1] == 0 else { return nil }
            let new = [height * (output[0] / input[0]), width * (output[1] / input[1]), input[2]]
            return (.resampling(input: first.new, output: new, interpolation), (output, new))
        case .dense, .globalMaximum, .merge, .zeroPadding, .transpose: return nil
        }
    }
}
