/// Zeros around an image.
///
/// - Input: `[height, width, channels]`; output: `[top + height + bottom, left + width + right, channels]`. No
///   parameters.
public struct ZeroPadding2D: Layer {
    public static let className = "ZeroPadding2D"
    public var name: String
    public var top: Int
    public var bottom: Int
    public var left: Int
    public var right: Int

    public init(top: Int, bottom: Int, left: Int, right: Int, name: String = "") {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
        self.name = name
    }

    /// The same on all sides.
    public init(_ padding: Int = 1, name: String = "") {
        self.init(top: padding, bottom: padding, left: padding, right: padding, name: name)
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let (height, width, channels) = try singleImage(inputs)
        try require(
            [top, bottom, left, right].allSatisfy { $0 >= 0 }, "padding", "not negative", [top, bottom, left, right])
        return [top + height + bottom, left + width + right, channels]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        ZeroPaddingKernel(layer: self, input: context.inputShapes[0], output: context.outputShape)
    }

    public var config: [String: JSONValue] {
        [
            "padding": [[.int(top), .int(bottom)], [.int(left), .int(right)]], "data_format": "channels_last",
        ]
    }
}

struct ZeroPaddingKernel: LayerKernel {
    let layer: ZeroPadding2D
    let input: Shape
    let output: Shape
    var memory: KernelMemory { KernelMemory() }

    /// Calls `body` for each row of the image, with its offsets in input and output and its length.
    private func forEachRow(_ body: (_ input: Int, _ output: Int, _ count: Int) -> Void) {
        let row = input[1] * input[2]
        for h in 0..<input[0] {
            body(h * row, ((h + layer.top) * output[1] + layer.left) * output[2], row)
        }
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        let inputCount = input.reduce(1, *), outputCount = output.reduce(1, *)
        pass.threads.runEach(pass.count) { _, image in
            let x = b.inputs[0] + image * inputCount, y = b.output + image * outputCount
            y.update(repeating: 0, count: outputCount)
            forEachRow { from, to, count in (y + to).update(from: x + from, count: count) }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        guard let gradient = b.inputGradients[0] else { return }
        let inputCount = input.reduce(1, *), outputCount = output.reduce(1, *)
        pass.threads.runEach(pass.count) { _, image in
            let dx = gradient + image * inputCount, dy = b.outputGradient! + image * outputCount
            forEachRow { to, from, count in (dx + to).update(from: dy + from, count: count) }
        }
    }
}
