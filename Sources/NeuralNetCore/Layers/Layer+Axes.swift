/// Layers that work along axes of the caller's choice: their kernels work along the last ones.
extension Layer {
    /// The places in a sample's shape of axes that count from the batch, or backwards from the last, in order. Throws
    /// when one does not exist, is the batch or is there twice.
    func places(of axes: [Int], in shape: Shape, field: String = "axis") throws -> [Int] {
        let places = axes.map { $0 < 0 ? shape.count + $0 : $0 - 1 }.sorted()
        try require(
            !axes.isEmpty && places.allSatisfy(shape.indices.contains) && Set(places).count == places.count, field,
            "axes of the input \(shape) other than the batch", axes.count == 1 ? "\(axes[0])" : "\(axes)")
        return places
    }

    /// The kernel that `make` gives for the input with the axes at `places` behind all others; the axes are moved
    /// there and back where they are not there already.
    func steps(
        along places: [Int], _ context: KernelContext, _ make: (KernelContext) throws -> any LayerKernel
    ) throws -> [LayerStep] {
        let input = context.inputShapes[0]
        let order = input.indices.filter { !places.contains($0) } + places
        var inner = context
        inner.inputShapes = [order.map { input[$0] }]
        inner.outputShape = inner.inputShapes[0]
        let count = input.reduce(1, *), parameters = self.parameters(context.inputShapes).count
        let step = LayerStep(kernel: try make(inner), outputCount: count, parameters: 0..<parameters)
        if order == Array(input.indices) { return [step] }
        let back = input.indices.map { order.firstIndex(of: $0)! }
        return [
            LayerStep(kernel: TransposeKernel(input, order: order), outputCount: count, parameters: 0..<0), step,
            LayerStep(
                kernel: TransposeKernel(inner.outputShape, order: back), outputCount: count, parameters: 0..<0),
        ]
    }
}
