import Files
import Glibc

/// Numbers that a model keeps in a file of its own, as PyTorch writes them (`net.onnx.data`).
///
/// A model from a stranger must not make the program read other files: only a regular file beside the model is read,
/// named without any folder and no link.
enum ExternalData {
    /// The `count` bytes that `entry` (`location`, `offset`, `length`) describes. Throws `ONNXFailure`.
    static func read(_ entry: [String: String], folder: String?, count: Int) throws -> [UInt8] {
        let name = entry["location"] ?? ""
        guard let folder else { throw ONNXFailure("its numbers are in another file, '\(name)'") }
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
        else { throw ONNXFailure("its numbers are in '\(name)'; only a file in the model's folder is read") }
        func number(_ key: String, _ fallback: Int) throws -> Int {
            guard let text = entry[key] else { return fallback }
            guard let value = Int(text), value >= 0 else { throw ONNXFailure("\(key) '\(text)' in '\(name)'") }
            return value
        }
        let offset = try number("offset", 0)
        guard try number("length", count) == count else {
            throw ONNXFailure("\(entry["length"] ?? "") bytes in '\(name)' instead of \(count)")
        }
        let descriptor = open("\(folder)/\(name)".cPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno == ELOOP ? "a link, which is not followed" : FileFailure.last.reason
            throw ONNXFailure("its numbers are in '\(name)': \(reason)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ONNXFailure("its numbers are in '\(name)', which is not a file")
        }
        guard offset <= Int(status.st_size), count <= Int(status.st_size) - offset else {
            throw ONNXFailure("its numbers are in '\(name)' at \(offset), which has only \(status.st_size) bytes")
        }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { throw ONNXFailure("its numbers are in '\(name)', which cannot be read") }
                filled += got
            }
        }
    }
}
