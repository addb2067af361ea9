import CKernels

/// Convolution whose channels and filters are divided into groups that do not see each other: a small convolution as a
/// matrix product for each group. The channels of a group are first put together.
struct GroupedConvolution: LayerKernel {
    private let geometry: ConvolutionGeometry
    /// Of the channels of one group.
    private let part: ConvolutionGeometry
    private let groups: Int
    private let filters: Int
    var usesBias: Bool
    private let threads: Int
    private let isTraining: Bool

    init(geometry: ConvolutionGeometry, groups: Int, filters: Int, usesBias: Bool, context: KernelContext) {
        self.geometry = geometry
        var part = geometry
        part.channels = geometry.channels / groups
        self.part = part
        self.groups = groups
        self.filters = filters
        self.usesBias = usesBias
        threads = context.threads
        isTraining = context.isTraining
    }

    var plannedOperation: PlanOperation {
        groups == geometry.channels
            ? .depthwise(geometry, multiplier: filters / groups, bias: usesBias, relu: false)
            : .convolution(geometry, filters: filters, groups: groups, bias: usesBias, relu: false)
    }

    private var groupFilters: Int { filters / groups }
    private var rowLength: Int { part.taps * part.channels }
    private var kernelCount: Int { rowLength * filters }
    private var outputCount: Int { geometry.outputPixels * filters }
    private var columnCount: Int { part.outputPixels * rowLength }
    private var scratchPerThread: Int {
        part.inputCount + columnCount + (isTraining ? kernelCount + filters : 0)
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.scratch = threads * scratchPerThread
        return memory
    }

    /// The matrix of a group's windows, `[outputPixels, taps * channels]`, behind the group's image in `scratch`.
    private func windows(
        _ image: UnsafeMutablePointer<Float>, _ group: Int, _ scratch: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        let source = image + group * part.channels
        for pixel in 0..<geometry.height * geometry.width {
            (scratch + pixel * part.channels).update(from: source + pixel * geometry.channels, count: part.channels)
        }
        let matrix = scratch + part.inputCount
        part.writeWindows(of: scratch, to: matrix)
        return matrix
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count * groups) { thread, index in
            let image = index / groups, first = index % groups * groupFilters
            let matrix = windows(
                b.inputs[0] + image * geometry.inputCount, index % groups, b.scratch + thread * scratchPerThread)
            let y = b.output + image * outputCount + first
            BLAS.gemm(
                false, false, geometry.outputPixels, groupFilters, rowLength, matrix, rowLength,
                b.parameters[0] + first, filters, 0, y, filters)
            guard usesBias else { return }
            for pixel in 0..<geometry.outputPixels {
                fm_add_bias(y + pixel * filters, b.parameters[1] + first, 1, groupFilters, 0)
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let kernel = b.parameterGradient(0), bias = b.parameterGradient(1)
        pass.threads.run { thread in
            let scratch = b.scratch + thread * scratchPerThread
            let sums = scratch + part.inputCount + columnCount
            memset(sums, 0, (kernelCount + filters) * MemoryLayout<Float>.stride)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                let x = b.inputs[0] + image * geometry.inputCount, dy = b.outputGradient! + image * outputCount
                if bias != nil { fm_add_column_sums(dy, geometry.outputPixels, filters, sums + kernelCount) }
                for group in 0..<groups {
                    let first = group * groupFilters
                    if kernel != nil {
                        BLAS.gemm(
                            true, false, rowLength, groupFilters, geometry.outputPixels, windows(x, group, scratch),
                            rowLength, dy + first, filters, 1, sums + first, filters)
                    }
                    guard let gradient = b.inputGradients[0] else { continue }
                    let matrix = scratch + part.inputCount
                    BLAS.gemm(
                        false, true, geometry.outputPixels, rowLength, groupFilters, dy + first, filters,
                        b.parameters[0] + first, filters, 0, matrix, rowLength)
                    part.addWindows(matrix, to: scratch)
                    let dx = gradient + image * geometry.inputCount + group * part.channels
                    for pixel in 0..<geometry.height * geometry.width {
                        (dx + pixel * geometry.channels).update(
                            from: scratch + pixel * part.channels, count: part.channels)
                    }
                }
            }
        }
        let sums = b.scratch + part.inputCount + columnCount
        ThreadSums.reduce(
            sums, stride: scratchPerThread, threads: threads, into: kernel, count: kernelCount,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            sums + kernelCount, stride: scratchPerThread, threads: threads, into: bias, count: filters,
            overwrite: pass.overwritesGradients)
    }
}
