import CKernels

/// The mean of each window's places inside the image, per channel.
struct AveragePoolKernel: LayerKernel {
    let geometry: ConvolutionGeometry
    var memory: KernelMemory { KernelMemory() }
    private var outputCount: Int { geometry.outputPixels * geometry.channels }

    /// Calls `body` with the offsets of each output place and each place of its window, and `1 / places`.
    private func forEachPlace(_ body: (_ output: Int, _ input: Int, _ share: Float) -> Void) {
        let g = geometry
        for h in 0..<g.outputHeight {
            let top = h * g.strideHeight - g.padTop
            let rows = max(top, 0)..<min(top + g.kernelHeight, g.height)
            for w in 0..<g.outputWidth {
                let left = w * g.strideWidth - g.padLeft
                let columns = max(left, 0)..<min(left + g.kernelWidth, g.width)
                let share = 1 / Float(rows.count * columns.count)
                for r in rows {
                    for q in columns {
                        body((h * g.outputWidth + w) * g.channels, (r * g.width + q) * g.channels, share)
                    }
                }
            }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { _, image in
            let x = b.inputs[0] + image * geometry.inputCount, y = b.output + image * outputCount
            memset(y, 0, outputCount * MemoryLayout<Float>.stride)
            forEachPlace { output, input, share in fm_add_scaled(y + output, x + input, share, geometry.channels) }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        pass.threads.runEach(pass.count) { _, image in
            let dx = gradient + image * geometry.inputCount, dy = b.outputGradient! + image * outputCount
            memset(dx, 0, geometry.inputCount * MemoryLayout<Float>.stride)
            forEachPlace { output, input, share in fm_add_scaled(dx + input, dy + output, share, geometry.channels) }
        }
    }
}
