import JSON
import JSONCoding
import NeuralNetCore
import NeuralNetTraining

/// The state of an unfinished training run: what `Trainer` needs to go on to the same bits.
///
/// An HDF5 file with one dataset per array under `arrays`, and as attributes the progress and a text of the caller's
/// (the settings of the run) that must be equal when going on.
public enum ResumeFile {
    private static let format = "fermusic-training-1"

    /// Saves the trainer's state, whole or not at all. Throws `NeuralNetError.file`.
    public static func save(_ trainer: Trainer, settings: String, to path: String) throws {
        let progress = try JSONValue.encode(trainer.progress)
        let file = try HDF5Writer(creating: path)
        try file.setAttribute("format", of: "", to: format)
        try file.setAttribute("settings", of: "", to: settings)
        try file.makeGroup("progress")
        try file.setAttribute("json", of: "progress", to: progress)
        for (name, values) in trainer.stateArrays.sorted(by: { $0.key < $1.key }) {
            try file.write(values.baseAddress!, shape: [values.count], to: "arrays/\(name)")
        }
        try file.save()
    }

    /// The settings of the run saved in a file. Throws `NeuralNetError.file` if it is not a resume file.
    public static func settings(of path: String) throws -> String {
        let file = try open(path)
        guard let text = try file.text("settings", of: "") else {
            throw NeuralNetError.file(path: path, place: "settings", reason: "missing")
        }
        return text
    }

    /// Puts a trainer where the saved one was. The trainer must have been made with equal settings.
    public static func restore(_ trainer: Trainer, from path: String) throws {
        let file = try open(path)
        let text = try file.text("json", of: "progress") ?? ""
        let progress: TrainingProgress
        do {
            progress = try JSONValue.decode(TrainingProgress.self, from: text)
        } catch {
            throw NeuralNetError.file(path: path, place: "progress", reason: "damaged")
        }
        try trainer.restore(progress) { name, target in try file.read("arrays/\(name)", into: target) }
    }

    private static func open(_ path: String) throws -> HDF5File {
        let file = try HDF5File(reading: path)
        guard try file.text("format", of: "") == format else {
            throw NeuralNetError.file(path: path, place: nil, reason: "not a training state of this program")
        }
        return file
    }
}
