import CKernels

/// A factor and a shift per channel: a normalization that is no part of another step.
struct ScaleShiftKernel: LayerKernel {
    /// Per sample.
    let rows: Int
    let channels: Int
    let relu: Bool
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        fm_scale_shift(
            b.inputs[0], b.parameters[0], b.parameters[1], pass.count * rows, channels, relu ? 1 : 0, b.output)
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) { preconditionFailure("plans run forwards") }
}
