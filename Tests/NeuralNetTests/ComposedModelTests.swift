import NeuralNet
import Testing

/// Composed models of Keras 2 and 3, in both formats, give what Keras predicts; what is written gives the same again.
/// The files are made by Scripts/make-composed-keras-files.py.
@Suite struct ComposedModelTests {
    private func difference(_ model: Model, _ expected: String) throws -> Float {
        let file = try HDF5File(reading: KerasFixtures.path(expected))
        let executor = try Executor(model, maximumBatch: 3, threads: ThreadPool(threads: 1))
        for place in model.inputs.indices {
            let values = try file.read("input\(place)").values
            executor.input(place).update(from: values, count: values.count)
        }
        executor.forward(count: 3)
        return try model.outputs.indices.map { place in
            let values = try file.read("output\(place)").values
            return KerasFixtures.largestDifference(
                Array(UnsafeBufferPointer(start: executor.output(place), count: values.count)), values)
        }.max() ?? .infinity
    }

    @Test(arguments: ["keras3", "keras2"], ["h5", "keras"])
    func composed(version: String, ending: String) throws {
        let contents = try ModelFile.read(KerasFixtures.path("\(version)-composed.\(ending)"))
        let model = contents.model
        #expect(try difference(model, "\(version)-composed-expected.h5") < 1e-5)
        #expect(contents.kerasVersion?.first == version.last)

        // Two calls, with one set of weights; names tell where a layer is.
        #expect(model.scopes.map(\.name) == ["augment", "base", "inner", "base", "inner"])
        #expect(model.nodes.filter { $0.layer.name == "base/inner/deep" }.count == 2)
        #expect(model.nodes.filter { $0.layer.name == "tower" }.count == 2)
        let frozen = Set(model.nodes.filter { !$0.isTrainable }.map(\.layer.name))
        #expect(frozen == ["base/norm", "valence"])

        #expect(contents.warnings.contains { $0.hasPrefix("layer 'conv': kernel_regularizer L1") })
        #expect(contents.warnings.contains { $0.hasPrefix("layer 'valence': kernel_constraint MaxNorm") })
        #expect(contents.warnings.contains("layer 'flip': RandomFlip does nothing here, also in training"))
        #expect(contents.warnings.count == 5, "\(contents.warnings)")

        try KerasFixtures.inTemporaryFolder { folder in
            for path in ["\(folder)/m.h5", "\(folder)/m.keras"] {
                try ModelFile.write(model, metadata: ["classNames": ["a"]], to: path)
                let again = try ModelFile.read(path)
                #expect(try difference(again.model, "\(version)-composed-expected.h5") < 1e-5)
                #expect(again.warnings == contents.warnings && again.metadata == ["classNames": ["a"]])
                #expect(again.model.nodes.map(\.layer.name) == model.nodes.map(\.layer.name))
                #expect(again.model.nodes.map(\.isTrainable) == model.nodes.map(\.isTrainable))
                // The same description to the letter: nothing is lost or grows from one time to the next.
                #expect(try ModelFile.json(of: again.model) == ModelFile.json(of: model))
            }
        }
    }

    @Test(arguments: ["keras3", "keras2"], ["h5", "keras"])
    func channelsFirst(version: String, ending: String) throws {
        let model = try ModelFile.read(KerasFixtures.path("\(version)-first.\(ending)")).model
        #expect(model.inputShapes == [[8, 7, 2]])
        #expect(try difference(model, "\(version)-first-expected.h5") < 1e-5)
        // Only where the order of the values matters is anything moved.
        #expect(model.nodes.filter { $0.layer is Permute }.count == 1)
    }

    /// Keras orders layers also by the alphabet of keywords, and weights in its own format by that.
    @Test(arguments: ["h5", "keras"]) func tensorsByKeyword(ending: String) throws {
        let model = try ModelFile.read(KerasFixtures.path("keras3-keywords.\(ending)")).model
        #expect(try difference(model, "keras3-keywords-expected.h5") < 1e-5)
        try KerasFixtures.inTemporaryFolder { folder in
            for path in ["\(folder)/m.h5", "\(folder)/m.keras"] {
                try ModelFile.write(model, to: path)
                #expect(try difference(ModelFile.read(path).model, "keras3-keywords-expected.h5") < 1e-5)
            }
        }
    }

    /// A model inside that is only cut is none any more, but still a file.
    @Test func cutThrough() throws {
        let whole = try ModelFile.read(KerasFixtures.path("keras3-composed.keras")).model
        let input = whole.symbolicInputs[1]
        let cut = try Model(inputs: [whole.symbolicInputs[0], input], outputs: [whole.output(of: "base/relu")])
        try KerasFixtures.inTemporaryFolder { folder in
            for path in ["\(folder)/m.h5", "\(folder)/m.keras"] {
                try ModelFile.write(cut, to: path)
                let again = try ModelFile.read(path).model
                #expect(again.nodes.contains { $0.layer.name == "base_conv" })
                #expect(
                    Set(again.weights.entries.indices.map(again.weights.array))
                        == Set(cut.weights.entries.indices.map(cut.weights.array)))
            }
        }
    }

    @Test func formatsByName() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let model = try Model(input: [3]) { Dense(2) }
            for (name, start) in [("a.keras", "PK"), ("b.h5", "\u{89}H"), ("c.KERAS", "PK"), ("d", "\u{89}H")] {
                try ModelFile.write(model, to: "\(folder)/\(name)")
                #expect(
                    KerasFixtures.bytes("\(folder)/\(name)").prefix(2).elementsEqual(
                        start.unicodeScalars.map { UInt8($0.value) }))
                // Contents decide.
                KerasFixtures.write(KerasFixtures.bytes("\(folder)/\(name)"), to: "\(folder)/other")
                #expect(try ModelFile.read("\(folder)/other").model.weights.fingerprint == model.weights.fingerprint)
            }
        }
    }

    @Test func damagedArchives() throws {
        let whole = KerasFixtures.bytes(KerasFixtures.path("keras3-first.keras"))
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.keras"
            for length in stride(from: 0, to: whole.count, by: 997) {
                KerasFixtures.write(whole[..<length], to: path)
                #expect(throws: NeuralNetError.self) { try ModelFile.read(path) }
            }
            for place in stride(from: 0, to: whole.count, by: 211) {
                var bytes = whole
                bytes[place] ^= 0x55
                KerasFixtures.write(bytes, to: path)
                _ = try? ModelFile.read(path)
            }
            KerasFixtures.write([0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18), to: path)
            #expect(
                KerasFixtures.message { _ = try ModelFile.read(path) }
                    == "\(path): a zip file, but no Keras model: no config.json in it")
        }
    }

    @Test func openSizes() throws {
        let text = """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, null, null, 1], "name": "i"}},
            {"class_name": "GlobalAveragePooling2D", "config": {"name": "g"}}]}}
            """
        #expect(
            KerasFixtures.message { _ = try ModelFile.architecture(fromJSON: text, path: "a.json") }
                == "a.json: layer 'i': batch_shape: [null,null,null,1] leaves the input's size open")
    }
}

/// A layer that the library does not know.
private struct Doubling: Layer {
    static let className = "Doubling"
    var name = ""
    var times: Float = 2

    func outputShape(_ inputs: [Shape]) throws -> Shape { inputs[0] }
    func makeKernel(_ context: KernelContext) throws -> (any LayerKernel)? {
        try Rescaling(times).makeKernel(context)
    }
    var config: [String: JSONValue] { ["times": .double(Double(times))] }
}

@Suite struct LayerRegistryTests {
    @Test(arguments: ["h5", "keras"]) func layersOfOnesOwn(_ ending: String) throws {
        var layers = LayerRegistry()
        layers.add(Doubling.className) { name, config in
            guard let times = config["times"]?.doubleValue else {
                throw NeuralNetError.invalidArgument(
                    layer: name, field: "times", expected: "a number", received: "nothing")
            }
            return Doubling(name: name, times: Float(times))
        }
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.\(ending)"
            let model = try Model(input: [3]) {
                Dense(2)
                Doubling(times: 3)
            }
            try ModelFile.write(model, to: path)
            #expect(
                KerasFixtures.message { _ = try ModelFile.read(path) }
                    == "\(path): layer 'doubling': class Doubling is not supported")
            let again = try ModelFile.read(path, layers: layers).model
            #expect((again.nodes.last?.layer as? Doubling)?.times == 3)
            #expect(try KerasFixtures.predict(again, [1, 2, 3]) == KerasFixtures.predict(model, [1, 2, 3]))
            // What the maker throws is told with file and layer.
            layers.add(Doubling.className) { _, _ in throw NeuralNetError.invalidGraph("not today") }
            #expect(
                KerasFixtures.message { _ = try ModelFile.read(path, layers: layers) }
                    == "\(path): layer 'doubling': model graph: not today")
        }
    }
}
