import Foundation
import Glibc
import NeuralNet
import Testing

/// What is wrong with a file is one line that names file and place; nothing crashes, nothing is guessed.
@Suite struct KerasBadFileTests {
    /// What reading a file with that `model_config` says, without the path.
    private func complaint(_ config: String) throws -> String {
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.h5"
            let file = try HDF5Writer(creating: path)
            try file.setAttribute("model_config", of: "", to: config)
            try file.save()
            let message = KerasFixtures.message { _ = try ModelFile.read(path) }
            #expect(message.hasPrefix(path + ": "))
            #expect(!message.contains("\n"))
            return String(message.dropFirst(path.count + 2))
        }
    }

    /// A chain of one layer in Keras 3's form.
    private func chain(_ className: String, _ fields: String, input: String = "[null, 8, 8, 2]") -> String {
        """
        {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": \(input), "name": "i"}},
        {"class_name": "\(className)", "config": {"name": "layer_7", \(fields)}}]}}
        """
    }

    /// How weights began does not matter to trained ones.
    @Test func initializersMatterWhereTheyAreUsed() throws {
        let fields =
            #""filters": 2, "kernel_size": [3, 3], "kernel_initializer": {"class_name": "Identity", "config": {"gain": 2}}"#
        let text = chain("Conv2D", fields)
        let message = KerasFixtures.message { _ = try ModelFile.architecture(fromJSON: text, path: "my.json") }
        #expect(
            message
                == "my.json: layer 'layer_7': kernel_initializer: {\"class_name\":\"Identity\",\"config\":{\"gain\":2}} "
                + "is not a known initializer")
        #expect(try complaint(text) == "model_weights: missing")
        // As EfficientNetV2 has it.
        for (value, expected) in [("0", Initializer.zeros), ("1.0", .ones), ("0.5", .constant(0.5))] {
            let constant = fields.replacing(
                #""kernel_initializer": {"class_name": "Identity", "config": {"gain": 2}}"#,
                with: #""bias_initializer": {"class_name": "Constant", "config": {"value": \#(value)}}"#)
            let model = try ModelFile.architecture(fromJSON: chain("Conv2D", constant), path: "my.json")
            #expect((model.nodes.last?.layer as? Conv2D)?.biasInitializer == expected)
        }
    }

    /// With the line that makes a file of it: through Keras 2 where that left a description, otherwise through ONNX.
    @Test func savedModels() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/saved", withIntermediateDirectories: true)
            try Data([8, 1, 0x12, 1]).write(to: URL(fileURLWithPath: "\(folder)/saved/saved_model.pb"))
            func refusal(_ path: String) -> String { KerasFixtures.message { _ = try ModelFile.read(path) } }
            for path in ["saved", "saved/", "saved/saved_model.pb"] {
                #expect(refusal("\(folder)/\(path)").contains("tf2onnx.convert --saved-model '\(folder)/saved' "))
            }
            try Data().write(to: URL(fileURLWithPath: "\(folder)/saved/keras_metadata.pb"))
            #expect(refusal("\(folder)/saved").contains("load_model('\(folder)/saved').save('\(folder)/saved.h5')"))
        }
    }

    /// As MobileNets have it, as a layer and as a function.
    @Test func relu6() throws {
        let layer = try ModelFile.architecture(fromJSON: chain("ReLU", #""max_value": 6.0"#), path: "a.json")
        let named = try ModelFile.architecture(fromJSON: chain("Activation", #""activation": "relu6""#), path: "b.json")
        for model in [layer, named] {
            #expect((model.nodes.last?.layer as? ActivationLayer)?.function == .relu6)
        }
    }

    /// Keras 2 writes fields of convolutions to layers that do not have them.
    @Test(arguments: [
        ("DepthwiseConv2D", ""), ("SeparableConv2D", #""filters": 2, "#), ("Conv2DTranspose", #""filters": 2, "#),
        ("Conv2D", #""filters": 2, "#),
    ])
    func leftovers(className: String, fields: String) throws {
        let text = chain(
            className, fields + #""kernel_size": [3, 3], "groups": 1, "data_format": "channels_last", "fused": null"#)
        #expect(try ModelFile.architecture(fromJSON: text, path: "a.json").nodes.count == 2)
    }

    /// Keras 2 and 3 mean other functions by one name.
    @Test func hardSigmoid() throws {
        func function(_ text: String) throws -> Activation? {
            let model = try ModelFile.architecture(fromJSON: text, path: "a.json")
            return (model.nodes.last?.layer as? ActivationLayer)?.function
        }
        let keras3 = chain("Activation", #""activation": "hard_sigmoid""#)
        let keras2 = keras3.split(separator: "\"batch_shape\"", omittingEmptySubsequences: false).joined(
            separator: "\"batch_input_shape\"")
        #expect(try function(keras3) == .hardSigmoid(slope: 1 / 6))
        #expect(try function(keras2) == .hardSigmoid(slope: 0.2))
        let named = #"{"keras_version": "2.15.0", "# + keras3.dropFirst()
        #expect(try function(named) == .hardSigmoid(slope: 0.2))
        let silent = """
            {"class_name": "Sequential", "config": {"build_input_shape": [null, 4], "layers": [
            {"class_name": "Activation", "config": {"name": "a", "activation": "hard_sigmoid"}}]}}
            """
        #expect(
            KerasFixtures.message { _ = try function(silent) }
                == "a.json: layer 'a': activation: hard_sigmoid is not the same in Keras 2 and 3, "
                + "and nothing says which of them wrote this")
    }

    @Test(arguments: [
        ("Conv3D", #""filters": 2"#, "class Conv3D is not supported"),
        ("Conv2DTranspose", #""filters": 2"#, "kernel_size: missing"),
        ("Conv1D", #""filters": 2, "kernel_size": [3, 3]"#, "kernel_size: [3,3] is not a whole number in range"),
        (
            "Conv2D", #""filters": 2, "kernel_size": [3, 3], "padding": "causal""#,
            "padding: 'causal' is not supported, only valid and same"
        ),
        (
            "Conv2D", #""filters": 2, "kernel_size": [3, 3], "activation": "sparsemax""#,
            #"activation: "sparsemax" is not a known activation"#
        ),
        ("Dense", #""units": 2, "dtype": "int8""#, #"dtype: "int8" is not supported"#),
        ("Dense", #""units": 2, "lora_rank": 4"#, "lora_rank: 4 is not supported"),
        ("Dense", #""units": 2.5"#, "units: 2.5 is not a whole number in range"),
        ("Dense", #""activation": "relu""#, "units: missing"),
        ("ReLU", #""max_value": -4.0"#, "max_value: -4.0 is below 0"),
        ("ReLU", #""threshold": "much""#, #"threshold: "much" is not a number"#),
        ("ThresholdedReLU", #""theta": -1"#, "theta: -1.0 is below 0"),
        ("Softmax", #""axis": [0.5]"#, "axis: [0.5] is not a list of whole numbers in range"),
        ("Dot", #""axes": 1, "normalize": true"#, "normalize: true is not supported"),
        ("Dot", #""axes": [1, 2, 3]"#, "axes: [1,2,3] is not a pair of whole numbers in range"),
        (
            "UpSampling2D", #""interpolation": "lanczos3""#,
            "interpolation: 'lanczos3' is not supported, only nearest, bilinear, bicubic"
        ),
        ("Resizing", #""height": 2, "width": 2, "antialias": true"#, "antialias: true is not supported"),
        (
            "Resizing", #""height": 2, "width": 2, "pad_to_aspect_ratio": true, "fill_value": 1"#,
            "fill_value: 1.0 with fill_mode 'constant' is not supported, only 0 and 'constant'"
        ),
        ("Cropping2D", #""cropping": [1, 2, 3]"#, "cropping: [1,2,3] is not two pairs of whole numbers in range"),
        ("LSTM", #""units": 2, "stateful": true"#, "stateful: true is not supported"),
        ("LSTM", #""units": 2, "return_state": true"#, "return_state: true is not supported"),
        ("Embedding", #""input_dim": 2, "output_dim": 2, "mask_zero": true"#, "mask_zero: true is not supported"),
        ("TimeDistributed", #""layer": {"class_name": "Conv3D", "config": {}}"#, "class Conv3D is not supported"),
        ("TimeDistributed", #""lay": 1"#, "layer: missing"),
        (
            "Bidirectional", #""merge_mode": "sum", "layer": {"class_name": "LSTM", "config": {"units": 2}}"#,
            "merge_mode: 'sum' is not supported, only concat"
        ),
        (
            "Bidirectional",
            #""merge_mode": "concat", "layer": {"class_name": "LSTM", "config": {"units": 2}}, "backward_layer": {"class_name": "LSTM", "config": {"units": 3, "go_backwards": true}}"#,
            "backward_layer: another layer than the mirror image is not supported"
        ),
        ("Softmax", #""axis": -1, "beta": 2"#, "beta: 2 is not supported"),
        (
            "Dense", #""units": 2, "activation": {"class_name": "ReLU", "config": {"max_value": 1, "by": 3}}"#,
            "by: 3 is not supported"
        ),
        ("BatchNormalization", #""axis": [1, 2]"#, "axis: [1, 2] is not supported, only one axis"),
        ("Normalization", #""mean": [1, 2]"#, "variance: missing beside the other of the two"),
        ("Normalization", #""mean": "m", "variance": 1"#, #"mean: "m" is not a list of numbers"#),
        ("LayerNormalization", #""rms_scaling": true"#, "rms_scaling: true is not supported"),
        ("BatchNormalization", #""renorm": true"#, "renorm: true is not supported"),
        (
            "ZeroPadding2D", #""padding": [[1, 1]]"#,
            "padding: [[1,1]] is not two pairs of whole numbers in range"
        ),
        ("Dropout", #""rate": 0.5, "noise_shape": [0.5]"#, "noise_shape: [0.5] is not a list of sizes"),
    ])
    func unknownOption(className: String, fields: String, expected: String) throws {
        #expect(try complaint(chain(className, fields)) == "layer 'layer_7': \(expected)")
    }

    @Test(arguments: [
        ("nonsense", "model_config: not JSON"),
        ("{}", "model_config: class_name or config is missing"),
        (#"{"class_name": "Sequential", "config": []}"#, "model_config: no layers"),
        (
            #"{"class_name": "MyModel", "config": {}}"#,
            "model_config: class MyModel is neither Sequential nor Functional"
        ),
        (
            #"{"class_name": "Functional", "config": {"layers": []}}"#,
            "model_config: layers, input_layers or output_layers is missing"
        ),
        (String(repeating: "[", count: 100_000), "model_config: not JSON"),
    ])
    func config(text: String, expected: String) throws {
        #expect(try complaint(text) == expected)
    }

    @Test(arguments: [
        (
            "[null, null, null, 1]",
            "layer 'i': batch_shape: [null,null,null,1] leaves the input's size open"
        ),
        ("[null, 8, 8, 0]", "layer 'i': batch_shape: [null,8,8,0] is not a list of sizes"),
        ("[null, 8]", "model_config: Conv2D 'layer_7': input must be [height, width, channels], received [8]"),
        (
            "[null, 2, 2, 1]",
            "model_config: Conv2D 'layer_7': input must be at least as large as the 3x3 window, received [2, 2, 1]"
        ),
        (
            "[null, 60000, 60000, 3]",
            "model_config: model graph: InputLayer 'i': a tensor of shape [60000, 60000, 3] is too large, more than 268435456 elements"
        ),
    ])
    func inputShape(shape: String, expected: String) throws {
        #expect(try complaint(chain("Conv2D", #""filters": 2, "kernel_size": [3, 3]"#, input: shape)) == expected)
    }

    /// Sizes whose products do not fit into memory, or into an integer.
    @Test(arguments: [
        ("Dense", #""units": 16777216"#), ("Dense", #""units": 99999999999"#),
        ("Conv2D", #""filters": 16777216, "kernel_size": [65536, 65536], "padding": "same""#),
        ("Conv2D", #""filters": 16777216, "kernel_size": [99999999, 99999999], "padding": "same""#),
        ("SeparableConv2D", #""filters": 16777216, "kernel_size": 1, "depth_multiplier": 16777216"#),
        ("Reshape", #""target_shape": [16777216, 16777216, 16777216, 16777216]"#),
        ("Reshape", #""target_shape": [16777216, 16777216, 16777216, -1]"#),
        ("ZeroPadding2D", #""padding": 9000000000000000000"#),
        ("ZeroPadding2D", #""padding": [[65536, 65536], [65536, 65536]]"#),
        ("Conv2D", #""filters": -3, "kernel_size": [3, 3]"#), ("Conv2D", #""filters": 3, "kernel_size": [0, 3]"#),
        ("Conv2D", #""filters": 3, "kernel_size": [3, 3], "strides": [0, 1]"#),
        ("MaxPooling2D", #""pool_size": [65536, 65536], "padding": "same""#),
        ("PReLU", #""shared_axes": [0, 9]"#), ("Dropout", #""rate": 1.5"#),
    ])
    func absurdSizes(className: String, fields: String) throws {
        let message = try complaint(chain(className, fields))
        #expect(message.contains("layer_7"))
    }

    @Test(arguments: [
        (#"[["a", -1, 0, {}]]"#, #"["a",-1,0,{}] names no call of a layer"#),
        (#"[["a", 0, 1.5, {}]]"#, #"["a",0,1.5,{}] names no call of a layer"#),
        (#"[["a", 0, 0, {"scale": 2}]]"#, "call with scale=2 is not supported"),
        (#"{"args": [1], "kwargs": {}}"#, "1 is not supported, only tensors"),
        (
            #"{"args": [{"config": {"keras_history": ["a", 0, 0]}}], "kwargs": {"mask": true}}"#,
            "call with mask=true is not supported"
        ),
    ])
    func inboundNodes(nodes: String, expected: String) throws {
        let text = """
            {"class_name": "Functional", "config": {"layers": [
            {"class_name": "InputLayer", "name": "a", "config": {"batch_shape": [null, 4]}, "inbound_nodes": []},
            {"class_name": "Flatten", "name": "f", "config": {}, "inbound_nodes": [\(nodes)]}],
            "input_layers": ["a", 0, 0], "output_layers": ["f", 0, 0]}}
            """
        #expect(try complaint(text) == "layer 'f': inbound_nodes: \(expected)")
    }

    @Test func layersInACircle() throws {
        let text = """
            {"class_name": "Functional", "config": {"layers": [
            {"class_name": "InputLayer", "name": "a", "config": {"batch_shape": [null, 4]}, "inbound_nodes": []},
            {"class_name": "Flatten", "name": "f", "config": {}, "inbound_nodes": [[["g", 0, 0, {}]]]},
            {"class_name": "Flatten", "name": "g", "config": {}, "inbound_nodes": [[["f", 0, 0, {}]]]}],
            "input_layers": ["a", 0, 0], "output_layers": ["g", 0, 0]}}
            """
        #expect(try complaint(text) == "model_config: layer 'f' uses layers that do not exist")
    }

    @Test func weightsThatDoNotFit() throws {
        let model = try Model(input: [4]) { Dense(3, name: "d") }
        func complaint(_ change: (HDF5Writer) throws -> Void) throws -> String {
            try KerasFixtures.inTemporaryFolder { folder in
                let path = "\(folder)/w.h5"
                let file = try HDF5Writer(creating: path)
                try file.setAttribute("layer_names", of: "", to: ["d"])
                try file.makeGroup("d")
                try change(file)
                try file.save()
                return String(
                    KerasFixtures.message { try ModelFile.readWeights(path, into: model) }.dropFirst(path.count + 2))
            }
        }
        let values = [Float](repeating: 1, count: 20)
        func fill(_ file: HDF5Writer, names: [String], kernel: [Int]) throws {
            try file.setAttribute("weight_names", of: "d", to: names)
            try file.write(values, shape: kernel, to: "d/kernel")
            try file.write(values, shape: [3], to: "d/bias")
        }
        #expect(try complaint { try fill($0, names: ["kernel", "bias"], kernel: [4, 3]) } == "")
        #expect(
            try complaint { try fill($0, names: ["kernel", "bias"], kernel: [3, 4]) }
                == "d/kernel: shape [3, 4] instead of [4, 3] in layer 'd'")
        #expect(
            try complaint { try fill($0, names: ["kernel"], kernel: [4, 3]) } == "layer 'd': 1 weights instead of 2")
        #expect(try complaint { try fill($0, names: ["kernel", "b"], kernel: [4, 3]) } == "d/b: missing")
        #expect(try complaint { _ in } == "d: weight_names is missing")
    }

    @Test func claimedSizeIsNotAllocated() {
        let model = try? Model(input: [4]) { Dense(3, name: "d") }
        let path = KerasFixtures.path("claims-much.h5")
        #expect(
            KerasFixtures.message { try ModelFile.readWeights(path, into: model!) }
                == "\(path): d/kernel: shape [1048576, 1048576] instead of [4, 3] in layer 'd'")
        #expect(
            KerasFixtures.message { _ = try HDF5File(reading: path).read("d/kernel") }
                == "\(path): d/kernel: 1099511627776 values are more than expected")
    }

    @Test func notAnHDF5File() throws {
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.h5"
            func complaint(_ bytes: [UInt8]) -> String {
                KerasFixtures.write(bytes, to: path)
                return String(KerasFixtures.message { _ = try ModelFile.read(path) }.dropFirst(path.count + 2))
            }
            #expect(complaint([]) == "empty file")
            #expect(complaint(Array("emotion,pixels,Usage\n".utf8)) == "not an HDF5 file")
            #expect(complaint([0x50, 0x4B, 3, 4, 20, 0, 0, 0]).hasPrefix("a zip archive (.keras?)"))
            #expect(complaint([0x89, 0x48]) == "cut short: only 2 bytes")
            #expect(complaint([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0]) == "cut short: only 9 bytes")
            #expect(complaint([0x1C, 0, 0, 0] + Array("TFL3".utf8) + [20, 0]).hasPrefix("a TensorFlow Lite model;"))
            #expect(complaint(Array("GGUF".utf8) + [3, 0, 0, 0, 0, 0]).hasPrefix("weights of a language model (GGUF)"))
            let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 1234\n"
            #expect(
                complaint(Array(pointer.utf8))
                    == "not the model but a pointer to it (Git LFS); git lfs pull fetches the file")
            for page in ["<!DOCTYPE html><html>", "\n  <?xml version='1.0'?>"] {
                #expect(complaint(Array(page.utf8)).hasPrefix("a web page or XML, not the model"))
            }
            #expect(
                complaint(Array("{\"class_name\": \"Sequential\"}".utf8)).hasPrefix(
                    "JSON: a network without its weights"))
            #expect(complaint([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]).hasPrefix("a PyTorch file;"))
            #expect(
                complaint([10, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":{}}  ".utf8)).hasPrefix(
                    "weights alone (safetensors)"))
            #expect(complaint(Array("FMPLAN\r\n".utf8) + [1, 0, 0, 0]).hasPrefix("a plan, for the engine in browsers"))
            unlink(path)
            #expect(KerasFixtures.message { _ = try ModelFile.read(path) } == "\(path): No such file or directory")
            #expect(KerasFixtures.message { _ = try ModelFile.read(folder) } == "\(folder): Is a directory")
        }
        let foreign = KerasFixtures.path("expected.h5")
        #expect(
            KerasFixtures.message { _ = try ModelFile.read(foreign) }
                == "\(foreign): no model_config: not a Keras model")
    }

    @Test func cutShortAnywhere() throws {
        let whole = KerasFixtures.bytes(KerasFixtures.path("keras2.0-functional.h5"))
        try KerasFixtures.inTemporaryFolder { folder in
            let path = "\(folder)/m.h5"
            for length in Array(stride(from: 0, to: whole.count, by: 97)) + [whole.count - 1] {
                KerasFixtures.write(whole[..<length], to: path)
                let error = #expect(throws: NeuralNetError.self) { try ModelFile.read(path) }
                #expect(error?.description.hasPrefix(path + ": ") == true)
            }
        }
    }
}
