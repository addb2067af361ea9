// Compiled by Scripts/fuzz with the readers of song lists and mood maps.

import Emotions
import Glibc

/// A file without a name.
private let file: Int32 = {
    var path = Array("/tmp/fermusic-fuzz-XXXXXX".utf8CString)
    let file = mkstemp(&path)
    precondition(file >= 0 && unlink(path) == 0)
    return file
}()

/// Any bytes are a table with good and bad rows, or none; read in small pieces from a file they are the same table. What
/// begins with a bracket is a user's mood map.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSongs(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if bytes.first == UInt8(ascii: "[") {  // the sections of a mood map
        var map = MoodMap.standard
        try? map.apply(String(decoding: bytes, as: UTF8.self), path: "input")
        return 0
    }
    let reader = CSVReader(bytes, name: "sad.csv")
    guard let columns = try? SongColumns.read(reader) else { return 0 }
    let whole = rows(reader, columns)
    precondition(ftruncate(file, 0) == 0 && pwrite(file, bytes, count, 0) == count)
    // A byte order mark of UTF-16 is refused in files only.
    guard let pieces = try? CSVReader("/proc/self/fd/\(file)", pieceSize: 16) else { return 0 }
    pieces.separator = reader.separator
    _ = try? pieces.next()
    precondition(rows(pieces, columns) == whole, "pieces give another table")
    return 0
}

private struct Row: Equatable {
    var line: Int
    var song: SongDraft?
    var problem: String?
}

private func rows(_ reader: CSVReader, _ columns: SongColumns) -> [Row] {
    let rowReader = SongRowReader(columns: columns, options: ImportOptions(), fileEmotion: .sad)
    var rows: [Row] = []
    do {
        while let record = try reader.next() {
            for field in reader.fields { precondition(field.upperBound <= reader.bytes.count) }
            switch SongRowReader.read(record, reader, rowReader) {
            case .success(let song): rows.append(Row(line: record.line, song: song))
            case .failure(let problem): rows.append(Row(line: record.line, problem: problem.reason))
            }
        }
    } catch {
        fatalError("memory cannot fail to be read: \(error)")
    }
    return rows
}
