import Emotions
import Files
import Glibc
import MediaFiles
import MusicMatching
import Testing
import Threads

@Suite struct LibraryTests {
    private func tags(_ bytes: [UInt8]) throws -> MediaTags {
        try withTemporaryFolder { try TagReader.read(write(bytes, to: $0 + "/song.mp3")) }
    }

    @Test func id3OfAllVersions() throws {
        let names = [("TIT2", "Jóga"), ("TPE1", "Björk"), ("TALB", "Homogenic"), ("TYER", "1997"), ("TCON", "(17)")]
        for (version, encoding) in [(3, MusicFiles.Encoding.latin1), (3, .utf16), (4, .utf8), (4, .utf16)] {
            let tags = try tags(MusicFiles.mp3(id3v2: MusicFiles.id3v2(UInt8(version), names, encoding)))
            #expect(tags.title == "Jóga" && tags.artist == "Björk" && tags.album == "Homogenic", "\(version): \(tags)")
            #expect(tags.genre == "Rock" && tags.codec == "mp3")
            #expect((400...700).contains(tags.duration ?? 0))
        }
        let old = MusicFiles.id3v2(2, [("TT2", "Jóga"), ("TP1", "Björk")])
        #expect(try tags(MusicFiles.mp3(id3v2: old)).artist == "Björk")
        let oldest = try tags(
            MusicFiles.mp3(frames: 200, id3v1: MusicFiles.id3v1([0x4A, 0xF3, 0x67, 0x61], Array("X".utf8))))
        #expect(oldest.title == "Jóga" && oldest.artist == "X")
    }

    @Test func wrongEncodings() throws {
        // Cyrillic of Windows in ID3v1, which names no encoding, and in ID3v2 that says it is Latin-1.
        let kino: [UInt8] = [0xCA, 0xE8, 0xED, 0xEE], song: [UInt8] = [0xC3, 0xF0, 0xF3, 0xEF, 0xEF, 0xE0]
        #expect(try tags(MusicFiles.mp3(frames: 200, id3v1: MusicFiles.id3v1(song, kino))).artist == "Кино")
        let declared = MusicFiles.id3v2(3, [("TPE1", "")], .raw(kino))
        #expect(try tags(MusicFiles.mp3(id3v2: declared)).artist == "Кино")
        // UTF-8 that says it is Latin-1.
        #expect(
            try tags(MusicFiles.mp3(id3v2: MusicFiles.id3v2(3, [("TPE1", "")], .raw(Array("Björk".utf8))))).artist
                == "Björk")
        for (text, meant) in [
            ("BjÃ¶rk", "Björk"), ("Ãlafur", "Ãlafur"), ("Øystein", "Øystein"), ("Motörhead", "Motörhead"),
            ("Êèíî", "Кино"), ("Êèíî - Ãðóïïà êðîâè", "Кино - Группа крови"), ("Čechomor", "Čechomor"), ("Ñ", "Ñ"),
            ("Þú", "Þú"),
            ("ÀÁÂ", "АБВ"), ("naïve", "naïve"), ("  a\u{0}b ", "a b"), ("Beyoncé", "Beyoncé"), ("Aérôé", "Aérôé"),
        ] {
            #expect(TextRepair.repaired(text) == meant, "\(text)")
        }
    }

    private func library(_ body: (String, Catalogue) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let music = folder + "/Music"
            try FolderTree.create(music)
            try body(music, Catalogue(folder + "/c.db", builtIn: nil))
        }
    }

    @Test func aFolderIsReadOnce() throws {
        try library { music, catalogue in
            try FolderTree.create(music + "/Björk/Homogenic")
            try write(MusicFiles.mp3(), to: music + "/Björk/Homogenic/01 - Joga.mp3")
            try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/x.mp3")
            try write(MusicFiles.mp3(), to: music + "/Queen - Flash.mp3")
            try write(MusicFiles.mp3(), to: music + "/._x.mp3")
            try write("no music", to: music + "/cover.jpg")
            try write([], to: music + "/empty.mp3")
            try write("<html>no music, but it says so</html>", to: music + "/broken.mp3")
            try write(MusicFiles.mp3(), to: music + "/nobody.mp3")
            symlink(music, music + "/circle")
            let report = try catalogue.importMusic(music, threads: 2)
            #expect(report.added == 4 && report.failed == 2 && report.total == 6 && report.isWhole, "\(report)")
            let reasons = Dictionary(uniqueKeysWithValues: report.problems.map { ($0.path.lastPathPart, $0.reason) })
            #expect(reasons["empty.mp3"] == "empty" && reasons["broken.mp3"]?.contains("damaged") == true, "\(reasons)")
            #expect(try report.nameless == 1 && catalogue.song(named: "nobody").artist == "Unknown artist")
            let song = try catalogue.song(named: "Joga")
            #expect(song.artist == "Björk" && song.album == "Homogenic" && song.isOwn && song.duration != nil)
            let again = try catalogue.importMusic(music)
            #expect(again.skipped == 4 && again.failed == 2 && again.added == 0 && again.problems.isEmpty, "\(again)")
        }
    }

    @Test func filesThatMoveChangeAndGo() throws {
        try library { music, catalogue in
            let alice = try write(MusicFiles.song("Alice", "Tom Waits", frames: 30), to: music + "/a.mp3")
            try write(MusicFiles.song("Flash", "Queen", frames: 40), to: music + "/b.mp3")
            try write(MusicFiles.song("Jogga", "Björk", frames: 50), to: music + "/c.mp3")
            #expect(try catalogue.importMusic(music).added == 3)
            let id = try catalogue.song(named: "Alice").id
            try catalogue.note(.like, of: id)
            try FolderTree.create(music + "/new")
            rename(alice, music + "/new/other name.mp3")
            unlink(music + "/b.mp3")
            try write(MusicFiles.song("Joga", "Björk", frames: 51), to: music + "/c.mp3")
            let report = try catalogue.importMusic(music)
            #expect(report.moved == 1 && report.gone == 1 && report.added == 1 && report.skipped == 0, "\(report)")
            #expect(try catalogue.files(of: id).map(\.path) == [Catalogue.absolute(music + "/new/other name.mp3")])
            let flash = try catalogue.song(named: "Flash")
            #expect(try catalogue.files(of: flash.id).allSatisfy { $0.gone != nil })
            // The misspelt one was only ever said by that file.
            #expect(try catalogue.count == 3)
            try write(MusicFiles.song("Flash", "Queen", frames: 40), to: music + "/b.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.files(of: flash.id).allSatisfy { $0.gone == nil })
        }
    }

    @Test func stoppedAndContinued() throws {
        try library { music, catalogue in
            for number in 0..<300 {
                try write(
                    MusicFiles.song("Song \(number)", "Artist \(number % 20)", frames: 3), to: music + "/\(number).mp3")
            }
            let cancellation = Cancellation()
            let first = try catalogue.importMusic(music, threads: 3, cancellation: cancellation) {
                if $0.done >= 1 || $0.total > 0 { cancellation.cancel() }
            }
            #expect(!first.isWhole && first.gone == 0)
            let second = try catalogue.importMusic(music, threads: 3)
            #expect(second.isWhole && second.added + first.added == 300, "\(first) \(second)")
            #expect(second.skipped == first.added)
            #expect(try catalogue.count == 300)
        }
    }

    /// A book or a mix, as the header of its first frame says: 200,000 frames, 87 minutes.
    @Test func whatLastsAnHourIsNoSong() throws {
        try library { music, catalogue in
            var long = MusicFiles.song("Chapter 1", "Somebody", frames: 40)
            let frame = try #require((0..<long.count).first { long[$0] == 0xFF && long[$0 + 1] == 0xFB })
            long.replaceSubrange(frame + 36..<frame + 48, with: Array("Xing".utf8) + [0, 0, 0, 1, 0, 3, 0x0D, 0x40])
            try write(long, to: music + "/book.mp3")
            try write(MusicFiles.song("Flash", "Queen"), to: music + "/a.mp3")
            let report = try catalogue.importMusic(music)
            #expect(report.added == 1 && report.problems.map(\.reason) == ["lasts 87 minutes, which no song does"])
        }
    }

    /// Counts what it listens to.
    private final class Ear: SoundAnalyser {
        let name: String
        let heard = Guarded(0)
        init(_ name: String) { self.name = name }

        func sound(of path: String, _ cancellation: Cancellation) throws -> SongSound {
            heard.withLock { $0 += 1 }
            if path.hasSuffix("bad.mp3") { throw MusicError.badFile(path: path, reason: "noise") }
            var sound = SongSound()
            (sound.valence, sound.energy, sound.tempo, sound.key, sound.isMajor) = (0.2, 0.9, 128, 9, false)
            return sound
        }
    }

    @Test func eachFileIsListenedToOnce() throws {
        try library { music, catalogue in
            try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/a.mp3")
            try write(MusicFiles.song("Flash", "Queen"), to: music + "/bad.mp3")
            _ = try catalogue.importMusic(music)
            let ear = Ear("ear-1")
            let report = try catalogue.importMusic(music, analyser: ear)
            #expect(report.heard == 1 && ear.heard.withLock { $0 } == 2)
            #expect(report.unheard.map(\.path.lastPathPart) == ["bad.mp3"] && report.problems.isEmpty)
            let song = try catalogue.song(named: "Alice")
            #expect(song.mood.valence == 0.2 && song.mood.tempo == 128 && song.heard.contains(.energy))
            #expect(!song.estimated.contains(.valence) && song.estimated.contains(.danceability))
            #expect(try catalogue.sound(of: song.id)?.key == 9)
            _ = try catalogue.importMusic(music, analyser: ear)
            #expect(ear.heard.withLock { $0 } == 2, "neither of them again")
            #expect(try catalogue.sound(of: catalogue.song(named: "Flash").id) == nil)
            #expect(try catalogue.importMusic(music, analyser: Ear("ear-2")).heard == 1)
            // A table of measured features counts more.
            _ = try withTemporaryFolder {
                try catalogue.importSongs(write("title,artist,valence\nAlice,Tom Waits,0.7\n", to: $0 + "/t.csv"))
            }
            let measured = try catalogue.song(song.id)
            #expect(measured.mood.valence == 0.7 && measured.mood.energy == 0.9 && !measured.heard.contains(.valence))
        }
    }

    @Test func playlistsNameFilesThatAreThere() throws {
        try library { music, catalogue in
            try FolderTree.create(music + "/Tom Waits/Alice")
            try write(MusicFiles.song("Alice & more", "Tom Waits"), to: music + "/Tom Waits/Alice/01.mp3")
            try write(MusicFiles.song("Flash", "Queen"), to: music + "/f.mp3")
            _ = try catalogue.importMusic(music)
            try write(MusicFiles.song("Other", "Nobody knows"), to: music + "/g.mp3")
            let list = try write(
                "Tom Waits/Alice/01.mp3\nD:\\Music\\Tom Waits\\Alice\\01.mp3\n#EXTINF:1,Wrong - Names\nf.mp3\ng.mp3\n",
                to: music + "/Sad.m3u")
            let report = try catalogue.importSongs(list)
            #expect(report.matchedFiles == 3 && report.added == 1, "\(report)")
            #expect(try catalogue.song(named: "Alice").emotions.emotions == [.sad])
            _ = try catalogue.importMusic(music)
            let songs = try catalogue.songsWithFiles()
            #expect(songs.map(\.title) == ["Other", "Flash", "Alice & more"])
            for format in PlaylistFormat.allCases {
                let written = try format.playlist(of: songs, name: "All & <all>", in: catalogue)
                #expect(written.songs == 3)
                let copy = try Catalogue(":memory:", builtIn: nil)
                try withTemporaryFolder {
                    _ = try copy.importSongs(write(written.text, to: "\($0)/l.\(format.rawValue)"))
                }
                #expect(try copy.songs(Catalogue.Filter()).map(\.title) == songs.map(\.title))
            }
            unlink(music + "/f.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try PlaylistFormat.m3u8.playlist(of: songs, name: "x", in: catalogue).songs == 2)
            #expect(try PlaylistFormat.xspf.playlist(of: songs, name: "x", in: catalogue).songs == 3)
        }
    }

    @Test func foldersAreReadAgainByRefresh() throws {
        try library { music, catalogue in
            try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/a.mp3")
            try catalogue.remember(music)
            try write(MusicFiles.song("Flash", "Queen"), to: music + "/b.mp3")
            let results = try catalogue.refresh()
            guard case .music(let report) = results.first?.outcome else { return #expect(Bool(false)) }
            #expect(report.added == 2)
        }
    }

    @Test func namesThatAreNoUnicode() throws {
        try library { music, catalogue in
            let path = String(pathBytes: Array(music.utf8) + Array("/Bj".utf8) + [0xF6] + Array("rk - Joga.mp3".utf8))
            try write(MusicFiles.mp3(), to: path)
            #expect(try catalogue.importMusic(music).added == 1)
            #expect(try catalogue.song(named: "Joga").artist == "Björk")
            #expect(try catalogue.importMusic(music).skipped == 1)
        }
    }
}
