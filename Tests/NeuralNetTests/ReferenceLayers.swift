import NeuralNet

/// Layers written as their definitions say, in Double.
struct ReferenceWindow {
    var input: Shape
    var kernel: (Int, Int)
    var strides = (1, 1)
    var dilation = (1, 1)
    var padding = Padding.valid

    private func axis(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (count: Int, before: Int) {
        let extent = (kernel - 1) * dilation + 1
        if padding == .valid { return ((size - extent) / stride + 1, 0) }
        let count = (size + stride - 1) / stride
        return (count, max(0, (count - 1) * stride + extent - size) / 2)
    }

    var output: (height: Int, width: Int) {
        (axis(input[0], kernel.0, strides.0, dilation.0).count, axis(input[1], kernel.1, strides.1, dilation.1).count)
    }

    /// For each sample and output place: the pixels of its window that lie inside the image, with their taps.
    func forEach(_ count: Int, _ body: (_ output: Int, _ pixels: [(pixel: Int, tap: Int)]) -> Void) {
        let (height, width) = output
        let top = axis(input[0], kernel.0, strides.0, dilation.0).before
        let left = axis(input[1], kernel.1, strides.1, dilation.1).before
        for sample in 0..<count {
            for h in 0..<height {
                for w in 0..<width {
                    var pixels: [(pixel: Int, tap: Int)] = []
                    for i in 0..<kernel.0 {
                        for j in 0..<kernel.1 {
                            let row = h * strides.0 + i * dilation.0 - top,
                                column = w * strides.1 + j * dilation.1 - left
                            guard row >= 0, column >= 0, row < input[0], column < input[1] else { continue }
                            pixels.append(((sample * input[0] + row) * input[1] + column, i * kernel.1 + j))
                        }
                    }
                    body((sample * height + h) * width + w, pixels)
                }
            }
        }
    }

    func maximum(_ x: [Float], _ count: Int) -> [Float] {
        pool(x, count) { $0.max()! }
    }

    func mean(_ x: [Float], _ count: Int) -> [Float] {
        pool(x, count) { Float($0.reduce(0.0) { $0 + Double($1) } / Double($0.count)) }
    }

    private func pool(_ x: [Float], _ count: Int, _ combine: ([Float]) -> Float) -> [Float] {
        let channels = input[2]
        var y: [Float] = []
        forEach(count) { _, pixels in
            for c in 0..<channels { y.append(combine(pixels.map { x[$0.pixel * channels + c] })) }
        }
        return y
    }

    func depthwise(_ x: [Float], _ kernel: [Float], _ bias: [Float]?, multiplier: Int, _ count: Int) -> [Float] {
        let channels = input[2]
        var y: [Float] = []
        forEach(count) { _, pixels in
            for k in 0..<channels * multiplier {
                var sum = Double(bias?[k] ?? 0)
                for (pixel, tap) in pixels {
                    sum +=
                        Double(x[pixel * channels + k / multiplier]) * Double(kernel[tap * channels * multiplier + k])
                }
                y.append(Float(sum))
            }
        }
        return y
    }

    func convolution(_ x: [Float], _ kernel: [Float], _ bias: [Float]?, filters: Int, _ count: Int) -> [Float] {
        let channels = input[2]
        var y: [Float] = []
        forEach(count) { _, pixels in
            for k in 0..<filters {
                var sum = Double(bias?[k] ?? 0)
                for (pixel, tap) in pixels {
                    for c in 0..<channels {
                        sum += Double(x[pixel * channels + c]) * Double(kernel[(tap * channels + c) * filters + k])
                    }
                }
                y.append(Float(sum))
            }
        }
        return y
    }
}
