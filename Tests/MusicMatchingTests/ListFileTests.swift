import ChildProcess
import Files
import Foundation
import MusicMatching
import Testing
import Threads
import Timing

/// Lists in archives, packed ones, and what comes through pipes.
@Suite struct ListFileTests {
    private func take(_ path: String) throws -> (titles: [String], report: ImportReport) {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try catalogue.importSongs(path)
        return (try catalogue.songs(Catalogue.Filter()).map(\.title).sorted(), report)
    }

    /// Music whose name does not say so, by how it begins.
    @Test(arguments: [
        MusicFiles.song("Alice", "Tom Waits"), MusicFiles.mp3(),
        Array("fLaC\0\0\0\"".utf8) + [UInt8](repeating: 1, count: 90),
        Array("OggS\0\u{2}".utf8) + [UInt8](repeating: 0, count: 90), Array("RIFF1234WAVEfmt ".utf8),
        [0, 0, 0, 0x20] + Array("ftypM4A ".utf8) + [0, 0, 0, 0],
    ])
    func musicWithoutItsEnding(_ bytes: [UInt8]) throws {
        try withTemporaryFolder { folder in
            try write(bytes, to: folder + "/song")
            let error = #expect(throws: MusicError.self) { try take(folder + "/song") }
            #expect(error.map { "\($0)".contains("its name does not end so") } == true, "\(String(describing: error))")
        }
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32, as zip files have it.
    private func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1) * 0xEDB8_8320 }
        }
        return Int(~sum)
    }

    /// An archive whose members are stored as they are; a damaged one has another checksum.
    private func zip(_ members: [(name: String, text: String, isDamaged: Bool)]) -> [UInt8] {
        var file: [UInt8] = [], list: [UInt8] = []
        for (name, text, isDamaged) in members {
            let bytes = Array(text.utf8)
            let sum = checksum(bytes) ^ (isDamaged ? 1 : 0)
            let common =
                little(20, 2) + little(0, 8) + little(sum, 4) + little(bytes.count, 4) + little(bytes.count, 4)
                + little(name.utf8.count, 2) + little(0, 2)
            list += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + common + little(0, 10) + little(file.count, 4)
            list += Array(name.utf8)
            file += Array("PK\u{3}\u{4}".utf8) + common + Array(name.utf8) + bytes
        }
        let count = little(members.count, 2)
        return file + list + Array("PK\u{5}\u{6}".utf8) + little(0, 4) + count + count + little(list.count, 4)
            + little(file.count, 4) + little(0, 2)
    }

    @Test func oneDamagedMemberCostsItself() throws {
        try withTemporaryFolder { folder in
            let path = try write(
                zip([
                    ("a.csv", "title,artist\nOne,A\n", false), ("b.csv", "title,artist\nLost,B\n", true),
                    ("c.txt", "a letter\n", false), ("d.m3u", "#EXTINF:1,C - Three\nx.mp3\n", false),
                ]), to: folder + "/data.zip")
            let (titles, report) = try take(path)
            #expect(
                titles == ["One", "Three"] && report.notes == ["damaged: 'b.csv' has another checksum"], "\(report)")
            let bad = try write(zip([("b.csv", "title,artist\nLost,B\n", true)]), to: folder + "/bad.zip")
            #expect { try take(bad) } throws: { "\($0)".contains("another checksum") }
            let letter = try write(zip([("c.txt", "a letter\n", false)]), to: folder + "/letter.zip")
            #expect { try take(letter) } throws: { "\($0)".contains("no list of songs in this archive") }
        }
    }

    @Test(arguments: ["xl/workbook.xml", "content.xml"]) func spreadsheetsAreNoArchivesOfLists(_ member: String) throws
    {
        try withTemporaryFolder { folder in
            let path = try write(
                zip([(member, "<x/>", false), ("a.csv", "title,artist\nA,B\n", false)]), to: folder + "/a.xlsx")
            #expect { try take(path) } throws: { "\($0)".contains("is a spreadsheet; save the list as CSV") }
        }
    }

    /// As archives that a service sends with a letter that only its password opens.
    @Test func oneEncryptedMemberCostsItself() throws {
        try withTemporaryFolder { folder in
            var bytes = zip([
                ("a.csv", "title,artist\nOne,A\n", false), ("b.csv", "title,artist\nLost,B\n", false),
                ("photo.jpg", "x", false),
            ])
            // The flags of the second and third entry of the list.
            let starts = bytes.indices.filter { bytes[$0...].starts(with: "PK\u{1}\u{2}".utf8) }
            for start in starts.dropFirst() { bytes[start + 8] |= 1 }
            let (titles, report) = try take(write(bytes, to: folder + "/data.zip"))
            #expect(titles == ["One"] && report.notes == ["'b.csv' is encrypted"], "\(report)")
        }
    }

    /// Whoever stops it is heard between members, and within one that is nothing but line breaks or notes.
    @Test func archivesCanBeStopped() throws {
        struct Stopped: Error {}
        try withTemporaryFolder { folder in
            let members = (0..<3).map { ("\($0).csv", "title,artist\nSong \($0),A\n", false) }
            let path = try write(zip(members), to: folder + "/data.zip")
            let catalogue = try Catalogue(":memory:", builtIn: nil)
            var asked = 0
            #expect(throws: Stopped.self) {
                try catalogue.importSongs(path) { _, songs in
                    asked += 1
                    if songs == 2 { throw Stopped() }
                }
            }
            #expect(try catalogue.count == 0 && asked >= 3)
            let notes = "title,artist\n" + String(repeating: "#\n", count: 500_000) + "A,B\n"
            asked = 0
            _ = try catalogue.importSongs(write(notes, to: folder + "/notes.csv")) { _, _ in asked += 1 }
            #expect(asked > 2)
            let lines = "title,artist\n" + String(repeating: "\r\n\n\r", count: 5_000_000) + "C,D\n,E\n"
            let report = try catalogue.importSongs(write(lines, to: folder + "/lines.csv"))
            #expect(report.added == 1 && report.problems.map(\.row) == [15_000_003])
        }
    }

    private func gzip(_ text: String) throws -> [UInt8] {
        try withTemporaryFolder { folder in
            let path = try write(text, to: folder + "/x")
            let process = ChildProcess()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
            process.arguments = ["-n", path]
            try process.run()
            process.waitUntilExit()
            return try FileBytes.read(path + ".gz", limit: 1 << 20)
        }
    }

    /// `cat a.gz b.gz`, as logs and parallel packers write it; zeros behind are padding.
    @Test func packedInSeveralPieces() throws {
        try withTemporaryFolder { folder in
            let bytes = try gzip("title,artist\nOne,A\n") + gzip("Two,B\n") + gzip("Three,C\n")
            let path = try write(bytes, to: folder + "/list.csv.gz")
            #expect(try take(path).titles == ["One", "Three", "Two"])
            #expect(try take(write(bytes + [0, 0, 0, 0], to: path)).titles.count == 3)
            #expect { try take(write(Array(bytes.dropLast(9)), to: path)) } throws: { "\($0)".contains("cut off") }
        }
    }

    @Test func whatComesThroughAPipe() throws {
        struct Stopped: Error {}
        try withTemporaryFolder { folder in
            let path = folder + "/pipe.csv"
            #expect(mkfifo(path, 0o600) == 0)
            let catalogue = try Catalogue(":memory:", builtIn: nil)
            // Nobody writes.
            #expect(throws: Stopped.self) { try catalogue.importSongs(path) { _, _ in throw Stopped() } }
            for text in ["title,artist\nOne,A\n", "#EXTM3U\n#EXTINF:1,B - Two\nx.mp3\n"] {
                let writer = WorkerThread {
                    let pipe = FileHandle(forWritingAtPath: path)
                    try? pipe?.write(contentsOf: Data(text.utf8))
                    try? pipe?.close()
                }
                let report = try catalogue.importAndRemember(path, options: ImportOptions())
                writer.join()
                #expect(report.added == 1)
            }
            // It could not be read again.
            #expect(try catalogue.sources().isEmpty)
        }
    }
}
