import Files
import NeuralNet
import NeuralNetCore
import Testing

/// Networks as plans: what they compute, their files, and files that are none.
@Suite struct PlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var make: @Sendable () throws -> Model
        var testDescription: String { name }
    }

    private static func chain(_ name: String, _ input: Shape, _ layers: @escaping @Sendable () -> [any Layer]) -> Case {
        Case(name: name) { try Model(input: input, layers: layers(), seed: 3) }
    }

    static let cases = [
        chain("Winograd and pools", [24, 20, 1]) {
            [
                Conv2D(32, kernelSize: 3, padding: .same), BatchNormalization(), ActivationLayer(.relu),
                Conv2D(32, kernelSize: 3, padding: .same, activation: .relu), MaxPool2D(2),
                Conv2D(48, kernelSize: 3, activation: .relu), MaxPool2D(3), Flatten(), Dropout(0.5),
                Dense(10, activation: .relu), Dense(7, activation: .softmax),
            ]
        },
        chain("odd sizes", [13, 11, 3]) {
            [
                Rescaling(0.5, offset: -1), ZeroPadding2D(top: 1, bottom: 0, left: 2, right: 3),
                Conv2D(5, kernelSize: (3, 2), strides: (2, 1), activation: .relu), BatchNormalization(),
                Conv2D(6, kernelSize: 3, padding: .same, dilationRate: 2, activation: .swish),
                AveragePool2D(2), UpSampling2D(2, interpolation: .bilinear), Conv2D(9, kernelSize: 1),
                ActivationLayer(.leakyRelu(negativeSlope: 0.1)), GlobalMaxPool2D(), Dense(4, usesBias: false),
            ]
        },
        chain("groups and depth", [12, 12, 8]) {
            [
                SeparableConv2D(16, kernelSize: 3, padding: .same), PReLU(sharedAxes: [1, 2]),
                Conv2D(8, kernelSize: 3, groups: 4), DepthwiseConv2D(kernelSize: 3, strides: 2, depthMultiplier: 2),
                BatchNormalization(), ActivationLayer(.relu6), Permute([2, 3, 1]), UpSampling2D(2),
                GlobalAveragePool2D(), Dense(3, activation: .sigmoid),
            ]
        },
        // A pool over other images than the convolution made is a step of its own.
        chain("Winograd, other images, pool", [8, 8, 16]) {
            [
                Conv2D(16, kernelSize: 3, padding: .same, activation: .relu), Reshape([4, 16, 16]), MaxPool2D(2),
                Conv2D(16, kernelSize: 3, padding: .same, activation: .relu), Reshape([2, 4, 32]), MaxPool2D(2),
            ]
        },
        Case(name: "branches") {
            let input = Input([10, 10, 16])
            let a = Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)(input)
            let gate = Dense(16, activation: .sigmoid)(GlobalAveragePool2D(keepsDimensions: true)(a))
            let scaled = Multiply()(a, gate)
            let sum = ActivationLayer(.relu)(Add()(scaled, input))
            let both = Concatenate()(sum, a)
            return try Model(
                inputs: [input], outputs: [Dense(5)(Flatten()(both)), GlobalAveragePool2D()(both)], seed: 3)
        },
        Case(name: "one layer called twice, two inputs") {
            let a = Input([6]), b = Input([6]), dense = SharedLayer(Dense(6, activation: .tanh))
            return try Model(inputs: [a, b], outputs: [Maximum()(dense(a), dense(dense(b)))], seed: 3)
        },
    ]

    /// A network of that kind with statistics and biases that are not trivial.
    private func makeModel(_ item: Case) throws -> Model {
        let model = try item.make()
        var random = RandomGenerator(seed: 17)
        for entry in model.weights.entries where entry.specification.name != "kernel" {
            let isVariance = entry.specification.name == "moving_variance"
            for i in 0..<entry.specification.count {
                model.weights.values[entry.offset + i] = random.uniform(in: isVariance ? 0.3...2 : -1...1)
            }
        }
        model.weights.didChange()
        return model
    }

    private func read(_ bytes: [UInt8]) throws -> NetworkPlan { try NetworkPlan(bytes) }

    /// What model and plan make of the same random numbers, per output.
    private func outputs(_ model: Model, _ plan: NetworkPlan) throws -> [(expected: [Float], actual: [Float])] {
        let executor = try Executor(model, maximumBatch: 1, threads: ThreadPool(threads: 1))
        let engine = PlanEngine(plan)
        var random = RandomGenerator(seed: 5)
        for (index, shape) in model.inputShapes.enumerated() {
            for i in 0..<shape.reduce(1, *) {
                executor.input(index)[i] = random.uniform(in: -1...1)
                engine.input(index)[i] = executor.input(index)[i]
            }
        }
        executor.forward(count: 1)
        engine.run()
        return model.outputShapes.enumerated().map { index, shape in
            let count = shape.reduce(1, *)
            return (
                Array(UnsafeBufferPointer(start: executor.output(index), count: count)),
                Array(UnsafeBufferPointer(start: engine.output(index), count: count))
            )
        }
    }

    @Test(arguments: cases) func computesWhatTheNetworkComputes(_ item: Case) throws {
        let model = try makeModel(item)
        let plan = try read(NetworkPlan(model).bytes())
        for (index, output) in try outputs(model, plan).enumerated() {
            expectClose(
                output.actual, output.expected, shape: model.outputShapes[index], tolerance: 1e-5,
                "\(item.name), output \(index)")
        }
    }

    @Test(arguments: [
        (PlanWeights.float16, Float(0.01)), (.int8, 0.1), (.int6, 0.2), (.int5, 0.3),
    ])
    func smallFilesAreNearlyTheSame(_ weights: PlanWeights, _ tolerance: Float) throws {
        let model = try makeModel(Self.cases[0])
        let plan = try NetworkPlan(model)
        let whole = plan.bytes(), small = plan.bytes(weights: weights)
        let times = [PlanWeights.float16: 2, .int8: 3, .int6: 4, .int5: 5][weights]!
        #expect(small.count * times < whole.count + 8192)
        let output = try outputs(model, read(small))[0]
        expectClose(output.actual, output.expected, shape: [7], tolerance: tolerance, "\(weights)")
    }

    /// Filters that training has let die have weights so small that their steps would be denormal.
    @Test func tinyWeightsFitIntoBytes() throws {
        let model = try Model(input: [40], layers: [Dense(16)], seed: 3)
        let sizes: [Float] = [0x1p-149, 189 * 0x1p-149, 0x1p-140, 0x1p-130, 0x1p-126, 0x1p-120]
        for (column, tiny) in sizes.enumerated() {
            for row in 0..<40 { model.weights.values[row * 16 + column] = row % 2 == 0 ? tiny : -tiny / 3 }
        }
        model.weights.didChange()
        let plan = try NetworkPlan(model)
        let output = try outputs(model, read(plan.bytes(weights: .int8)))[0]
        expectClose(output.actual, output.expected, shape: [16], tolerance: 0.1, "tiny weights")
    }

    @Test func aRunRepeats() throws {
        let engine = PlanEngine(try NetworkPlan(makeModel(Self.cases[4])))
        func run() -> [Float] {
            for i in 0..<10 * 10 * 16 { engine.input()[i] = Float(i % 13) / 13 }
            engine.run()
            return (0..<5).map { engine.output()[$0] }
        }
        let first = run()
        #expect(first == run())
        #expect(first.contains { $0 != 0 })
    }

    @Test func saysWhatItIs() throws {
        var plan = try NetworkPlan(makeModel(Self.cases[0]))
        plan.labels = ["a", "b", "ç", "d", "e", "f", "g"]
        plan.temperature = 1.5
        plan.notes = [NetworkPlan.Note("range", [0, 1]), NetworkPlan.Note("nothing", [])]
        let back = try read(plan.bytes())
        #expect(back.labels == plan.labels)
        #expect(back.temperature == 1.5)
        #expect(back.note("range") == [0, 1])
        #expect(back.note("nothing") == [])
        #expect(back.note("other") == nil)
        #expect(back.inputShapes == [[24, 20, 1]])
        #expect(back.outputShapes == [[7]])
    }

    @Test func halfPrecisionRoundsAsIEEE754() throws {
        let values: [(Float, UInt16)] = [
            (0, 0), (-0.0, 0x8000), (1, 0x3C00), (-2, 0xC000), (65504, 0x7BFF), (0x1p-24, 1), (0x1p-25, 0),
            (0x1.8p-24, 2), (0x1p-14, 0x0400), (1 + 0x1p-11, 0x3C00), (1 + 0x1.8p-10, 0x3C02), (0.333251953125, 0x3555),
        ]
        for (value, bits) in values { #expect(PlanTensor.halfBits(value) == bits, "\(value)") }
        for bits in UInt16.min...UInt16.max where bits & 0x7C00 != 0x7C00 {
            #expect(PlanTensor.halfBits(PlanTensor.float(halfBits: bits)) == bits)
        }
    }

    @Test func layersWithoutAStepAreNamed() throws {
        let model = try Model(input: [4, 3], layers: [LSTM(5, name: "memory")], seed: 1)
        #expect(throws: PlanError.unsupported(layer: "memory", kernel: "LSTM")) { try NetworkPlan(model) }
    }

    /// A cut or changed file never gets far: its checksum is wrong.
    @Test func damagedFilesAreRefused() throws {
        let bytes = try NetworkPlan(makeModel(Self.cases[5])).bytes()
        #expect(throws: Never.self) { try read(bytes) }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: PlanError.self) { try read(Array(bytes[..<count])) }
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x11
            #expect(throws: PlanError.self, "byte \(place)") { try read(changed) }
        }
        #expect(throws: PlanError.newerVersion(3)) {
            var newer = bytes
            newer[8] = 3
            _ = try read(newer)
        }
    }

    /// What Scripts/fuzz starts from.
    @Test func thePlanToFuzzIsOne() throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let bytes = try FileBytes.read("\(folder)/Fuzzing/Corpus/plan/four-steps.fmplan", limit: 1 << 20)
        let plan = try read(bytes)
        #expect(plan.labels == ["happy", "sad", "angry", "neutral"] && plan.note("range") == [0, 1])
        let engine = PlanEngine(plan)
        engine.run()
        let sum = (0..<4).reduce(Float(0)) { $0 + engine.output()[$1] }
        #expect(abs(sum - 1) < 1e-6)
    }

    /// Files with a right checksum but wrong contents are refused, or run within their memory.
    @Test(arguments: cases) func hostileFilesAreHarmless(_ item: Case) throws {
        for weights in [PlanWeights.int8, .int5] { try hostile(NetworkPlan(makeModel(item)).bytes(weights: weights)) }
    }

    private func hostile(_ bytes: [UInt8]) throws {
        var random = RandomGenerator(seed: 11)
        // Most of a file is weights; its beginning says what is done with them.
        let said = min(bytes.count, 1200)
        var refused = 0, ran = 0
        for _ in 0..<400 {
            var changed = bytes
            for _ in 0..<1 + Int(random.next() % 3) {
                changed[16 + Int(random.next() % UInt64(said - 16))] = UInt8(random.next() & 255)
            }
            let sum = planChecksum(changed[16...])
            for i in 0..<4 { changed[12 + i] = UInt8(sum >> UInt32(8 * i) & 255) }
            guard let plan = try? read(changed) else {
                refused += 1
                continue
            }
            guard plan.size < 1 << 22 else { continue }
            PlanEngine(plan).run()
            ran += 1
        }
        #expect(refused > 20)
        #expect(ran > 0)
    }
}
