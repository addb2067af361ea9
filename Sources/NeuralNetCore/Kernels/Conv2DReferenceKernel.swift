/// Convolution written as its definition says: slow, and what the fast kernels are tested against.
struct Conv2DReferenceKernel: LayerKernel {
    let geometry: ConvolutionGeometry
    let filters: Int
    let usesBias: Bool

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        return memory
    }

    /// Calls `body` with the offsets of input, kernel row and output for each product of the sum.
    private func forEachTap(_ body: (_ input: Int, _ kernel: Int, _ output: Int) -> Void) {
        let g = geometry
        for h in 0..<g.outputHeight {
            for w in 0..<g.outputWidth {
                for i in 0..<g.kernelHeight {
                    let row = h * g.strideHeight + i * g.dilationHeight - g.padTop
                    guard row >= 0, row < g.height else { continue }
                    for j in 0..<g.kernelWidth {
                        let column = w * g.strideWidth + j * g.dilationWidth - g.padLeft
                        guard column >= 0, column < g.width else { continue }
                        for c in 0..<g.channels {
                            body(
                                (row * g.width + column) * g.channels + c,
                                ((i * g.kernelWidth + j) * g.channels + c) * filters,
                                (h * g.outputWidth + w) * filters)
                        }
                    }
                }
            }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let count = geometry.outputPixels * filters
        for image in 0..<pass.count {
            let x = b.inputs[0] + image * geometry.inputCount, y = b.output + image * count
            for i in 0..<count { y[i] = usesBias ? b.parameters[1][i % filters] : 0 }
            forEachTap { input, kernel, output in
                for k in 0..<filters { y[output + k] += x[input] * b.parameters[0][kernel + k] }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let count = geometry.outputPixels * filters
        let kernelGradient = b.parameterGradient(0), biasGradient = b.parameterGradient(1)
        if pass.overwritesGradients {
            kernelGradient?.update(repeating: 0, count: geometry.taps * geometry.channels * filters)
            biasGradient?.update(repeating: 0, count: filters)
        }
        for image in 0..<pass.count {
            let x = b.inputs[0] + image * geometry.inputCount, dy = b.outputGradient! + image * count
            let dx = b.inputGradients[0].map { $0 + image * geometry.inputCount }
            dx?.update(repeating: 0, count: geometry.inputCount)
            if let biasGradient { for i in 0..<count { biasGradient[i % filters] += dy[i] } }
            forEachTap { input, kernel, output in
                var sum: Float = 0
                for k in 0..<filters {
                    kernelGradient?[kernel + k] += x[input] * dy[output + k]
                    sum += b.parameters[0][kernel + k] * dy[output + k]
                }
                dx?[input] += sum
            }
        }
    }
}
