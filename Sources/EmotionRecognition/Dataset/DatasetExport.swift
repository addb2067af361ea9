import Emotions
import FaceVision
import Files
import Glibc
import Synchronization
import Threads

extension FaceDataset {
    /// Writes Kaggle's CSV: `emotion,pixels,Usage`, one picture per row, in order; whole or not at all.
    /// Throws `DatasetError.cannotWrite`; also if the classes are not the seven emotions, which the format's numbers
    /// mean.
    public func writeCSV(_ path: String, progress: (Double) -> Void = { _ in }) throws {
        guard classNames == FaceDataset.standardClassNames else {
            throw DatasetError.cannotWrite(
                path: path,
                reason: "this form knows only the classes \(FaceDataset.standardClassNames.joined(separator: ", ")); "
                    + "the data set has \(classNames.joined(separator: ", "))")
        }
        do {
            try AtomicFile.replace(path) { try writeRows(to: $0, progress: progress) }
        } catch let failure as FileFailure {
            throw DatasetError.cannotWrite(path: path, reason: failure.reason)
        }
    }

    private func writeRows(to output: FileOutput, progress: (Double) -> Void) throws {
        // Each number with a space before it, in the low bytes of a word, and its length.
        let words = (0...255).map { number in
            " \(number)".utf8.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }.littleEndian
        }
        let lengths = (0...255).map { "\($0)".utf8.count + 1 }
        let bytes = imageBytes
        let flush = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: flush + bytes * 4 + 64, alignment: 16)
        defer { buffer.deallocate() }
        var end = 0
        func append(_ text: String) {
            for byte in text.utf8 {
                buffer[end] = byte
                end += 1
            }
        }
        append("emotion,pixels,Usage\n")
        for index in 0..<count {
            append("\(labels[index]),")
            let first = end
            end -= 1  // the first number's space falls on the comma, which is put back below
            withUnsafePixels { pixels in
                for value in pixels[index * bytes..<(index + 1) * bytes] {
                    buffer.storeBytes(of: words[Int(value)], toByteOffset: end, as: UInt32.self)
                    end &+= lengths[Int(value)]
                }
            }
            buffer[first - 1] = 0x2C
            append(",\(splits[index].rawValue)\n")
            if end >= flush {
                try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<end]))
                end = 0
                progress(Double(index + 1) / Double(count))
            }
        }
        try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<end]))
        progress(1)
    }

    /// Writes folders of PNG files: `train/<class>/Training_000001.png`, `test/<class>/PublicTest_000001.png` and
    /// `PrivateTest_...`, numbered by the picture's place in its split. A folder without pictures is left out.
    ///
    /// `path` must not exist yet, or be an empty folder. Everything is written beside it and renamed at the end, so a
    /// failure leaves nothing. Throws `DatasetError.cannotWrite`.
    public func writeFolders(
        _ path: String, threads: ThreadPool, progress: @Sendable (Double) -> Void = { _ in }
    ) throws {
        guard FolderTree.isFree(path) else {
            throw DatasetError.cannotWrite(path: path, reason: "exists already and is not an empty folder")
        }
        do {
            let pending = try PendingFolder(path)
            try writePictures(to: pending.temporaryPath, threads: threads, progress: progress)
            try pending.commit()
        } catch let failure as FileFailure {
            throw DatasetError.cannotWrite(path: path, reason: failure.reason)
        }
        progress(1)
    }

    private func writePictures(
        to folder: String, threads: ThreadPool, progress: @Sendable (Double) -> Void
    ) throws {
        let paths = exportPaths()
        for parent in Set(paths.map { $0.prefix(through: $0.lastIndex(of: "/")!) }).sorted() {
            try FolderTree.create("\(folder)/\(parent.dropLast())")
        }
        let failure = Guarded<FileFailure?>(nil)
        let done = Atomic<Int>(0)
        threads.runEach(count) { _, index in
            guard failure.withLock({ $0 == nil }) else { return }
            do throws(FileFailure) {
                let output = try FileOutput("\(folder)/\(paths[index])")
                let bytes = ImageFile.encodePNG(Image(width: size, height: size, pixels: Array(image(index))))
                try output.write(bytes)
                try output.close()
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
            let finished = done.wrappingAdd(1, ordering: .relaxed).newValue
            if finished % 256 == 0 { progress(Double(finished) / Double(count)) }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Each picture's file, relative to the data set's folder.
    private func exportPaths() -> [String] {
        var places: [Split: Int] = [:]
        return (0..<count).map { index in
            let split = splits[index]
            let place = places[split, default: 0] + 1
            places[split] = place
            let digits = String(place)
            let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            let part = split == .training ? "train" : "test"
            return "\(part)/\(classNames[Int(labels[index])])/\(split.rawValue)_\(number).png"
        }
    }
}
