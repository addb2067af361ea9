import Files
import Terminal

/// Whether names of files to write say what is written into them: a picture called `.jpg` that is a PNG, or a network
/// called `.tflite` that is HDF5, is found out only much later.
enum OutputName {
    /// Endings that mean a format, whoever sees them.
    private static let known: Set<String> = [
        "png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "heic", "avif", "svg", "pdf", "mp4", "mkv", "mov",
        "avi",
        "webm", "h5", "hdf5", "keras", "onnx", "tflite", "pt", "pth", "pb", "pkl", "ckpt", "npz", "safetensors",
        "mlmodel",
        "fmplan", "packed", "csv", "tsv", "json", "jsonl", "ndjson", "html", "htm", "txt", "md", "srt", "vtt", "xml",
        "xspf",
        "m3u", "m3u8", "zip", "gz", "tar", "parquet", "xlsx",
    ]

    static let networks = ["h5", "hdf5", "keras", "onnx"]

    /// A file of which `endings` tell the format; other names are taken as they are, unless they end as another format.
    /// Throws `UsageError.invalidValue`, also for `-`, since only data is printed.
    static func check(_ name: String, _ path: String?, _ endings: [String]) throws {
        guard let path else { return }
        if path == "-" { throw UsageError.invalidValue(name, value: path, expected: "a file: this is not printed") }
        guard let ending = ending(path), !endings.contains(ending) else { return }
        let list = endings.map { ".\($0)" }
        throw UsageError.invalidValue(
            name, value: path,
            expected: list.count == 1
                ? "a name ending in \(list[0])"
                : "a name ending in \(list.dropLast().joined(separator: ", ")) or \(list.last!)")
    }

    /// A folder, which is made. Throws `UsageError.invalidValue` for what ends as a file does.
    static func checkFolder(_ name: String, _ path: String?) throws {
        guard let path else { return }
        if path == "-" || ending(path) != nil { throw UsageError.invalidValue(name, value: path, expected: "a folder") }
    }

    /// The ending, in small letters, if it is a known one.
    private static func ending(_ path: String) -> String? {
        let name = path.lastPathPart.lowercased()
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        let ending = String(name[name.index(after: dot)...])
        return known.contains(ending) ? ending : nil
    }
}
