import Emotions
import FaceVision
import Threads

extension SyntheticFaces {
    /// Draws as `dataset` does, into a packed file: more faces than memory has room for. Throws
    /// `DatasetError.cannotWrite`.
    public func writePacked(
        _ path: String, training: Int, test: Int, size: Int = 48, emotions: [Emotion] = EmotionSelection.seven.emotions,
        threads: ThreadPool, progress: (Double) -> Void = { _ in }
    ) throws {
        try PackedWriter.write(path, size: size, classNames: emotions.map(\.name)) { writer in
            let bytes = size * size, chunk = 1024
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunk * bytes)
            defer { buffer.deallocate() }
            // Each thread writes pictures of its own.
            nonisolated(unsafe) let pictures = buffer
            for start in stride(from: 0, to: training + test, by: chunk) {
                let count = min(chunk, training + test - start)
                threads.runEach(count) { _, at in
                    let image = face(start + at, training: training, size: size, emotions: emotions)
                    _ = UnsafeMutableBufferPointer(rebasing: pictures[at * bytes..<(at + 1) * bytes])
                        .update(fromContentsOf: image.pixels)
                }
                for at in 0..<count {
                    let (split, index) = place(start + at, training: training)
                    try writer.append(
                        UnsafeBufferPointer(rebasing: buffer[at * bytes..<(at + 1) * bytes]),
                        label: UInt8(index % emotions.count), split: split)
                }
                progress(Double(start + count) / Double(training + test))
            }
        }
    }
}
