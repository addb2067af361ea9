import CKernels

/// The largest value of each window; remembers its place in the window.
struct MaxPoolKernel: LayerKernel {
    let geometry: ConvolutionGeometry
    let maximumBatch: Int
    let isTraining: Bool

    private var outputCount: Int { geometry.outputPixels * geometry.channels }

    var memory: KernelMemory {
        var memory = KernelMemory()
        if isTraining { memory.state = (outputCount * maximumBatch + 3) / 4 }
        return memory
    }

    private func places(_ b: LayerBuffers) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(b.state).assumingMemoryBound(to: UInt8.self)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let g = geometry
        pass.runRows(g.outputHeight, operations: Double(g.taps) * Double(outputCount / 4)) { _, image, rows in
            fm_max_pool(
                b.inputs[0] + image * g.inputCount, Int32(g.height), Int32(g.width), Int32(g.channels),
                Int32(g.kernelHeight), Int32(g.kernelWidth), Int32(g.strideHeight), Int32(g.strideWidth),
                Int32(g.padTop), Int32(g.padLeft), Int32(rows.lowerBound), Int32(rows.upperBound),
                Int32(g.outputWidth), b.output + image * outputCount, isTraining ? places(b) + image * outputCount : nil
            )
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let dx = b.inputGradients[0] else { return }
        let g = geometry
        pass.threads.runEach(pass.count) { _, image in
            fm_max_pool_gradient(
                b.outputGradient! + image * outputCount, places(b) + image * outputCount, Int32(g.height),
                Int32(g.width), Int32(g.channels), Int32(g.kernelWidth), Int32(g.strideHeight),
                Int32(g.strideWidth), Int32(g.padTop), Int32(g.padLeft), Int32(g.outputHeight),
                Int32(g.outputWidth), dx + image * g.inputCount)
        }
    }
}

/// Remembers a whole pixel number, where a pool's window has at most 256 places.
struct GlobalMaxPoolKernel: LayerKernel {
    let pixels: Int
    let channels: Int
    let maximumBatch: Int
    let isTraining: Bool

    var memory: KernelMemory {
        var memory = KernelMemory()
        if isTraining { memory.state = maximumBatch * channels }
        return memory
    }

    /// The pixel of each channel's maximum.
    private func places(_ b: LayerBuffers) -> UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(b.state).assumingMemoryBound(to: Int32.self)
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { _, image in
            fm_global_max_pool(
                b.inputs[0] + image * pixels * channels, Int32(pixels), Int32(channels), b.output + image * channels,
                isTraining ? places(b) + image * channels : nil)
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        pass.threads.runEach(pass.count) { _, image in
            let dx = gradient + image * pixels * channels
            dx.update(repeating: 0, count: pixels * channels)
            for c in 0..<channels {
                dx[Int(places(b)[image * channels + c]) * channels + c] = b.outputGradient![image * channels + c]
            }
        }
    }
}
