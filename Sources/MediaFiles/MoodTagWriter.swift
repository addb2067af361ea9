import Files
import Glibc

/// Writes words for a song's mood into its file: into ID3 2.3 and 2.4 of MP3 files and the comments of FLAC files. All else
/// stays as it is, byte for byte, and the file is replaced as a whole.
///
/// The words stand twice, as the mood that players read and under this program's name (`FERMUSIC_MOOD`), by which it knows
/// later that it only hears itself.
public enum MoodTagWriter {
    /// Throws `MediaError` where the file cannot be read or written, or has tags of a kind that is not understood.
    public static func write(_ words: String, to path: String) throws(MediaError) {
        do throws(FileFailure) {
            let file = try FileAtAnyPlace(path)
            let (head, rest) = try start(of: file, path, words)
            let pending = try PendingFile(path)
            let output = try FileOutput(pending.temporaryPath)
            try output.write(head)
            var place = rest
            while place < file.count {
                let piece = try bytes(of: file, place, min(1 << 20, file.count - place))
                try output.write(piece)
                place += piece.count
            }
            try output.close()
            try pending.commit()
        } catch {
            throw .cannotOpen(source: path, reason: error.reason)
        }
    }

    /// Throws what `write` would, and changes nothing.
    public static func check(_ words: String, _ path: String) throws(MediaError) {
        do throws(FileFailure) {
            _ = try start(of: FileAtAnyPlace(path), path, words)
        } catch {
            throw .cannotOpen(source: path, reason: error.reason)
        }
    }

    /// The file's new beginning, and where it goes on in the old one.
    private static func start(
        of file: FileAtAnyPlace, _ path: String, _ words: String
    ) throws(FileFailure) -> (head: [UInt8], rest: Int) {
        var status = stat()
        // A file that was given another name could be replaced, but nobody wants that.
        if stat(path.cPath, &status) == 0, status.st_mode & 0o222 == 0 { throw FileFailure("is write-protected") }
        let start = try bytes(of: file, 0, min(file.count, 10))
        if start.starts(with: Array("fLaC".utf8)) { return try FLACComments.replaced(words, in: file, at: 0) }
        // Some taggers put ID3 before FLAC, where players look for comments all the same.
        if start.count == 10, start.starts(with: Array("ID3".utf8)), start[6...9].allSatisfy({ $0 < 0x80 }) {
            let end = 10 + start[6...9].reduce(0) { $0 << 7 | Int($1) }
            if end <= mostBytes, end + 4 <= file.count, try bytes(of: file, end, 4) == Array("fLaC".utf8) {
                let (head, rest) = try FLACComments.replaced(words, in: file, at: end)
                return (try bytes(of: file, 0, end) + head, rest)
            }
        }
        return try ID3Frames.replaced(words, in: file, start)
    }

    /// The names under which the words stand.
    fileprivate static let names = ["MOOD", "FERMUSIC_MOOD"]
    /// No tag is larger.
    fileprivate static let mostBytes = 1 << 26

    fileprivate static func bytes(of file: FileAtAnyPlace, _ place: Int, _ count: Int) throws(FileFailure) -> [UInt8] {
        guard place >= 0, count >= 0, place + count <= file.count else { throw FileFailure("its tags are cut off") }
        var bytes = [UInt8](repeating: 0, count: count)
        let result = bytes.withUnsafeMutableBytes { raw in
            Result { () throws(FileFailure) in try file.read(at: place, into: raw) }
        }
        try result.get()
        return bytes
    }
}

/// Frames of ID3 (id3.org: "ID3 tag version 2.3.0", "ID3 tag version 2.4.0 - Main Structure").
private enum ID3Frames {
    /// The new tag, and where the file goes on behind the old one.
    static func replaced(
        _ words: String, in file: FileAtAnyPlace, _ start: [UInt8]
    ) throws(FileFailure) -> (head: [UInt8], rest: Int) {
        guard start.count == 10, start.starts(with: Array("ID3".utf8)) else {
            // Only what begins as frames of MPEG audio do is an MP3 file without a tag.
            guard start.count == 10, start[0] == 0xFF, start[1] & 0xE0 == 0xE0, start[1] & 0x06 != 0 else {
                throw FileFailure("moods are written into MP3 and FLAC files only")
            }
            return (tag(version: 4, frames(words, version: 4)), 0)
        }
        let version = start[3]
        guard version == 3 || version == 4, start[5] == 0, start[6...9].allSatisfy({ $0 < 0x80 }) else {
            throw FileFailure("its tag is of a kind that nothing is written into: ID3 2.\(version), flags \(start[5])")
        }
        let size = start[6...9].reduce(0) { $0 << 7 | Int($1) }
        guard size <= MoodTagWriter.mostBytes else { throw FileFailure("its tag is too large") }
        let old = try MoodTagWriter.bytes(of: file, 10, size)
        var kept: [UInt8] = [], place = 0
        while place + 10 <= size, old[place] != 0 {
            let name = old[place..<place + 4], digits = old[place + 4..<place + 8]
            let isPlain = version == 3
            guard name.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }),
                isPlain || digits.allSatisfy({ $0 < 0x80 })
            else { throw FileFailure("its tag is damaged") }
            let end = place + 10 + digits.reduce(0) { $0 << (isPlain ? 8 : 7) | Int($1) }
            guard end <= size else { throw FileFailure("its tag is damaged") }
            if !isMood(name, old[place + 10..<end]) { kept += old[place..<end] }
            place = end
        }
        guard old[place...].allSatisfy({ $0 == 0 }) else { throw FileFailure("its tag is damaged") }
        return (tag(version: version, kept + frames(words, version: version)), 10 + size)
    }

    private static func isMood(_ name: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) -> Bool {
        if name.elementsEqual("TMOO".utf8) { return true }
        guard name.elementsEqual("TXXX".utf8), let encoding = body.first else { return false }
        // What it is called ends with a zero, in UTF-16 with two.
        let text = body.dropFirst().filter { encoding == 0 || encoding == 3 || $0 != 0 && $0 < 0x80 }
        return MoodTagWriter.names.contains { name in
            text.starts(with: name.utf8)
                && (encoding == 1 || encoding == 2 || text.dropFirst(name.utf8.count).first == 0)
        }
    }

    private static func frames(_ words: String, version: UInt8) -> [UInt8] {
        /// Latin-1's letters are enough: the words are English.
        func frame(_ name: String, _ body: String) -> [UInt8] {
            let content = [0] + Array(body.utf8), count = content.count
            let size =
                version == 3
                ? [UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
                : synchsafe(count)
            return Array(name.utf8) + size + [0, 0] + content
        }
        let mood = version == 3 ? frame("TXXX", "MOOD\0" + words) : frame("TMOO", words)
        return mood + frame("TXXX", "FERMUSIC_MOOD\0" + words)
    }

    private static func tag(version: UInt8, _ frames: [UInt8]) -> [UInt8] {
        // Room for the next tagger, who need not move the file then.
        let padding = [UInt8](repeating: 0, count: 1024)
        return Array("ID3".utf8) + [version, 0, 0] + synchsafe(frames.count + padding.count) + frames + padding
    }

    private static func synchsafe(_ value: Int) -> [UInt8] {
        [UInt8(value >> 21 & 0x7F), UInt8(value >> 14 & 0x7F), UInt8(value >> 7 & 0x7F), UInt8(value & 0x7F)]
    }
}

/// The comments of FLAC (RFC 9639, 8.6).
private enum FLACComments {
    private static let comments: UInt8 = 4
    private static let mostBlocks = 1000

    static func replaced(
        _ words: String, in file: FileAtAnyPlace, at start: Int
    ) throws(FileFailure) -> (head: [UInt8], rest: Int) {
        var blocks: [(kind: UInt8, body: [UInt8])] = [], place = start + 4, isLast = false, size = 0
        while !isLast {
            let header = try MoodTagWriter.bytes(of: file, place, 4)
            isLast = header[0] & 0x80 != 0
            let count = Int(header[1]) << 16 | Int(header[2]) << 8 | Int(header[3])
            size += count
            guard blocks.count < mostBlocks, size <= MoodTagWriter.mostBytes, header[0] & 0x7F != 0x7F else {
                throw FileFailure("its tags are damaged")
            }
            blocks.append((header[0] & 0x7F, try MoodTagWriter.bytes(of: file, place + 4, count)))
            place += 4 + count
        }
        guard blocks.first?.kind == 0 else { throw FileFailure("its tags are damaged") }
        if let index = blocks.firstIndex(where: { $0.kind == comments }) {
            blocks[index].body = try replaced(words, inComments: blocks[index].body)
        } else {
            blocks.insert((comments, try replaced(words, inComments: little(0) + little(0))), at: 1)
        }
        var head = Array("fLaC".utf8)
        for (index, block) in blocks.enumerated() {
            let count = block.body.count
            guard count < 1 << 24 else { throw FileFailure("its tags are too large") }
            head.append(block.kind | (index == blocks.count - 1 ? 0x80 : 0))
            head += [UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)] + block.body
        }
        return (head, place)
    }

    /// Who wrote it, how many entries, the entries: each with its length before it.
    private static func replaced(_ words: String, inComments old: [UInt8]) throws(FileFailure) -> [UInt8] {
        var place = 0
        func number() throws(FileFailure) -> Int {
            guard place + 4 <= old.count else { throw FileFailure("its tags are damaged") }
            defer { place += 4 }
            return (0..<4).reduce(0) { $0 | Int(old[place + $1]) << (8 * $1) }
        }
        func text() throws(FileFailure) -> ArraySlice<UInt8> {
            let count = try number()
            guard count <= old.count - place else { throw FileFailure("its tags are damaged") }
            defer { place += count }
            return old[place..<place + count]
        }
        let writer = try text()
        var entries: [ArraySlice<UInt8>] = []
        for _ in 0..<(try number()) {
            let entry = try text()
            let name = String(decoding: entry.prefix { $0 != 0x3D }, as: UTF8.self).uppercased()
            if !MoodTagWriter.names.contains(name) { entries.append(entry) }
        }
        for name in MoodTagWriter.names { entries.append(Array("\(name)=\(words)".utf8)[...]) }
        return little(writer.count) + writer + little(entries.count) + entries.flatMap { little($0.count) + $0 }
    }

    private static func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
}
