import Files
import Glibc
import NeuralNet
import ONNXFiles
import Testing

/// What is damaged, made to harm, or not known here is refused in one line that names the place.
@Suite struct ONNXBadFileTests {
    /// A convolution with `change` made to the file around it.
    private func refusal(
        kernel: [Int] = [2, 3, 3, 3], ints: [String: [Int]] = [:], int: [String: Int] = [:],
        text: [String: String] = [:],
        _ change: (inout ONNXBuilder) -> Void = { _ in }
    ) -> String {
        var file = ONNXBuilder()
        file.input("x", [nil, 3, 8, 8])
        file.floats("w", kernel, [Float](repeating: 0.5, count: kernel.reduce(1, *)))
        file.node("Conv", ["x", "w"], "y", ints: ints, int: int, text: text)
        change(&file)
        file.output("y")
        return file.refusal
    }

    @Test func whatIsNotKnownIsNamed() {
        #expect(refusal() == "")
        #expect(
            refusal(int: ["group": 3])
                == "x: node 'the-Conv' (Conv): its kernel of shape [2, 3, 3, 3] in 3 groups does not fit 3 channels")
        #expect(refusal(int: ["wings": 3]) == "x: node 'the-Conv' (Conv): attribute wings is not supported")
        #expect(refusal(text: ["auto_pad": "SOME"]) == "x: node 'the-Conv' (Conv): auto_pad is 'SOME'")
        #expect(
            refusal(ints: ["pads": [1, 1]])
                == "x: node 'the-Conv' (Conv): pads is [1, 1], not four sizes: only pictures are supported")
        #expect(refusal(ints: ["strides": [0, 1]]).hasPrefix("x: node 'the-Conv' (Conv): strides is [0, 1]"))
        #expect(
            refusal(ints: ["dilations": [9, 9]])
                == "x: node 'the-Conv' (Conv): Conv2D: input must be at least as large as the 3x3 window, received [8, 8, 3]"
        )
        #expect(
            refusal { $0.node("LRN", ["y"], "z") } == "x: node 'the-LRN' (LRN): this operator is not supported")
        #expect(
            refusal { $0.node("FusedConv", ["y"], "z", domain: "com.microsoft") }
                == "x: node 'the-FusedConv' (com.microsoft.FusedConv): operators of com.microsoft are not supported")
        #expect(refusal { $0.operatorSet = 6 } == "x: operators of version 6; only 7 to 28 are known")
        #expect(refusal { $0.operatorSet = 900 } == "x: operators of version 900; only 7 to 28 are known")
    }

    /// Numbers of a layer that would differ are no small thing.
    @Test func whatNoLayerComputesIsRefused() {
        func one(_ type: String, ints: [String: [Int]] = [:], int: [String: Int] = [:], inputs: [String] = ["x"])
            -> String
        {
            var file = ONNXBuilder()
            file.input("x", [nil, 3, 8, 8])
            file.ints("shape", [3, -1])
            file.floats("large", [1, 3, 8, 8], [Float](repeating: 1, count: 192))
            file.node("Conv", ["x", "large"], "unused")
            file.node(type, inputs, "y", ints: ints, int: int)
            file.output("y")
            return file.refusal
        }
        func expect(_ refusal: String, _ words: String) { #expect(refusal.contains(words), "\(refusal)") }
        expect(
            one("MaxPool", ints: ["kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]]), "may be negative")
        expect(
            one("AveragePool", ints: ["kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]]), "do not count")
        expect(one("Transpose", ints: ["perm": [1, 0, 2, 3]]), "the batch must stay the first")
        expect(one("Reshape", inputs: ["x", "shape"]), "[batch, 3, 8, 8] cannot become [3, -1]")
        expect(one("Flatten", int: ["axis": 2]), "only axis 1 is supported")
        #expect(one("Flatten") == "")
        expect(one("Split"), "this operator is not supported")
        expect(one("Add", inputs: ["x", "large"]), "")
        expect(one("ReduceMean", ints: ["axes": [0, 1]]), "the batch cannot be among them")
        expect(one("Concat", int: ["axis": 0], inputs: ["x", "x"]), "only axes behind the batch")
        expect(one("MatMul", inputs: ["x", "x"]), "only constants are supported")
        expect(one("Relu", inputs: ["y"]), "takes 'y', which nothing before it makes")
        expect(one("Relu", inputs: [""]), "input 1 is missing")
        expect(one("Identity"), "is an input")
        expect(one("Conv", inputs: ["x", "x"]), "only constants are supported")
    }

    @Test func circlesAndSecondMakersAreRefused() {
        var circle = ONNXBuilder()
        circle.input("x", [nil, 4])
        circle.node("Add", ["x", "b"], "a")
        circle.node("Relu", ["a"], "b")
        circle.output("b")
        #expect(circle.refusal == "x: node 'the-Add' (Add): takes 'b', which nothing before it makes")
        var twice = ONNXBuilder()
        twice.input("x", [nil, 4])
        twice.node("Relu", ["x"], "x")
        twice.output("x")
        #expect(twice.refusal == "x: node 'the-Relu' (Relu): 'x' is made a second time")
    }

    @Test func sizesThatLieTakeNoMemory() {
        func with(_ shape: [Int], type: Int = 1, _ body: @escaping (inout WireWriter) -> Void) -> String {
            var file = ONNXBuilder()
            file.input("x", [nil, 4])
            file.tensor("w", shape, type: type, body)
            file.node("MatMul", ["x", "w"], "y")
            file.output("y")
            return file.refusal
        }
        let huge = 1 << 40
        #expect(with([4, huge]) { _ in } == "x: tensor 'w': shape [4, \(huge)] is too large, or no shape")
        #expect(with([4, -1]) { _ in } == "x: tensor 'w': shape [4, -1] is too large, or no shape")
        #expect(with([1 << 14, 1 << 14]) { _ in } == "x: tensor 'w': 0 numbers instead of 268435456")
        #expect(with([4, 2]) { $0.raw(9, [1, 2, 3]) } == "x: tensor 'w': 3 bytes for 8 numbers of 4")
        #expect(with([4, 2], type: 8) { _ in } == "x: tensor 'w': numbers of type string are not supported")
        #expect(with([4, 2], type: 99) { _ in } == "x: tensor '': numbers of type 99 are not supported")
        #expect(with([0, 1 << 28, 1 << 28, 1 << 28]) { _ in }.contains("is not supported"))
        #expect(
            with([4, 1]) { $0.rawFloats(9, [1, .nan, 1, 1]) }
                == "x: node 'the-MatMul' (MatMul): a number of its kernel is not a number, or infinite")
        // The same weights a thousand times.
        var file = ONNXBuilder()
        file.input("x0", [nil, 64])
        file.floats("w", [64, 64], [Float](repeating: 0.1, count: 4096))
        for i in 0..<1000 { file.node("MatMul", ["x\(i)", "w"], "x\(i + 1)") }
        file.output("x1000")
        #expect(file.refusal.contains("weights"), "\(file.refusal)")
    }

    /// Long chains neither overflow the stack nor take long.
    @Test func longFilesEnd() throws {
        func chain(_ type: String, _ count: Int, inputs: [String] = []) -> ONNXBuilder {
            var file = ONNXBuilder()
            file.operatorSet = 11
            file.input("x0", [nil, 4])
            for i in 0..<count {
                file.node(type, ["x\(i)"] + inputs, "x\(i + 1)", ints: type == "Unsqueeze" ? ["axes": [1]] : [:])
            }
            file.output("x\(count)")
            return file
        }
        #expect(try chain("Relu", 4990).model().nodes.count == 4991)
        #expect(chain("Relu", 5001).refusal.contains("more than 5000 layers"))
        #expect(chain("Unsqueeze", 40).refusal.contains("17 axes are too many"))
        #expect(chain("Identity", 50_001).refusal.contains("more than 50000 nodes"))
    }

    /// A model must not make the program read what is not beside it.
    @Test func otherFilesAreReadOnlyBesideTheModel() throws {
        func file(_ location: String, offset: String = "0") -> [UInt8] {
            var file = ONNXBuilder()
            file.input("x", [nil, 2])
            file.tensor("w", [2, 1], type: 1) { writer in
                for (key, value) in [("location", location), ("offset", offset), ("length", "8")] {
                    writer.message(13) {
                        $0.text(1, key)
                        $0.text(2, value)
                    }
                }
                writer.int(14, 1)
            }
            file.node("MatMul", ["x", "w"], "y")
            file.output("y")
            return file.bytes
        }
        try ONNXFixtures.inTemporaryFolder { folder in
            try FileBytes.write([0, 0, 128, 63, 0, 0, 0, 64], to: "\(folder)/w.bin")
            symlink("\(folder)/w.bin", "\(folder)/link")
            mkfifo("\(folder)/pipe", 0o600)
            func refusal(_ location: String, offset: String = "0") throws -> String {
                try FileBytes.write(file(location, offset: offset), to: "\(folder)/a.onnx")
                do {
                    let model = try ONNXFile.read("\(folder)/a.onnx").model
                    return "\(try ONNXFixtures.prediction(model, [3, 5]))"
                } catch {
                    return "\(error)".replacing("\(folder)/a.onnx: tensor 'w': ", with: "")
                }
            }
            #expect(try refusal("w.bin") == "[13.0]")
            #expect(try refusal("w.bin", offset: "4") == "its numbers are in 'w.bin' at 4, which has only 8 bytes")
            #expect(try refusal("w.bin", offset: "-4") == "offset '-4' in 'w.bin'")
            #expect(try refusal("missing") == "its numbers are in 'missing': No such file or directory")
            #expect(try refusal("link") == "its numbers are in 'link': a link, which is not followed")
            #expect(try refusal("pipe") == "its numbers are in 'pipe', which is not a file")
            for place in ["../w.bin", "/etc/passwd", "..", "./w.bin", ""] {
                #expect(
                    try refusal(place) == "its numbers are in '\(place)'; only a file in the model's folder is read")
            }
        }
        #expect(throws: NeuralNetError.self) { try ONNXFile.read(file("w.bin"), path: "x") }
    }

    @Test(arguments: ["torch-small", "torch-mobile", "keras-graph", "torch-small-half"])
    func everyPieceOfAFileIsRefused(name: String) throws {
        let bytes = try ONNXFixtures.bytes("\(name).onnx")
        for length in stride(from: 0, to: bytes.count, by: 3) {
            guard let model = try? ONNXFile.read(Array(bytes[..<length]), path: "x").model else { continue }
            // What is missing was of no meaning: only what stands behind the graph.
            #expect(length > bytes.count * 9 / 10 && model.parameterCount > 0)
        }
        #expect(throws: NeuralNetError.self) { try ONNXFile.read([], path: "x") }
    }

    @Test(arguments: ["torch-small", "torch-mobile", "keras-chain-10", "torch-viewed"])
    func changedBytesAreReadOrRefused(name: String) throws {
        let bytes = try ONNXFixtures.bytes("\(name).onnx")
        var random = RandomGenerator(seed: 1)
        for place in stride(from: 0, to: bytes.count, by: 2) {
            for value in [0xFF, UInt8(random.integer(below: 256))] {
                var changed = bytes
                changed[place] = value
                _ = try? ONNXFile.read(changed, path: "x")
            }
        }
    }
}
