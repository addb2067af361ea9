import Files
import Glibc
import MediaFiles
import MusicMatching
import Testing

/// Moods written into music files.
@Suite struct MoodTagTests {
    private static let known = """
        title,artist,emotions,valence,energy,editorial
        Flash,Queen,happy,0.9,0.8,yes
        Alice,Tom Waits,sad;fear,0.2,0.3,yes
        Jig,Us,,0.9,0.5,yes

        """

    private func library(_ body: (String, Catalogue) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let catalogue = try Catalogue(":memory:", builtIn: nil), music = folder + "/music"
            _ = try catalogue.importSongs(write(Self.known, to: folder + "/list.csv"))
            try FolderTree.create(music)
            try body(music, catalogue)
        }
    }

    private func bytes(_ path: String) throws -> [UInt8] { try FileBytes.read(path, limit: 1 << 24) }

    private func tagged(_ version: UInt8, _ title: String, _ artist: String, mood: String? = nil) -> [UInt8] {
        var frames = [("TIT2", title), ("TPE1", artist), ("TALB", "An album")]
        if let mood { frames.append(("TMOO", mood)) }
        return MusicFiles.id3v2(version, frames, version == 3 ? .utf16 : .utf8)
    }

    @Test func moodsAreWrittenOnceAndNothingElseChanges() throws {
        try library { music, catalogue in
            let sound = MusicFiles.mp3(frames: 30)
            let chord = "\(#filePath)".parentFolder.parentFolder + "/SongSoundTests/Fixtures/chord.flac"
            try write(tagged(3, "Flash", "Queen") + sound, to: music + "/a.mp3")
            try write(tagged(4, "Alice", "Tom Waits") + sound, to: music + "/b.mp3")
            try write(sound, to: music + "/Us - Jig.mp3")
            try write(bytes(chord), to: music + "/Queen - Flash.flac")
            try write(tagged(4, "Alice", "Tom Waits", mood: "Angry") + sound, to: music + "/theirs.mp3")
            try write(tagged(4, "Nobody", "Knows") + sound, to: music + "/unknown.mp3")
            _ = try catalogue.importMusic(music)
            let flac = try catalogue.files(
                of: #require(try catalogue.songs(Catalogue.Filter()).first { $0.title == "Flash" }).id)
            #expect(flac.count == 2)
            let before = try ["theirs", "unknown", "a"].map { try bytes(music + "/\($0).mp3") }
            #expect(try catalogue.writeMoods(isTrial: true).written == 4)
            #expect(try bytes(music + "/a.mp3") == before[2])
            let report = try catalogue.writeMoods(below: [music])
            #expect(
                report.written == 4 && report.foreign == 1 && report.unknown == 1 && report.problems.isEmpty,
                "\(report)")
            for (name, mood) in [
                ("a.mp3", "happy; joyful"), ("b.mp3", "sad; fear; angry; melancholy"), ("Us - Jig.mp3", "cheerful"),
                ("Queen - Flash.flac", "happy; joyful"),
            ] {
                let tags = try TagReader.read(music + "/" + name)
                #expect(tags.mood == mood && tags.ownMood == mood, "\(name): \(tags)")
            }
            #expect(try TagReader.read(music + "/a.mp3").title == "Flash")
            #expect(try TagReader.read(music + "/b.mp3").album == "An album")
            for name in ["a", "b", "Us - Jig"] {
                #expect(try bytes(music + "/\(name).mp3").suffix(sound.count).elementsEqual(sound))
            }
            let old = try bytes(chord), new = try bytes(music + "/Queen - Flash.flac")
            #expect(new.suffix(old.count / 2).elementsEqual(old.suffix(old.count / 2)))
            #expect(try ["theirs", "unknown"].map { try bytes(music + "/\($0).mp3") } == before.dropLast())
            // Neither the files nor the songs are new now.
            let again = try catalogue.importMusic(music)
            #expect(again.skipped == 6 && again.added == 0 && again.moved == 0, "\(again)")
            #expect(try catalogue.writeMoods().same == 4)
        }
    }

    /// Or guesses would become what people say, by way of files.
    @Test func whatWasWrittenTeachesNothing() throws {
        try library { music, catalogue in
            try write(tagged(4, "Alice", "Tom Waits") + MusicFiles.mp3(), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.writeMoods().written == 1)
            let other = try Catalogue(":memory:", builtIn: nil)
            _ = try other.importMusic(music)
            let song = try #require(try other.songs(Catalogue.Filter()).first)
            #expect(song.title == "Alice" && song.emotions.isEmpty && song.estimated.contains(.valence))
        }
    }

    /// Some taggers put ID3 before FLAC; players look for FLAC's own comments all the same.
    @Test func flacBehindID3GetsItsMoodAmongItsComments() throws {
        try library { music, catalogue in
            let chord = try bytes("\(#filePath)".parentFolder.parentFolder + "/SongSoundTests/Fixtures/chord.flac")
            let tag = tagged(4, "Flash", "Queen"), path = music + "/Queen - Flash.flac"
            try write(tag + chord, to: path)
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.writeMoods().written == 1)
            let new = try bytes(path)
            #expect(new.starts(with: tag + Array("fLaC".utf8)) && new.suffix(500).elementsEqual(chord.suffix(500)))
            #expect(String(decoding: new, as: UTF8.self).contains("MOOD=happy; joyful"))
            #expect(try catalogue.writeMoods().same == 1)
        }
    }

    /// A trial says of each file what the real thing would.
    @Test func writeProtectedFilesStay() throws {
        try library { music, catalogue in
            let path = music + "/a.mp3"
            try write(tagged(3, "Flash", "Queen") + MusicFiles.mp3(), to: path)
            try write(
                MusicFiles.id3v2(2, [("TT2", "Alice"), ("TP1", "Tom Waits")]) + MusicFiles.mp3(), to: music + "/b.mp3")
            _ = try catalogue.importMusic(music)
            #expect(chmod(path, 0o444) == 0)
            let before = try bytes(path)
            for isTrial in [true, false] {
                let report = try catalogue.writeMoods(isTrial: isTrial)
                #expect(report.written == 0 && report.problems.count == 2, "\(report)")
                #expect(report.problems.first.map { "\($0)".contains("is write-protected") } == true, "\(report)")
            }
            #expect(try bytes(path) == before)
        }
    }

    /// A file that has two names by a symbolic link is written once, and is as it was imported under both.
    @Test func symbolicLinksNameOneFile() throws {
        try library { music, catalogue in
            try write(tagged(4, "Flash", "Queen") + MusicFiles.mp3(frames: 30), to: music + "/flash.mp3")
            #expect(symlink("flash.mp3", (music + "/a.mp3").cPath) == 0)
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.writeMoods(isTrial: true).written == 1)
            let report = try catalogue.writeMoods()
            #expect(report.written == 1 && report.problems.isEmpty, "\(report)")
            #expect(try catalogue.writeMoods().same == 1)
            #expect(try catalogue.importMusic(music).skipped == 2)
        }
    }

    @Test func whatIsNotUnderstoodIsLeftAlone() throws {
        try library { music, catalogue in
            let sound = MusicFiles.mp3(frames: 30)
            let files: [(String, [UInt8])] = [
                ("2.2", MusicFiles.id3v2(2, [("TT2", "Flash"), ("TP1", "Queen")]) + sound),
                (
                    "unsynchronised",
                    {
                        var bytes = tagged(3, "Flash", "Queen")
                        bytes[5] = 0x80
                        return bytes + sound
                    }()
                ),
            ]
            for (name, bytes) in files { try write(bytes, to: "\(music)/\(name).mp3") }
            _ = try catalogue.importMusic(music)
            let report = try catalogue.writeMoods()
            #expect(report.written == 0 && report.problems.count == 2, "\(report)")
            for (name, old) in files { #expect(try bytes("\(music)/\(name).mp3") == old) }
            // Changed since it was imported.
            try write(tagged(4, "Flash", "Queen") + sound, to: music + "/2.2.mp3")
            #expect(
                try catalogue.writeMoods(below: [music + "/2.2.mp3"]).problems.map(\.reason) == [
                    "was changed since it was imported; import it again"
                ])
        }
    }
}
