import JSON
import NeuralNetCore

/// Reads one layer's Keras configuration field by field. What is not understood is an error that names layer and
/// field; nothing is taken silently for a default.
struct KerasConfigReader {
    let path: String
    let layer: String
    /// Whether the layer's weights are in the file too.
    let isTrained: Bool
    /// 2 or 3; nil if it is not known.
    let kerasVersion: Int?
    let notes: KerasNotes
    private let fields: [String: JSONValue]
    private var used: Set<String> = [
        // These change neither what the layer computes nor how it is trained here.
        "name", "trainable", "batch_input_shape", "batch_shape", "sparse", "ragged", "optional", "seed", "autocast",
        "implementation", "input_shape", "build_config", "fused", "input_dim", "input_length", "experimental_dict",
    ]

    init(
        path: String, layer: String, isTrained: Bool, fields: [String: JSONValue], kerasVersion: Int? = nil,
        notes: KerasNotes = KerasNotes()
    ) {
        self.notes = notes
        self.path = path
        self.layer = layer
        self.isTrained = isTrained
        self.fields = fields
        self.kerasVersion = kerasVersion
    }

    func failure(_ field: String, _ reason: String) -> NeuralNetError {
        .file(path: path, place: "layer '\(layer)'", reason: "\(field): \(reason)")
    }

    private mutating func field(_ name: String) -> JSONValue? {
        used.insert(name)
        return fields[name]
    }

    /// Must be called after the fields the layer knows were read.
    mutating func finish() throws {
        try checkType()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !used.contains(name) {
            if value.isNull { continue }
            switch name {
            case "groups" where value.intValue == 1, "data_format" where value.stringValue == "channels_last",
                "synchronized" where value.boolValue == false, "renorm" where value.boolValue == false,
                "virtual_batch_size" where value.isNull, "adjustment" where value.isNull,
                "padding_mode" where value.stringValue == "zeros":
                continue
            case "renorm_momentum": continue  // of use only with renorm
            case _ where name.hasSuffix("_regularizer"):
                if (try? factors(of: value, name)) ?? (1, 1) != (0, 0) { keep(name, value) }
            case _ where name.hasSuffix("_constraint"): keep(name, value)
            default: throw failure(name, "\(value.text()) is not supported")
            }
        }
    }

    /// Keeps a field that has no effect here for the file.
    private func keep(_ name: String, _ value: JSONValue) {
        notes.keptFields[name] = value
        let what = value["class_name"]?.stringValue ?? value.stringValue ?? value.text()
        notes.warn("layer '\(layer)': \(name) \(what) is kept for the file, training here passes it over")
    }

    /// All floating-point types are computed as float32.
    private mutating func checkType() throws {
        guard let value = field("dtype"), !value.isNull else { return }
        let name = value.stringValue ?? value["config"]?["name"]?.stringValue
        let floats = ["float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"]
        guard let name, floats.contains(name) else { throw failure("dtype", "\(value.text()) is not supported") }
    }

    mutating func int(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let value = field(name), !value.isNull else {
            if let fallback { return fallback }
            throw failure(name, "missing")
        }
        guard let number = value.intValue, (-(1 << 24)...1 << 24).contains(number) else {
            throw failure(name, "\(value.text()) is not a whole number in range")
        }
        return number
    }

    mutating func float(_ name: String, default fallback: Float? = nil) throws -> Float {
        guard let value = field(name), !value.isNull else {
            if let fallback { return fallback }
            throw failure(name, "missing")
        }
        // Keras 3 wraps constants of some layers as {"class_name": "__numpy__", ...}.
        if let wrapped = value["config"]?["value"]?.doubleValue { return Float(wrapped) }
        guard let number = value.doubleValue else { throw failure(name, "\(value.text()) is not a number") }
        return Float(number)
    }

    /// One number, or a list of them.
    mutating func floats(_ name: String, default fallback: [Float]? = nil) throws -> [Float] {
        guard let value = field(name), !value.isNull else {
            if let fallback { return fallback }
            throw failure(name, "missing")
        }
        guard let items = (value["config"]?["value"] ?? value).arrayValue else { return [try float(name)] }
        let numbers = items.compactMap(\.doubleValue)
        guard !items.isEmpty, numbers.count == items.count else {
            throw failure(name, "\(value.text()) is not a list of numbers")
        }
        return numbers.map { Float($0) }
    }

    mutating func bool(_ name: String, default fallback: Bool) throws -> Bool {
        guard let value = field(name), !value.isNull else { return fallback }
        guard let flag = value.boolValue else { throw failure(name, "\(value.text()) is neither true nor false") }
        return flag
    }

    mutating func string(_ name: String, default fallback: String) throws -> String {
        guard let value = field(name), !value.isNull else { return fallback }
        guard let text = value.stringValue else { throw failure(name, "\(value.text()) is not a text") }
        return text
    }

    mutating func ints(_ name: String) throws -> [Int]? {
        guard let value = field(name), !value.isNull else { return nil }
        guard let items = value.arrayValue, items.allSatisfy({ (-(1 << 24)...1 << 24).contains($0.intValue ?? .max) })
        else {
            throw failure(name, "\(value.text()) is not a list of whole numbers in range")
        }
        return items.map { $0.intValue! }
    }

    /// A pair such as `kernel_size`; one number stands for both.
    mutating func pair(_ name: String, default fallback: (Int, Int)? = nil) throws -> (Int, Int) {
        guard let value = field(name), !value.isNull else {
            if let fallback { return fallback }
            throw failure(name, "missing")
        }
        let range = -65536...65536
        if let both = value.intValue, range.contains(both) { return (both, both) }
        guard let items = value.arrayValue, items.count == 2, let first = items[0].intValue,
            let second = items[1].intValue, range.contains(first), range.contains(second)
        else { throw failure(name, "\(value.text()) is not a pair of whole numbers in range") }
        return (first, second)
    }

    /// A number that may be alone in a list, as sizes of one axis are.
    mutating func single(_ name: String, default fallback: Int? = nil) throws -> Int {
        guard let items = field(name)?.arrayValue else { return try int(name, default: fallback) }
        guard items.count == 1, let number = items[0].intValue, (-65536...65536).contains(number) else {
            throw failure(name, "\(fields[name]?.text() ?? "") is not a whole number in range")
        }
        return number
    }

    mutating func raw(_ name: String) -> JSONValue? { field(name) }

    mutating func padding(_ name: String = "padding") throws -> Padding {
        let text = try string(name, default: "valid")
        guard let padding = Padding(rawValue: text.lowercased()) else {
            throw failure(name, "'\(text)' is not supported, only valid and same")
        }
        return padding
    }

    /// An initializer of any Keras version. Keras 2 writes Glorot's, He's and LeCun's as VarianceScaling. Of trained
    /// layers one that is not known is taken for the usual one, since it will not be used.
    mutating func initializer(_ name: String, default fallback: Initializer) throws -> Initializer {
        guard let value = field(name), !value.isNull else { return fallback }
        if let known = KerasConfigReader.initializer(value) { return known }
        if isTrained { return fallback }
        throw failure(name, "\(value.text()) is not a known initializer")
    }

    /// Nil for one that is not known. Names come as classes and as functions, whose settings are the defaults.
    private static func initializer(_ value: JSONValue) -> Initializer? {
        let name = value.stringValue ?? value["class_name"]?.stringValue ?? "", config = value["config"] ?? .null
        func number(_ setting: String, _ usual: Double) -> Double? {
            guard let value = config[setting] else { return usual }
            return value.doubleValue.flatMap { abs($0) <= Double(Float.greatestFiniteMagnitude) ? $0 : nil }
        }
        switch name.lowercased().filter({ $0 != "_" }) {
        case "zeros", "zero": return .zeros
        case "ones", "one": return .ones
        case "glorotuniform": return .glorotUniform
        case "glorotnormal": return .glorotNormal
        case "heuniform": return .heUniform
        case "henormal": return .heNormal
        case "lecununiform": return .lecunUniform
        case "lecunnormal": return .lecunNormal
        case "constant": return number("value", 0).map { .constant(Float($0)) }
        case "randomuniform", "uniform":
            guard let lowest = number("minval", -0.05), let highest = number("maxval", 0.05), lowest <= highest
            else { return nil }
            return .uniform(Float(lowest), Float(highest))
        case "randomnormal", "normal":
            guard let mean = number("mean", 0), let deviation = number("stddev", 0.05) else { return nil }
            return .normal(mean: mean, deviation: deviation)
        case "truncatednormal":
            guard let mean = number("mean", 0), let deviation = number("stddev", 0.05) else { return nil }
            return .truncated(mean: Float(mean), deviation: Float(deviation))
        case "orthogonal", "orthogonalinitializer": return number("gain", 1).map { .orthogonal(gain: Float($0)) }
        case "variancescaling":
            let distribution = config["distribution"]?.stringValue ?? "truncated_normal"
            guard let scale = number("scale", 1), scale > 0,
                let mode = Initializer.FanMode(rawValue: config["mode"]?.stringValue ?? "fan_in"),
                let known = Initializer.FanDistribution(
                    rawValue: distribution == "normal" ? "truncated_normal" : distribution)
            else { return nil }
            return .varianceScaling(scale: Float(scale), mode: mode, distribution: known)
        default: return nil
        }
    }

    /// The factor of an L2 penalty; 0 for none. Other penalties are kept for the file.
    mutating func l2(_ name: String) throws -> Float {
        guard let value = field(name), !value.isNull else { return 0 }
        guard let factors = try? factors(of: value, name) else {
            keep(name, value)
            return 0
        }
        if factors.l1 != 0 { keep(name, value) }
        return Float(factors.l2)
    }

    /// Both factors of a regularizer: `L1L2` in any Keras, `L1` and `L2` in Keras 3, bare names for the default 0.01.
    private func factors(of value: JSONValue, _ name: String) throws -> (l1: Double, l2: Double) {
        let config = value["config"] ?? .null
        switch (value.stringValue ?? value["class_name"]?.stringValue)?.lowercased() {
        case "l1l2", "l1_l2":
            return (config["l1"]?.doubleValue ?? 0, config["l2"]?.doubleValue ?? 0)
        case "l2": return (0, config["l2"]?.doubleValue ?? 0.01)
        case "l1": return (config["l1"]?.doubleValue ?? 0.01, 0)
        default: throw failure(name, "\(value.text()) is not supported, only L2")
        }
    }
}
