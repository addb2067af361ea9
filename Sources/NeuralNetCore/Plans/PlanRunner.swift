/// One step of a plan where it runs: a kernel and its memory. A class for each kind of kernel rather than a value of any
/// kind, which WebAssembly's Swift does not have.
class PlanRunner {
    let memory: KernelMemory

    init(_ memory: KernelMemory) { self.memory = memory }

    func bind(_ buffers: LayerBuffers) {}
    func forward(_ pass: Pass) {}
    /// The same with a maximum pool behind it, where one kernel can do both.
    func fusing(_ pool: ConvolutionGeometry) -> PlanRunner? { nil }
}

class KernelRunner<Kernel: LayerKernel>: PlanRunner {
    fileprivate let kernel: Kernel
    private var buffers: LayerBuffers?

    init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init(kernel.memory)
    }

    override func bind(_ buffers: LayerBuffers) { self.buffers = buffers }

    override func forward(_ pass: Pass) {
        if let buffers { kernel.forward(buffers, pass) }
    }
}

/// Multiplies four by four places at once, and can pool them while it has them.
private final class WinogradRunner: KernelRunner<WinogradConvolution> {
    override func fusing(_ pool: ConvolutionGeometry) -> PlanRunner? {
        kernel.fusing(pool: pool).map { WinogradRunner($0) }
    }
}

extension PlanOperation {
    func makeRunner(_ context: KernelContext) -> PlanRunner {
        switch self {
        case .convolution(let geometry, let filters, let groups, let bias, let relu):
            return convolution(geometry, filters, groups, bias, relu, context)
        case .depthwise(let geometry, let multiplier, let bias, let relu):
            return KernelRunner(
                DepthwiseKernel(
                    geometry: geometry, multiplier: multiplier, usesBias: bias, threads: context.threads,
                    isTraining: false, relu: relu))
        case .dense(let features, let units, let rows, let bias, let relu):
            var kernel = DenseKernel(
                features: features, units: units, rows: rows, usesBias: bias, maximumRows: rows * context.maximumBatch,
                isTraining: false, isHalf: false)
            kernel.relu = relu
            return KernelRunner(kernel)
        case .scaleShift(let rows, let channels, let relu):
            return KernelRunner(ScaleShiftKernel(rows: rows, channels: channels, relu: relu))
        case .prelu(let rows, let columns):
            return KernelRunner(PReLUKernel(rows: rows, columns: columns, threads: context.threads, isTraining: false))
        case .maximumPool(let geometry):
            return KernelRunner(
                MaxPoolKernel(geometry: geometry, maximumBatch: context.maximumBatch, isTraining: false))
        case .averagePool(let geometry): return KernelRunner(AveragePoolKernel(geometry: geometry))
        case .globalMaximum(let pixels, let channels):
            return KernelRunner(
                GlobalMaxPoolKernel(
                    pixels: pixels, channels: channels, maximumBatch: context.maximumBatch, isTraining: false))
        case .activation(let function, let rows, let columns):
            return KernelRunner(ActivationKernel(function, shape: [rows, columns]))
        case .add(let count, let relu):
            var kernel = AddKernel(count: count)
            kernel.relu = relu
            return KernelRunner(kernel)
        case .merge(let operation, let inputs, let output):
            var context = context
            context.inputShapes = inputs
            context.outputShape = output
            return KernelRunner(MergeKernel(operation, context))
        case .concatenate(let rows, let columns): return KernelRunner(ConcatenateKernel(rows: rows, columns: columns))
        case .zeroPadding(let input, let output, let top, let left):
            return KernelRunner(
                ZeroPaddingKernel(window: ImageWindow(large: output, small: input, top: top, left: left)))
        case .resampling(let input, let output, let interpolation):
            return KernelRunner(ResamplingKernel(input: input, output: output, interpolation))
        case .transpose(let shape, let order): return KernelRunner(TransposeKernel(shape, order: order))
        }
    }

    private func convolution(
        _ geometry: ConvolutionGeometry, _ filters: Int, _ groups: Int, _ bias: Bool, _ relu: Bool,
        _ context: KernelContext
    ) -> PlanRunner {
        func rectified<Kernel: LinearKernel>(_ kernel: Kernel) -> Kernel {
            var kernel = kernel
            kernel.relu = relu
            return kernel
        }
        if groups > 1 {
            return KernelRunner(
                GroupedConvolution(
                    geometry: geometry, groups: groups, filters: filters, usesBias: bias, context: context))
        }
        switch ConvolutionTable.current.method(geometry, filters: filters, context: context) {
        case .direct:
            return KernelRunner(
                rectified(DirectConvolution(geometry: geometry, filters: filters, usesBias: bias, context: context)))
        case .matrices:
            return KernelRunner(
                rectified(Im2ColConvolution(geometry: geometry, filters: filters, usesBias: bias, context: context)))
        case .batched:
            return KernelRunner(
                rectified(
                    BatchedConvolution(geometry: geometry, filters: filters, usesBias: bias, context: context)))
        case let winograd:
            return WinogradRunner(
                rectified(
                    WinogradConvolution(
                        geometry: geometry, filters: filters, usesBias: bias, tile: winograd.tile ?? 4,
                        context: context)))
        }
    }
}
