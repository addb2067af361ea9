import EmotionRecognition
import FaceVision
import Files
import Glibc

/// A folder that exists while `body` runs.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    var template = Array("/tmp/fermusic-test-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    defer { FolderTree.remove(path) }
    return try body(path)
}

/// Writes a text file and gives its path.
@discardableResult
func write(_ text: String, to path: String) throws -> String {
    try write(Array(text.utf8), to: path)
}

@discardableResult
func write(_ bytes: [UInt8], to path: String) throws -> String {
    if let slash = path.lastIndex(of: "/") { try FolderTree.create(String(path[..<slash])) }
    try FileBytes.write(bytes, to: path)
    return path
}

/// A data set of 4 x 4 pictures from their tones.
func smallDataset(_ items: [(tones: [UInt8], label: Int, split: FaceDataset.Split)]) -> FaceDataset {
    var dataset = FaceDataset(size: 4)
    for (index, item) in items.enumerated() {
        item.tones.withUnsafeBufferPointer {
            try! dataset.append($0, label: item.label, split: item.split, name: "picture \(index + 1)")
        }
    }
    return dataset
}

/// The error that `body` throws.
func datasetError(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}
