import JSON
import NeuralNetCore

/// Which Keras wrote a description: some names mean other things in other versions.
enum KerasVersion {
    /// 3, or 2 for all that came before; nil if nothing in the description tells.
    static func major(of description: JSONValue) -> Int? {
        if let text = description["keras_version"]?.stringValue {
            if let major = text.split(separator: ".").first.flatMap({ Int($0) }) { return major < 3 ? 2 : major }
        }
        return sign(in: description)
    }

    /// Inputs name their shape differently: `batch_input_shape` in 2, `batch_shape` in 3.
    private static func sign(in value: JSONValue) -> Int? {
        if let fields = value.objectValue {
            if fields["batch_input_shape"] != nil { return 2 }
            if fields["batch_shape"] != nil || fields["class_name"]?.stringValue == "DTypePolicy" { return 3 }
            // Sorted, so that the answer is the same each time.
            for key in fields.keys.sorted() { if let found = sign(in: fields[key]!) { return found } }
        }
        for item in value.arrayValue ?? [] { if let found = sign(in: item) { return found } }
        return nil
    }
}
