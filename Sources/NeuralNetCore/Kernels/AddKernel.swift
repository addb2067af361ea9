import CKernels

/// The sum of tensors of one shape, with a ReLU if one follows.
struct AddKernel: RectifyingKernel {
    let count: Int
    var relu = false

    init(count: Int) { self.count = count }

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsOutput = relu
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runParts(pass.count * count, least: Pass.leastElements) { range in
            let y = b.output + range.lowerBound
            var sum = b.inputs[0] + range.lowerBound
            for input in 1..<b.inputs.count {
                let isLast = input == b.inputs.count - 1
                fm_sum(sum, b.inputs[input] + range.lowerBound, y, range.count, relu && isLast ? 1 : 0)
                sum = y
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runParts(pass.count * count, least: Pass.leastElements) { range in
            let dy = b.outputGradient! + range.lowerBound
            for case let dx? in b.inputGradients {
                let target = dx + range.lowerBound
                if relu {
                    fm_relu_gradient(dy, b.output + range.lowerBound, target, range.count)
                } else {
                    target.update(from: dy, count: range.count)
                }
            }
        }
    }
}
