import Files
import MusicMatching
import Testing

@Suite struct CSVTests {
    private func songs(_ bytes: [UInt8]) throws -> (songs: [Song], report: ImportReport) {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try withTemporaryFolder { try catalogue.importSongs(write(bytes, to: $0 + "/list.csv")) }
        return (try catalogue.songs(Catalogue.Filter()), report)
    }

    @Test func quotesSeparatorsAndLineBreaks() throws {
        let text = "title,artist,album\r\n\"One, two\",A,\"He said \"\"no\"\"\"\r\n\"Three\nlines\nlong\",B,\r\nLast,C,"
        let (songs, report) = try songs(Array(text.utf8))
        #expect(songs.map(\.title) == ["One, two", "Three lines long", "Last"])
        #expect(songs[0].album == "He said \"no\"")
        #expect(report.badRows == 0)
    }

    @Test(arguments: [";", "\t"])
    func otherSeparators(_ separator: String) throws {
        let text =
            ["artist", "title"].joined(separator: separator) + "\n" + ["A, B", "T"].joined(separator: separator)
        let found = try songs(Array(text.utf8)).songs
        #expect(found.map(\.title) == ["T"] && found.map(\.artist) == ["A, B"])
    }

    @Test func badRowsAreNumberedAndNothingElseIsLost() throws {
        let text = """
            title,artist,valence,energy
            Good 1,A,0.5,0.5
            "stray quote" here,B,0.5,0.5
            Good 2,C,0.5,0.5
            far,too,many,fields,in,it
            Good 3,D,0.5,0.5
            ,nobody,0.5,0.5
            Out,E,1.5,0.5
            Word,F,loud,0.5

            "Two
            lines",G,0.5,0.5
            Good 4,H,nan,
            "never closed,I,0.5,0.5
            Good 5,J,0.5,0.5
            """
        let (songs, report) = try songs(Array(text.utf8))
        #expect(
            songs.map(\.title) == ["Good 1", "Good 2", "Good 3", "Out", "Word", "Two lines", "Good 4", "Good 5"])
        #expect(report.problems.map(\.row) == [3, 5, 7, 14])
        #expect(report.badRows == 4)
        #expect(report.problems[0].reason == "text behind a closing quote")
        #expect(report.problems[1].reason == "6 fields, the first row has 4")
        #expect(report.problems[2].reason == "no title")
        #expect(report.problems[3].reason == "a quote is not closed")
        // A field that a song can do without costs no song.
        #expect(report.fieldProblems.map(\.row) == [8, 9])
        #expect(report.fieldProblems[0].reason == "valence 1.5 is not in 0...1")
        #expect(report.fieldProblems[1].reason == "valence 'loud' is not a number")
    }

    /// The files that Scripts/fuzz starts from.
    @Test(arguments: [("catalogue.csv", 1, 0), ("export.csv", 1, 0), ("percent.tsv", 1, 0), ("plain.csv", 2, 2)])
    func corpus(_ name: String, _ count: Int, _ bad: Int) throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fuzzing/Corpus/songs"
        let bytes = try FileBytes.read("\(folder)/\(name)", limit: 1 << 20)
        let (found, report) = try songs(bytes)
        #expect(found.count == count && report.badRows == bad, "\(report)")
        for length in stride(from: 0, to: bytes.count, by: 3) { _ = try? songs(Array(bytes.prefix(length))) }
    }

    @Test func corpusOfMoodMaps() throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fuzzing/Corpus/songs"
        #expect(try MoodMap(overriddenBy: folder + "/mood.conf").ranking.artistGap == 3)
    }

    /// The smallest number has no magnitude among the others.
    @Test(arguments: ["1e-9223372036854775808", "1e9223372036854775807", "1e99999999999999999999", "1e401", "e5", "1e"])
    func exponentsBeyondAnyNumberAreRefused(_ number: String) throws {
        let (found, report) = try songs(Array("title,artist,valence,energy\nA,B,\(number),0.5\nC,D,1,1\n".utf8))
        #expect(found.map(\.title) == ["A", "C"] && found[0].estimated.contains(.valence))
        #expect(report.fieldProblems.first?.reason == "valence '\(number)' is not a number")
    }

    @Test func anUnclosedQuoteInALongFileCostsOneRow() throws {
        var text = "title,artist\n\"open,A\n"
        for number in 0..<60_000 { text += "Song \(number),Artist \(number)\n" }
        let (_, report) = try songs(Array(text.utf8))
        #expect(report.added == 60_000)
        #expect(report.problems.map(\.row) == [2])
    }

    @Test func encodings() throws {
        // Latin-1, Windows-1252's quotes, UTF-8 with a byte-order mark, and a damaged mark.
        var bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("title,artist\n".utf8)
        bytes += [0x43, 0x61, 0x66, 0xE9, 0x2C, 0x4A, 0xF6, 0x72, 0x67, 0x0A]
        bytes += [0x93, 0x48, 0x69, 0x94, 0x2C, 0x41, 0x0A]
        bytes += Array("Déjà vu,ビートルズ\n".utf8)
        bytes += Array("R\u{EF}\u{BF}\u{BD}\u{EF}\u{BF}\u{BD}ma\u{EF}\u{BF},B\n".utf8)
        bytes += Array("Naïve ½ ¿,ï\n".utf8)
        let found = try songs(bytes).songs
        #expect(found.map(\.title) == ["Café", "“Hi”", "Déjà vu", "R\u{FFFD}\u{FFFD}ma\u{FFFD}", "Naïve ½ ¿"])
        #expect(found.map(\.artist) == ["Jörg", "A", "ビートルズ", "B", "ï"])
    }

    @Test func filesThatAreNoLists() throws {
        let cases: [([UInt8], String)] = [
            ([], "is empty"), (Array("a,b,c\n1,2,3\n".utf8), "no columns for title and artist"),
            ([0xFF, 0xFE, 0x41, 0], "no columns for title and artist"),
        ]
        for (bytes, reason) in cases {
            #expect { try songs(bytes) } throws: { "\($0)".contains("list.csv") && "\($0)".contains(reason) }
        }
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        #expect { try catalogue.importSongs("/nowhere/x.csv") } throws: {
            "\($0)" == "/nowhere/x.csv: No such file or directory"
        }
        #expect { try catalogue.importSongs("/tmp") } throws: { "\($0)" == "/tmp: is a folder" }
    }

    @Test func namesHaveALimit() throws {
        let long = String(repeating: "x", count: 10_240), longer = String(repeating: "x", count: 20_000)
        let (songs, report) = try songs(Array("title,artist\n\(long),A\n\(longer),B\n".utf8))
        #expect(songs.map(\.title.count) == [10_240])
        #expect(report.problems.map(\.row) == [3])
    }

    @Test func recordsAcrossPiecesOfTheFile() throws {
        // More than the reader takes at once, with records of all lengths and quoted line breaks.
        var text = "title,artist,album\n"
        for number in 0..<20_000 {
            let album = String(repeating: "a\n", count: number % 97)
            text += "\"Song \"\"\(number)\"\"\",Artist \(number),\"\(album)\"\r\n"
        }
        let (songs, report) = try songs(Array(text.utf8))
        #expect(report.added == 20_000 && report.badRows == 0)
        #expect(songs[41].title == "Song \"41\"")
        #expect(songs[41].album.count == 81)
    }
}
