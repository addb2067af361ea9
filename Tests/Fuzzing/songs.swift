// Compiled by Scripts/fuzz with the readers of song tables and mood maps.

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
    _ = ListName.emotion(String(decoding: bytes.prefix(100), as: UTF8.self), .standard)
    let whole = try? rows(SongTable(CSVReader(bytes, name: "sad.csv")))
    precondition(ftruncate(file, 0) == 0 && pwrite(file, bytes, count, 0) == count)
    guard let pieces = try? CSVReader("/proc/self/fd/\(file)", pieceSize: 16) else { return 0 }
    let again = try? rows(SongTable(pieces))
    precondition(again == whole, "pieces give another table")
    return 0
}

private struct Row: Equatable {
    var line: Int
    var song: SongDraft?
    var problem: String?
}

private func rows(_ table: SongTable) throws -> [Row] {
    let reader = SongRowReader(columns: table.columns, options: ImportOptions(), fileEmotion: .sad)
    var rows: [Row] = []
    while let (record, row) = try table.next() {
        for field in row.fields { precondition(field.upperBound <= row.bytes.count) }
        var problems: [String] = []
        do {
            rows.append(Row(line: record.line, song: try reader.song(record, row, &problems)))
        } catch {
            rows.append(Row(line: record.line, problem: error.reason))
        }
    }
    return rows
}
