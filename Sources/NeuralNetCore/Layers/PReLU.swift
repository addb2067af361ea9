import CKernels
import JSON

/// `x` where positive, `alpha x` elsewhere, with learnt `alpha`. K. He et al., "Delving Deep into Rectifiers", 2015.
///
/// - Input and output have the same shape.
/// - Parameters: `alpha`, the input's shape with 1 at each of `sharedAxes` (counted from 1 as in Keras, since the
///   batch is axis 0).
public struct PReLU: Layer {
    public static let className = "PReLU"
    public var name: String
    public var sharedAxes: [Int]
    /// The first values of the slopes.
    public var alphaInitializer: Initializer

    public init(sharedAxes: [Int] = [], alphaInitializer: Initializer = .zeros, name: String = "") {
        self.sharedAxes = sharedAxes
        self.alphaInitializer = alphaInitializer
        self.name = name
    }

    public func outputShape(_ inputs: [Shape]) throws -> Shape {
        let shape = try single(inputs)
        try require(
            sharedAxes.allSatisfy { (1...max(shape.count, 1)).contains($0) }, "sharedAxes", "axes of \(shape), from 1",
            sharedAxes)
        return shape
    }

    private func alphaShape(_ input: Shape) -> Shape {
        input.indices.map { sharedAxes.contains($0 + 1) ? 1 : input[$0] }
    }

    public func parameters(_ inputs: [Shape]) -> [ParameterSpecification] {
        [ParameterSpecification(name: "alpha", shape: alphaShape(inputs[0]), initializer: alphaInitializer)]
    }

    public func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        let input = context.inputShapes[0], alpha = alphaShape(input)
        let count = input.reduce(1, *), alphas = alpha.reduce(1, *)
        // Shared over the first axes only, as for images with [1, 2]: the same alphas row after row.
        let own = alpha.drop { $0 == 1 }
        if !context.usesReferenceKernels, own.elementsEqual(input.suffix(own.count)), alphas > 0 {
            return PReLUKernel(
                rows: count / alphas, columns: alphas, threads: context.threads, isTraining: context.isTraining)
        }
        // Which alpha belongs to each element of a sample.
        let places = (0..<count).map { element -> Int32 in
            var rest = element, place = 0, stride = 1
            for axis in input.indices.reversed() {
                if alpha[axis] > 1 { place += rest % input[axis] * stride }
                stride *= alpha[axis]
                rest /= input[axis]
            }
            return Int32(place)
        }
        return PReLUReferenceKernel(
            places: places, alphas: alphas, threads: context.threads, isTraining: context.isTraining)
    }

    public var config: [String: JSONValue] {
        [
            "alpha_initializer": KerasConfig.initializer(alphaInitializer), "alpha_regularizer": nil,
            "alpha_constraint": nil, "shared_axes": sharedAxes.isEmpty ? nil : JSONValue(sharedAxes),
        ]
    }
}

/// Any sharing of alphas, element by element.
struct PReLUReferenceKernel: LayerKernel {
    let places: [Int32]
    let alphas: Int
    let threads: Int
    let isTraining: Bool

    var memory: KernelMemory {
        var memory = KernelMemory()
        memory.keepsInput = true
        if isTraining { memory.scratch = threads * alphas }
        return memory
    }

    func forward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.runEach(pass.count) { _, image in
            let x = b.inputs[0] + image * places.count, y = b.output + image * places.count
            places.withUnsafeBufferPointer { places in
                for i in places.indices { y[i] = x[i] > 0 ? x[i] : b.parameters[0][Int(places[i])] * x[i] }
            }
        }
    }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        pass.threads.run { thread in
            let sums = b.scratch + thread * alphas
            sums.update(repeating: 0, count: alphas)
            for image in pass.count * thread / threads..<pass.count * (thread + 1) / threads {
                let start = image * places.count
                let x = b.inputs[0] + start, dy = b.outputGradient! + start
                let dx = b.inputGradients[0].map { $0 + start }
                places.withUnsafeBufferPointer { places in
                    for i in places.indices {
                        let place = Int(places[i])
                        if x[i] <= 0 { sums[place] += dy[i] * x[i] }
                        dx?[i] = x[i] > 0 ? dy[i] : b.parameters[0][place] * dy[i]
                    }
                }
            }
        }
        ThreadSums.reduce(
            b.scratch, stride: alphas, threads: threads, into: b.parameterGradient(0), count: alphas,
            overwrite: pass.overwritesGradients)
    }
}
