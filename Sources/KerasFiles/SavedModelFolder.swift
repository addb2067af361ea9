import Files
import Glibc
import NeuralNetCore

/// TensorFlow's SavedModel: a folder of a program for TensorFlow's own machine, not a description of layers. It is refused
/// with the line that makes a file of it.
struct SavedModelFolder {
    let path: String
    private let folder: String

    /// The folder, or the `saved_model.pb` in it; nil for anything else.
    static func containing(_ path: String) -> SavedModelFolder? {
        if access((path + "/saved_model.pb").cPath, F_OK) == 0 { return SavedModelFolder(path: path, folder: path) }
        guard path.hasSuffix("saved_model.pb") else { return nil }
        return SavedModelFolder(path: path, folder: path.parentFolder)
    }

    var refusal: NeuralNetError {
        var name = folder
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        // Only Keras 2 leaves a description of the layers there; what Keras 3 exports is a program without one.
        let line =
            access((name + "/keras_metadata.pb").cPath, F_OK) == 0
            ? "TF_USE_LEGACY_KERAS=1 python3 -c "
                + #""import tensorflow as tf; tf.keras.models.load_model('\#(name)').save('\#(name).h5')""#
            : "python3 -m tf2onnx.convert --saved-model '\(name)' --output '\(name).onnx'"
        return .file(
            path: path, place: nil, reason: "a SavedModel of TensorFlow; this makes a file of it: \(line)")
    }
}
