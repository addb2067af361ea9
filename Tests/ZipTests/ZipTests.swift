import Files
import Glibc
import Testing
import Zip

/// Zip files are written as they should be and read without trust.
@Suite struct ZipTests {
    private static func inFile<T>(_ bytes: [UInt8], _ body: (FileAtAnyPlace) throws -> T) throws -> T {
        var template = Array("/tmp/fermusic-zip-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
        close(descriptor)
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer { unlink(path) }
        try FileBytes.write(bytes, to: path)
        return try body(FileAtAnyPlace(path))
    }

    private static func written(_ entries: [(String, String)]) throws -> [UInt8] {
        var template = Array("/tmp/fermusic-zip-XXXXXX".utf8CString)
        let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
        close(descriptor)
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer { unlink(path) }
        try AtomicFile.replace(path) { output in
            var zip = ZipWriter(output)
            for (name, text) in entries { try zip.add(name, text) }
            try zip.finish()
        }
        return try FileBytes.read(path, limit: 1 << 24)
    }

    private static func contents(_ bytes: [UInt8]) throws -> [String: String] {
        try inFile(bytes) { file in
            let archive = try ZipArchive(file)
            return try Dictionary(
                uniqueKeysWithValues: archive.entries.map {
                    ($0.name, String(decoding: try archive.read($0), as: UTF8.self))
                })
        }
    }

    private static func failure(_ bytes: [UInt8]) -> String {
        do {
            _ = try contents(bytes)
            return "nothing thrown"
        } catch {
            return "\(error)"
        }
    }

    @Test func readsWhatItWrites() throws {
        let entries = [("a.json", "{}"), ("folder/ü", String(repeating: "x", count: 10_000)), ("empty", "")]
        #expect(try Self.contents(Self.written(entries)) == Dictionary(uniqueKeysWithValues: entries))
        #expect(try Self.contents(Self.written([])) == [:])
        let whole = try Self.written(entries)
        #expect(try Self.inFile(whole) { ZipArchive.begins($0) })
        #expect(try !Self.inFile(Array("no zip file at all, this".utf8)) { ZipArchive.begins($0) })
    }

    /// Made by Python's zipfile: "ab" 50 times, stored as `a` and deflated as `d`, with sizes of 64 bits (`force_zip64`).
    private static let python: [UInt8] = [
        80, 75, 3, 4, 45, 0, 0, 0, 0, 0, 0, 0, 33, 0, 44, 47, 244, 93,
        255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 20, 0, 97, 1, 0, 16, 0, 100,
        0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97, 98, 97,
        98, 97, 98, 97, 98, 97, 98, 80, 75, 3, 4, 45, 0, 0, 0, 8, 0, 0,
        0, 33, 0, 44, 47, 244, 93, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 20,
        0, 100, 1, 0, 16, 0, 100, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0,
        0, 0, 0, 0, 75, 76, 74, 164, 57, 4, 0, 80, 75, 1, 2, 45, 3, 45,
        0, 0, 0, 0, 0, 0, 0, 33, 0, 44, 47, 244, 93, 100, 0, 0, 0, 100,
        0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 1, 0,
        0, 0, 0, 97, 80, 75, 1, 2, 45, 3, 45, 0, 0, 0, 8, 0, 0, 0,
        33, 0, 44, 47, 244, 93, 7, 0, 0, 0, 100, 0, 0, 0, 1, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 128, 1, 151, 0, 0, 0, 100, 80, 75, 5,
        6, 0, 0, 0, 0, 2, 0, 2, 0, 94, 0, 0, 0, 209, 0, 0, 0, 0,
        0,
    ]

    @Test func readsOthers() throws {
        let text = String(repeating: "ab", count: 50)
        #expect(try Self.contents(Self.python) == ["a": text, "d": text])
        for place in Self.python.indices {
            for change in [1, 0x80, 0xFF] as [UInt8] {
                var bytes = Self.python
                bytes[place] ^= change
                _ = Self.failure(bytes)
            }
            _ = Self.failure(Array(Self.python[..<place]))
        }
    }

    @Test func damageIsTold() throws {
        let whole = try Self.written([("a", "hello"), ("b", "world")])
        #expect(Self.failure(Array(whole.dropLast())).contains("no list of entries"))
        #expect(Self.failure([]).contains("no list of entries"))
        var other = whole
        other[31] ^= 1  // in "hello"
        #expect(Self.failure(other) == "damaged: 'a' has another checksum")
        // Every byte changed, every length: an error or the same entries, never a trap.
        for place in whole.indices {
            for change in [1, 0x80, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[place] ^= change
                _ = Self.failure(bytes)
            }
            _ = Self.failure(Array(whole[..<place]))
        }
    }

    @Test func entriesMustNotOverlap() throws {
        var bytes = try Self.written([("a", "hello"), ("b", "hello")])
        // The second entry of the list points to the first one's place, under its own name.
        let end = bytes.count - 22, list = Int(bytes[end + 16]) | Int(bytes[end + 17]) << 8
        let second = list + 47
        bytes[second + 42] = 0
        #expect(Self.failure(bytes) == "damaged: 'b' lies over another entry")
    }

    @Test func whatItCannotReadIsNamed() throws {
        let whole = try Self.written([("a", "hello")])
        let end = whole.count - 22, list = Int(whole[end + 16])
        var bytes = whole
        bytes[list + 8] |= 1
        #expect(Self.failure(bytes) == "'a' is encrypted")
        bytes = whole
        bytes[list + 10] = 12
        #expect(Self.failure(bytes) == "'a' is packed by method 12, only stored and deflated are supported")
        // It claims to unpack to 3 GB.
        bytes = whole
        bytes[list + 10] = 8
        bytes[list + 27] = 0xC0
        #expect(Self.failure(bytes) == "'a' would unpack from 5 to 3221225477 bytes")
    }

    /// Encrypted, packed by another method, not where it should be, doubled: each costs itself.
    @Test func oneBadEntryCostsItself() throws {
        let whole = try Self.written([("a", "hello"), ("b", "world"), ("c", "again")])
        let end = whole.count - 22, list = Int(whole[end + 16]) | Int(whole[end + 17]) << 8
        let second = list + 47
        for (place, value, reason) in [
            (second + 8, 1, "'b' is encrypted"), (second + 10, 9, "'b' is packed by method 9"),
            (second + 42, 1, "'b' is not where it should be"), (second + 42, 0, "'b' lies over another entry"),
            (second + 24, 6, "'b' has two sizes"), (second + 46, 0x63, "two entries are called 'c'"),
        ] as [(Int, UInt8, String)] {
            var bytes = whole
            bytes[place] = value
            try Self.inFile(bytes) { file in
                let archive = try ZipArchive(file)
                let first = try #require(archive.entry(named: "a"))
                #expect(try archive.read(first) == Array("hello".utf8))
                #expect(throws: ZipFailure.self) { try archive.read(archive.entries[1]) }
                #expect(throws: ZipFailure.self) { try archive.check(archive.entries[1]) }
                if reason.contains("'b'") {
                    #expect(try archive.read(archive.entries[2]) == Array("again".utf8))
                }
                #expect(archive.entries[1].problem?.reason.contains(reason) == true, "\(archive.entries)")
            }
        }
    }

    @Test func manyEntries() throws {
        let names = (0..<20_000).map { "photos/\($0).jpg" }
        let archive = try Self.written(names.map { ($0, "x") } + [("playlists.csv", "title,artist\n")])
        #expect(try Self.contents(archive)["playlists.csv"] == "title,artist\n")
        // The count is a lie: the list breaks off.
        var bytes = archive
        let end = bytes.count - 22
        for place in [8, 10] { (bytes[end + place], bytes[end + place + 1]) = (0xFE, 0xFF) }
        #expect(Self.failure(bytes) == "damaged: its list of entries breaks off")
    }
}
