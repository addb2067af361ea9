import Files
import Glibc

/// The models that come with the program, which can be called by their names alone, with or without `.h5`.
public enum ShippedModels {
    /// Their names without ending, sorted; none where they are not beside the program.
    public static var names: [String] {
        guard let folder = EmotionModel.standardPath?.parentFolder else { return [] }
        return FolderTree.names(in: folder)
            .filter { ($0.hasPrefix("fer2013-") || $0.hasPrefix("ferplus-")) && $0.hasSuffix(".h5") }
            .map(\.withoutPathExtension).sorted()
    }

    /// Where the file is that somebody means: what is there under that path, or else a model that comes along. Throws
    /// `RecognitionError.file` if there is neither, with `reason`.
    public static func path(
        _ name: String, reason: String = "No such file or directory"
    ) throws(RecognitionError) -> String {
        if access(name.cPath, F_OK) == 0 { return name }
        if !name.contains("/") {
            for file in [name, name + ".h5"] {
                if let known = ProgramFile.path(file, checkoutFolder: "Checkpoints") { return known }
            }
        }
        let names = names
        throw .file(path: name, reason: reason, remedy: names.isEmpty ? nil : .shippedModel(names, for: name))
    }
}
