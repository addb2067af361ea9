import Files
import MusicMatching
import Testing

/// Playlists name files by bytes that are UTF-8, Latin-1, Windows-1252 or nothing: the files are found.
@Suite struct PlaylistPathTests {
    /// Windows-1252, as far as it is needed here.
    private static func windows(_ text: String) -> [UInt8] {
        text.unicodeScalars.map {
            $0 == "\u{2019}" ? 0x92 : $0 == "\u{2026}" ? 0x85 : UInt8(truncatingIfNeeded: $0.value)
        }
    }

    private static let accented = "Tom\u{301} Waits/Ol\u{2019} Björk\u{2026}.mp3", plain = "Björk/Jóga\u{2026}.mp3"

    /// How the name is written on the disk, and in the list.
    private static let names: [(disk: [UInt8], list: [UInt8])] = [
        (windows(plain), windows(plain)),
        (Array(plain.utf8), windows(plain)),
        (windows(plain), Array(plain.utf8)),
        (Array(plain.utf8), Array(plain.utf8)),
        (Array(accented.utf8), Array(accented.utf8)),
        // Bytes that mean nothing in Windows-1252, half a character, blanks in front, an accent behind the slash.
        ([0x81, 0xFE, 0xF0, 0x9D] + Array(".mp3".utf8), [0x81, 0xFE, 0xF0, 0x9D] + Array(".mp3".utf8)),
        (Array(" first/ x.mp3".utf8), Array(" first/ x.mp3".utf8)),
        (Array("x.mp3".utf8), Array("  x.mp3 \t".utf8)),
        (Array("\u{301}a/\u{301}x.mp3".utf8), Array("\u{301}a/\u{301}x.mp3".utf8)),
        // What looks like the wreck of an unknown letter is a name too.
        (Array("a\u{EF}\u{BF}\u{BD}b.mp3".utf8), Array("a\u{EF}\u{BF}\u{BD}b.mp3".utf8)),
    ]

    private enum Kind: CaseIterable { case m3u, pls, windowsM3U, absolute }

    private static func list(_ kind: Kind, _ name: [UInt8], in music: String) -> [UInt8] {
        switch kind {
        case .m3u: name + [10]
        case .windowsM3U: Array("#EXTM3U\r\n".utf8) + name.map { $0 == 0x2F ? 0x5C : $0 } + [13, 10]
        case .absolute: Array("\(music)/".utf8) + name + [10]
        case .pls: Array("[playlist]\nFile1=".utf8) + name + Array("\nNumberOfEntries=1\n".utf8)
        }
    }

    @Test(arguments: names.indices)
    func filesAreFound(_ index: Int) throws {
        let (disk, written) = Self.names[index]
        let isTyped = written.last != disk.last
        // Whoever types blanks in front of a name does so in front of the line.
        for kind in Kind.allCases where !isTyped || kind != .absolute {
            for isImported in [true, false] {
                try withTemporaryFolder { folder in
                    let music = folder + "/Music", path = music + "/" + String(pathBytes: disk)
                    try FolderTree.create(path.parentFolder)
                    try write(MusicFiles.song("Song", "Somebody"), to: path)
                    let catalogue = try Catalogue(":memory:", builtIn: nil)
                    if isImported { _ = try catalogue.importMusic(music) }
                    let name = music + (kind == .pls ? "/list.pls" : "/list.m3u")
                    let list = try write(Self.list(kind, written, in: music), to: name)
                    let report = try catalogue.importSongs(list)
                    #expect(report.matchedFiles == (isImported ? 1 : 0), "\(kind) \(report)")
                    #expect(try catalogue.songs(Catalogue.Filter()).map(\.title) == ["Song"], "\(kind) \(report)")
                }
            }
        }
    }

    /// Of a file that is not there the name tells the song, read as the letters that it was written in.
    @Test func namesOfFilesElsewhere() throws {
        let lines =
            Self.windows("D:\\Musik\\Björk - Jóga\u{2026}.mp3\r\n") + Array("/x/Sigur Rós - Sæglópur.mp3 \n".utf8)
        let pls = Array("[playlist]\nFile1=".utf8) + Self.windows("C:\\Björk - Jóga\u{2026}.mp3\n")
        for (text, name) in [(lines, "l.m3u"), (pls, "l.pls")] {
            let catalogue = try Catalogue(":memory:", builtIn: nil)
            _ = try withTemporaryFolder { try catalogue.importSongs(write(text, to: "\($0)/\(name)")) }
            let songs = try catalogue.songs(Catalogue.Filter())
            #expect(songs.first?.artist == "Björk" && songs.first?.title == "Jóga\u{2026}", "\(songs)")
        }
    }

    /// Colons belong to names: of games' music, of series, of concerts.
    @Test func colonsDivideNothing() throws {
        let names = [("Queen: Live", "Flash: Theme"), ("Zelda: Ocarina of Time", "Song 2:30"), ("A", "Re: Re: X")]
        let m3u = names.map { "#EXTINF:12,\($0.0) - \($0.1)\n/x/y.mp3\n" }.joined()
        let pls =
            "[playlist]\n" + names.enumerated().map { "Title\($0.offset)=\($0.element.0) - \($0.element.1)\n" }.joined()
        let csv = "title,artist\n" + names.map { "\($0.1),\($0.0)\n" }.joined()
        let bare = names.map { "\($0.1);\($0.0)\n" }.joined()
        let text = names.map { "\($0.0) - \($0.1)\n" }.joined()
        for (list, name) in [
            (m3u, "l.m3u"), (pls, "l.pls"), (csv, "l.csv"), ("Titel;Interpret\n" + bare, "s.csv"), (text, "l.txt"),
        ] {
            let catalogue = try Catalogue(":memory:", builtIn: nil)
            let report = try withTemporaryFolder { try catalogue.importSongs(write(list, to: "\($0)/\(name)")) }
            let songs = try catalogue.songs(Catalogue.Filter())
            #expect(songs.map(\.artist) == names.map(\.0) && songs.map(\.title) == names.map(\.1), "\(name) \(report)")
            #expect(try catalogue.song(named: "Queen: Live").title == "Flash: Theme")
        }
    }
}
