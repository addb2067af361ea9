import CKernels

/// Each channel convolved on its own.
struct DepthwiseKernel: LinearKernel {
    let geometry: ConvolutionGeometry
    let multiplier: Int
    var usesBias: Bool
    let threads: Int
    let isTraining: Bool
    var relu = false

    private var filters: Int { geometry.channels * multiplier }
    private var kernelCount: Int { geometry.taps * filters }
    private var outputCount: Int { geometry.outputPixels * filters }
    private var sumsPerThread: Int { (kernelCount + filters + 15) / 16 * 16 }

    private var shape: fm_depthwise_shape {
        let g = geometry
        return fm_depthwise_shape(
            height: Int32(g.height), width: Int32(g.width), channels: Int32(g.channels),
            multiplier: Int32(multiplier), kernel_height: Int32(g.kernelHeight), kernel_width: Int32(g.kernelWidth),
            stride_height: Int32(g.strideHeight), stride_width: Int32(g.strideWidth),
            dilation_height: Int32(g.dilationHeight), dilation_width: Int32(g.dilationWidth),
            pad_top: Int32(g.padTop), pad_left: Int32(g.padLeft), out_height: Int32(g.outputHeight),
            out_width: Int32(g.outputWidth))
    }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        memory.keepsOutput = relu
        if isTraining { memory.scratch = threads * sumsPerThread }
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        withUnsafePointer(to: shape) { shape in
            pass.runRows(geometry.outputHeight, operations: Double(geometry.taps) * Double(outputCount)) {
                _, image, rows in
                fm_depthwise_forward(
                    shape, Int32(rows.lowerBound), Int32(rows.upperBound), b.inputs[0] + image * geometry.inputCount,
                    b.parameters[0], usesBias ? b.parameters[1] : nil, relu ? 1 : 0, b.output + image * outputCount)
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        let kernel = b.parameterGradient(0), bias = b.parameterGradient(1)
        if relu {
            // Masked in place: nobody reads the gradient of a fused output after this.
            pass.threads.runParts(pass.count * outputCount, least: Pass.leastElements) { part in
                fm_relu_mask(b.outputGradient! + part.lowerBound, b.output + part.lowerBound, part.count)
            }
        }
        pass.threads.run { thread in
            var shape = shape
            let sums = b.scratch + thread * sumsPerThread
            memset(sums, 0, sumsPerThread * MemoryLayout<Float>.stride)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                let dy = b.outputGradient! + image * outputCount
                if kernel != nil {
                    fm_depthwise_weight_gradient(&shape, b.inputs[0] + image * geometry.inputCount, dy, sums)
                }
                if bias != nil { fm_add_column_sums(dy, geometry.outputPixels, filters, sums + kernelCount) }
                if let dx = b.inputGradients[0] {
                    fm_depthwise_input_gradient(&shape, dy, b.parameters[0], dx + image * geometry.inputCount)
                }
            }
        }
        ThreadSums.reduce(
            b.scratch, stride: sumsPerThread, threads: threads, into: kernel, count: kernelCount,
            overwrite: pass.overwritesGradients)
        ThreadSums.reduce(
            b.scratch + kernelCount, stride: sumsPerThread, threads: threads, into: bias, count: filters,
            overwrite: pass.overwritesGradients)
    }
}
