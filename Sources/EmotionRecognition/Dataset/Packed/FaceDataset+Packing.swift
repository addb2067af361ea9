extension FaceDataset {
    /// Writes a packed file, from which a training run reads pictures one by one in any order: whole or not at all. Throws
    /// `DatasetError.cannotWrite`, also if people's votes would be lost.
    public func writePacked(_ path: String, progress: (Double) -> Void = { _ in }) throws {
        guard votes == nil else {
            throw DatasetError.cannotWrite(path: path, reason: "this form has no place for people's votes")
        }
        try PackedWriter.write(path, size: size, classNames: classNames) { writer in
            for index in 0..<count {
                try withUnsafePixels { pixels in
                    let place = index * imageBytes..<(index + 1) * imageBytes
                    try writer.append(
                        UnsafeBufferPointer(rebasing: pixels[place]), label: labels[index], split: splits[index])
                }
                if index % 65_536 == 65_535 {
                    packed?.letGo()
                    progress(Double(index) / Double(count))
                }
            }
        }
        progress(1)
    }
}
