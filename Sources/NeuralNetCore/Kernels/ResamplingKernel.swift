import CKernels

/// How values between pixels are found.
public enum Interpolation: String, Sendable, CaseIterable {
    case nearest
    case bilinear
    /// Keys 1981 with a = -0.5.
    case bicubic
}

/// What the pixels of a resized axis are made of: for each as many sources with weights. Pixels are areas, so that the
/// middle of the first is at 0.5, as in TensorFlow's `tf.image.resize`.
struct ResampledAxis: Sendable {
    let size: Int
    let resized: Int
    /// Sources per pixel.
    let taps: Int
    let sources: [Int32]
    let weights: [Float]

    init(size: Int, resized: Int, _ interpolation: Interpolation) {
        self.size = size
        self.resized = resized
        let scale = Float(size) / Float(resized)
        func inside(_ place: Int) -> Int32 { Int32(min(max(place, 0), size - 1)) }
        var sources: [Int32] = [], weights: [Float] = []
        for pixel in 0..<resized {
            let middle = (Float(pixel) + 0.5) * scale
            let first = Int((middle - 0.5).rounded(.down)), rest = middle - 0.5 - Float(first)
            switch interpolation {
            case .nearest:
                sources.append(inside(Int(middle)))
                weights.append(1)
            case .bilinear:
                sources += [inside(first), inside(first + 1)]
                weights += [1 - rest, rest]
            case .bicubic:
                let places = (first - 1...first + 2).map { $0 }
                // TensorFlow has a table of 1024 places; what lies outside does not count.
                let step = (rest * 1024).rounded(.toNearestOrEven) / 1024
                let own = zip(places, Self.cubic(step)).map { $0 >= 0 && $0 < size ? $1 : 0 }
                let sum = own.reduce(0, +)
                sources += places.map(inside)
                weights += own.map { $0 / sum }
            }
        }
        taps = sources.count / max(resized, 1)
        self.sources = sources
        self.weights = weights
    }

    /// Weights of the pixels at -1, 0, 1 and 2.
    private static func cubic(_ x: Float) -> [Float] {
        let a: Float = -0.5
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return [far(x + 1), near(x), near(1 - x), far(2 - x)]
    }
}

/// Images of another size, each pixel a weighted sum of old ones.
struct ResamplingKernel: LayerKernel {
    let rows: ResampledAxis
    let columns: ResampledAxis
    let channels: Int
    let interpolation: Interpolation

    init(input: Shape, output: Shape, _ interpolation: Interpolation) {
        rows = ResampledAxis(size: input[0], resized: output[0], interpolation)
        columns = ResampledAxis(size: input[1], resized: output[1], interpolation)
        channels = input[2]
        self.interpolation = interpolation
    }

    var memory: KernelMemory { KernelMemory() }

    private var inputCount: Int { rows.size * columns.size * channels }
    private var outputCount: Int { rows.resized * columns.resized * channels }

    /// Calls `body` with the offsets of old and new pixel and the weight, for each pair in row `h` of the output.
    @inline(__always)
    private func forEachTap(_ h: Int, _ body: (_ input: Int, _ output: Int, _ weight: Float) -> Void) {
        rows.sources.withUnsafeBufferPointer { rowSources in
            columns.sources.withUnsafeBufferPointer { columnSources in
                for w in 0..<columns.resized {
                    let output = (h * columns.resized + w) * channels
                    for i in h * rows.taps..<(h + 1) * rows.taps where rows.weights[i] != 0 {
                        let row = Int(rowSources[i]) * columns.size
                        for j in w * columns.taps..<(w + 1) * columns.taps where columns.weights[j] != 0 {
                            body(
                                (row + Int(columnSources[j])) * channels, output,
                                rows.weights[i] * columns.weights[j])
                        }
                    }
                }
            }
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runRanges(pass.count * rows.resized) { _, range in
            for line in range {
                let image = line / rows.resized
                let x = b.inputs[0] + image * inputCount, y = b.output + image * outputCount
                if rows.taps == 1 {
                    forEachTap(line % rows.resized) { from, to, _ in (y + to).update(from: x + from, count: channels) }
                } else {
                    let width = columns.resized * channels
                    (y + line % rows.resized * width).update(repeating: 0, count: width)
                    forEachTap(line % rows.resized) { from, to, weight in
                        fm_add_scaled(y + to, x + from, weight, channels)
                    }
                }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        pass.threads.runEach(pass.count) { _, image in
            let dx = gradient + image * inputCount, dy = b.outputGradient! + image * outputCount
            dx.update(repeating: 0, count: inputCount)
            for h in 0..<rows.resized {
                forEachTap(h) { to, from, weight in fm_add_scaled(dx + to, dy + from, weight, channels) }
            }
        }
    }
}
