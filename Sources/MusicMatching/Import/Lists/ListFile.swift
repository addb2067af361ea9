import CZlib
import Files
import Glibc
import Zip

/// A file with a list of songs, told by its contents: a table, a playlist, an account's export, or an archive with
/// such files.
enum ListFile {
    /// Lists that are not tables are read as a whole.
    private static let wholeLimit = 512 << 20
    private static let headSize = 4096
    /// What the lists of an archive may unpack to together.
    private static let archiveLimit = 2 << 30

    case table(CSVReader)
    case list(SongList)
    /// A member of an archive, which is unpacked when it is its turn.
    case packed(ZipArchive, ZipArchive.Entry)

    /// The lists in a file, of which an archive may have several. Throws `FileFailure`, and what `waiting` throws.
    ///
    /// - Parameter waiting: called again and again while a pipe gives nothing.
    static func open(_ path: String, waiting: () throws -> Void = {}) throws -> [ListFile] {
        guard isFile(path) else {
            let bytes = try PipeBytes.read(path, limit: wholeLimit, waiting: waiting)
            return try open(bytes, name: path)
        }
        let head = try FileBytes.readStart(path, count: headSize)
        switch kind(head[...], path) {
        case .table: return [.table(try CSVReader(path))]
        case .zip: return try members(path)
        case let kind: return try read(FileBytes.read(path, limit: wholeLimit), kind, name: path)
        }
    }

    /// Whether a list can be read again: a file, or nothing yet, but no pipe.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path.cPath, &status) != 0 || [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// The lists in bytes that somebody sent; `name` is for messages. Throws `FileFailure`.
    static func open(_ bytes: [UInt8], name: String) throws -> [ListFile] {
        try read(bytes, kind(bytes.prefix(headSize), name), name: name)
    }

    private enum Kind {
        case table, json, m3u, pls, xml, gzip, zip, utf16
        case other(String)
    }

    private static func kind(_ head: ArraySlice<UInt8>, _ name: String) -> Kind {
        func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if begins("PK\u{3}\u{4}") { return .zip }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return .utf16 }
        if isMusic(head) { return .other("is music, but its name does not end so, as in song.mp3") }
        if begins("%PDF") { return .other("is a PDF document; save the list as CSV") }
        if begins("SQLite format 3") { return .other("is a database") }
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { return .other("is an old Excel file; save the list as CSV") }
        var text = head
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        text = text.drop { $0 <= 0x20 }
        let start = String(decoding: text.prefix(20), as: UTF8.self).lowercased(), lower = name.lowercased()
        if start.hasPrefix("#extm3u") || lower.hasSuffix(".m3u") || lower.hasSuffix(".m3u8") { return .m3u }
        if start.hasPrefix("[playlist]") { return .pls }
        if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .other("is a web page, no list") }
        if start.hasPrefix("<?xml") || start.hasPrefix("<playlist") || start.hasPrefix("<plist") { return .xml }
        if start.hasPrefix("{") || start.hasPrefix("[") {
            // A title may begin with a bracket too.
            let next = text.dropFirst().first { $0 > 0x20 }
            if lower.hasSuffix(".json") || next == 0x22 || next == 0x7B || next == 0x5B || next == 0x5D || next == 0x7D
            {
                return .json
            }
        }
        return .table
    }

    /// By what MP3, FLAC, Ogg, WAV and M4A files begin with.
    private static func isMusic(_ head: ArraySlice<UInt8>) -> Bool {
        let start = Array(head.prefix(12))
        guard start.count == 12 else { return false }
        return start[4...].starts(with: "ftypM4A".utf8) || start.starts(with: "ID3".utf8) && start[3] < 0x10
            || start.starts(with: "fLaC\0".utf8)
            || start.starts(with: "OggS\0".utf8)
            || start.starts(with: "RIFF".utf8) && start[8...].elementsEqual("WAVE".utf8)
            || start[0] == 0xFF && [0xFA, 0xFB, 0xF2, 0xF3].contains(start[1])
    }

    private static func read(_ bytes: [UInt8], _ kind: Kind, name: String) throws -> [ListFile] {
        switch kind {
        case .table: return [.table(CSVReader(bytes, name: name))]
        case .json: return [.list(try AccountJSON.read(bytes[...]))]
        case .m3u: return [.list(PlaylistText.m3u(bytes[...]))]
        case .pls: return [.list(PlaylistText.pls(bytes[...]))]
        case .xml: return [.list(try PlaylistXML.read(bytes[...]))]
        case .utf16: return try open(utf8(bytes), name: name)
        case .gzip:
            let inner = try unpacked(bytes)
            // A packed archive in a packed file is nobody's list of songs.
            guard !inner.starts(with: [0x1F, 0x8B]) else { throw FileFailure("is packed twice") }
            return try open(inner, name: name.lowercased().hasSuffix(".gz") ? String(name.dropLast(3)) : name)
        case .zip: throw FileFailure("is an archive; unpack it first")
        case .other(let reason): throw FileFailure(reason)
        }
    }

    /// The lists in an archive, as services send the data of an account.
    private static func members(_ path: String) throws -> [ListFile] {
        do {
            let archive = try ZipArchive(FileAtAnyPlace(path))
            // Spreadsheets are archives too.
            if archive.entries.contains(where: { ["xl/workbook.xml", "content.xml"].contains($0.name) }) {
                throw FileFailure("is a spreadsheet; save the list as CSV")
            }
            let endings = [".csv", ".tsv", ".json", ".jsonl", ".m3u", ".m3u8", ".pls", ".xspf", ".xml", ".txt"]
            let lists = archive.entries.filter { entry in
                let name = entry.name.lowercased()
                return endings.contains { name.hasSuffix($0) }
            }
            guard !lists.isEmpty else { throw FileFailure("no list of songs in this archive") }
            guard lists.reduce(0, { min($0 + $1.size, archiveLimit + 1) }) <= archiveLimit else {
                throw FileFailure("its lists unpack to more than \(archiveLimit) bytes")
            }
            return lists.sorted { $0.name < $1.name }.map { .packed(archive, $0) }
        } catch let failure as ZipFailure {
            throw FileFailure(failure.reason)
        }
    }

    /// The lists in a member of an archive; none if it is something else. Throws `FileFailure` if it is damaged.
    static func unpacked(_ archive: ZipArchive, _ entry: ZipArchive.Entry) throws -> [ListFile] {
        let bytes: [UInt8]
        do {
            bytes = try archive.read(entry, limit: wholeLimit)
        } catch let failure as ZipFailure {
            throw FileFailure(failure.reason)
        }
        return (try? open(bytes, name: entry.name)) ?? []
    }

    private static func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        let status = bytes.withUnsafeBufferPointer { packed -> Int32 in
            var stream = z_stream()
            guard fermusic_begin_gunzip(&stream) == Z_OK else { return Z_MEM_ERROR }
            defer { inflateEnd(&stream) }
            stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
            stream.avail_in = UInt32(clamping: packed.count)
            var piece = [UInt8](repeating: 0, count: 1 << 18), status = Z_OK
            while status == Z_OK {
                let count = piece.withUnsafeMutableBufferPointer { target -> Int in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return target.count - Int(stream.avail_out)
                }
                guard result.count + count <= wholeLimit else { return Z_BUF_ERROR }
                result += piece[..<count]
                // Several packed files one behind the other are one (RFC 1952, 2.2); what else follows is padding.
                if status == Z_STREAM_END, stream.avail_in >= 2, stream.next_in[0] == 0x1F, stream.next_in[1] == 0x8B {
                    status = inflateReset(&stream)
                }
            }
            return status
        }
        guard status == Z_STREAM_END else {
            throw FileFailure(
                result.count >= wholeLimit - (1 << 18)
                    ? "unpacks to more than \(wholeLimit) bytes" : "damaged, or cut off")
        }
        return result
    }

    private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        let isLittle = bytes[0] == 0xFF
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
            isLittle
                ? UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
                : UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
