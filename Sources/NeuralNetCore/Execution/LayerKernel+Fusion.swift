/// How kernels are joined when a plan is made.

extension LayerKernel {
    public func fuses(_ activation: Activation) -> Bool { false }
    public func fusing(_ activation: Activation) -> any LayerKernel { self }
    public func fusing(next kernel: any LayerKernel) -> (any LayerKernel)? { nil }
    public func addingBias() -> (any LayerKernel)? { nil }
}

extension RectifyingKernel {
    func fuses(_ activation: Activation) -> Bool { activation == .relu }

    func fusing(_ activation: Activation) -> any LayerKernel {
        var copy = self
        copy.relu = activation == .relu
        return copy
    }
}

extension LinearKernel {
    func addingBias() -> (any LayerKernel)? {
        guard !relu else { return nil }
        var copy = self
        copy.usesBias = true
        return copy
    }
}

extension WinogradConvolution {
    func fusing(next kernel: any LayerKernel) -> (any LayerKernel)? {
        (kernel as? MaxPoolKernel).flatMap { fusing(pool: $0.geometry) }
            ?? (kernel as? PReLUKernel).flatMap { fusing(slopes: $0) }
    }
}

extension GroupedConvolution {
    func addingBias() -> (any LayerKernel)? {
        var copy = self
        copy.usesBias = true
        return copy
    }
}
