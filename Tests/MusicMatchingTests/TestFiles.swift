import Files
import Glibc
import MusicMatching
import Testing

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
    try FileBytes.write(bytes, to: path)
    return path
}

/// A catalogue in memory with the rows of one list.
///
/// - Parameter map: changes to the mood map.
func catalogue(_ csv: String, map: String = "") throws -> Catalogue {
    try withTemporaryFolder { folder in
        let map = try MoodMap(overriddenBy: write(map, to: folder + "/map.conf"))
        let catalogue = try Catalogue(":memory:", builtIn: nil, moodMap: map)
        _ = try catalogue.importSongs(write(csv, to: folder + "/songs.csv"))
        return catalogue
    }
}

/// The list that is part of the program.
let builtInSongs = "\(#filePath)".parentFolder.parentFolder.parentFolder + "/Datasets/songs.csv"

/// The shared folder of real data, if it is at hand.
let sharedSongs: String? = {
    let base =
        getenv("FERMUSIC_SHARED_DATA").map { String(cString: $0) }
        ?? "\(#filePath)".parentFolder.parentFolder.parentFolder.parentFolder + "/shared/data"
    return access(base + "/songs/data_moods.csv", R_OK) == 0 ? base + "/songs" : nil
}()

/// A text in an old encoding, as iconv calls it.
func encoded(_ text: String, _ encoding: String) throws -> [UInt8] {
    let converter = try #require(iconv_open(encoding, "UTF-8"))
    try #require(converter != iconv_t(bitPattern: -1))
    defer { iconv_close(converter) }
    var source = text.utf8.map { CChar(bitPattern: $0) },
        target = [CChar](repeating: 0, count: source.count * 2 + 8)
    let room = target.count
    let left = source.withUnsafeMutableBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            var from = source.baseAddress, to = target.baseAddress, given = source.count, left = room
            _ = iconv(converter, &from, &given, &to, &left)
            return given == 0 ? left : -1
        }
    }
    try #require(left >= 0)
    return target[..<(room - left)].map { UInt8(bitPattern: $0) }
}
