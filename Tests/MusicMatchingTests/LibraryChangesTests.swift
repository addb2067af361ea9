import Emotions
import Files
import Glibc
import MediaFiles
import MusicMatching
import Testing

/// What becomes of songs when files change, fail for a while, or cannot be listened to.
@Suite struct LibraryChangesTests {
    private func library(_ body: (String, Catalogue) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let music = folder + "/Music"
            try FolderTree.create(music)
            try body(music, Catalogue(folder + "/c.db", builtIn: nil))
        }
    }

    /// Whatever a list said of a song, and whether it came before the file or after it.
    @Test(arguments: [
        "Title,Artist,Valence,Energy,Spotify ID\nSong,Artist,0.9,0.1,4uLU6hMCjMI75M1A2tKUQC\n",
        "Title,Artist\nSong,Artist\n", "Title,Artist,Genre\nSong,Artist,Rock\n",
    ])
    func aRetaggedFileTakesNoSongOfAListAway(_ table: String) throws {
        for listFirst in [true, false] {
            try library { music, catalogue in
                let list = try write(table, to: music + "/list.csv")
                if listFirst { _ = try catalogue.importSongs(list) }
                try write(MusicFiles.song("Song", "Artist", frames: 30), to: music + "/a.mp3")
                _ = try catalogue.importMusic(music)
                if !listFirst { _ = try catalogue.importSongs(list) }
                let before = try catalogue.song(named: "Song")
                try write(MusicFiles.song("Other", "Artist", frames: 31), to: music + "/a.mp3")
                _ = try catalogue.importMusic(music)
                let after = try catalogue.song(named: "Song")
                #expect(after.mood == before.mood && after.identifiers == before.identifiers)
                #expect(try catalogue.count == 2)
            }
        }
    }

    @Test func aSongThatOnlyItsFileNamedGoesWithTheName() throws {
        try library { music, catalogue in
            let misspelt = MusicFiles.id3v2(4, [("TIT2", "Jogga"), ("TPE1", "Björk"), ("TMOO", "Sad")], .utf8)
            try write(MusicFiles.mp3(frames: 30, id3v2: misspelt), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music)
            // A playlist of the file says nothing of the song itself.
            _ = try catalogue.importSongs(write("a.mp3\n", to: music + "/mine.m3u"))
            try write(MusicFiles.song("Joga", "Björk", frames: 31), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.songs(Catalogue.Filter()).map(\.title) == ["Joga"])
            // One that says what the file's song suits does.
            _ = try catalogue.importSongs(write("a.mp3\n", to: music + "/Sad.m3u"))
            try write(MusicFiles.song("Yoga", "Björk", frames: 32), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.songs(Catalogue.Filter()).map(\.title) == ["Joga", "Yoga"])
        }
    }

    /// A disk that was away, rights that were missing: nothing that is true of the file for ever.
    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func whatCannotBeOpenedNowIsTriedAgain() throws {
        try library { music, catalogue in
            let path = try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/a.mp3")
            chmod(path, 0)
            #expect(try catalogue.importMusic(music).problems.map(\.reason) == ["Permission denied"])
            #expect(try catalogue.importMusic(music).problems.count == 1)
            chmod(path, 0o644)
            #expect(try catalogue.importMusic(music).added == 1)
            // One that was read before keeps its song meanwhile.
            try write(MusicFiles.song("Alice", "Tom Waits", frames: 60), to: path)
            chmod(path, 0)
            #expect(try catalogue.importMusic(music).failed == 1)
            let song = try catalogue.song(named: "Alice")
            #expect(try catalogue.files(of: song.id).map(\.gone) == [nil])
            chmod(path, 0o644)
            #expect(try catalogue.importMusic(music).unchanged == 1)
        }
    }

    @Test func errorsOfTheMomentAreToldFromThoseOfTheFile() {
        let places = ["Permission denied", "Input/output error", "Too many open files", "Stale file handle"]
        for reason in places { #expect(Catalogue.mayPass(.cannotOpen(source: "a.mp3", reason: reason)), "\(reason)") }
        #expect(Catalogue.mayPass(.stalled(source: "a.mp3", seconds: 60)))
        for reason in ["empty", "Invalid data found when processing input", "there is no sound in it"] {
            #expect(!Catalogue.mayPass(.cannotOpen(source: "a.mp3", reason: reason)), "\(reason)")
        }
    }

    /// Who sings may be told by a folder further up.
    @Test func aLargerFolderNamesMore() throws {
        try library { music, catalogue in
            try FolderTree.create(music + "/Tom Waits/Alice")
            try write(MusicFiles.mp3(), to: music + "/Tom Waits/Alice/01 - Alice.mp3")
            #expect(try catalogue.importMusic(music + "/Tom Waits/Alice").nameless == 1)
            #expect(try catalogue.importMusic(music + "/Tom Waits/Alice").skipped == 1)
            try catalogue.note(.like, of: catalogue.song(named: "Alice").id)
            #expect(try catalogue.importMusic(music).added == 1)
            #expect(try catalogue.songs(Catalogue.Filter()).map(\.artist) == ["Tom Waits"])
            #expect(try catalogue.opinions().liked.count == 1)
        }
    }

    /// Songs of which nobody says who sings are heard and played like others, and have nothing in common.
    @Test func songsOfNobodyAreNoArtists() throws {
        try library { music, catalogue in
            for folder in ["/A", "/B", "/Various Artists/Hits"] { try FolderTree.create(music + folder) }
            try write(MusicFiles.mp3(frames: 100), to: music + "/A/Track 1.mp3")
            try write(MusicFiles.mp3(frames: 300), to: music + "/B/Track 1.mp3")
            let tag = MusicFiles.id3v2(4, [("TIT2", "Third"), ("TPE1", "Unknown Artist")], .utf8)
            try write(MusicFiles.mp3(frames: 20, id3v2: tag), to: music + "/lonely.mp3")
            try write(MusicFiles.mp3(frames: 50), to: music + "/Various Artists/Hits/03 Fourth.mp3")
            let report = try catalogue.importMusic(music)
            #expect(report.added == 4 && report.nameless == 4 && report.failed == 0, "\(report)")
            let songs = try catalogue.songs(Catalogue.Filter())
            #expect(Set(songs.map(\.artist)) == ["Unknown artist"])
            #expect(songs.map(\.title).sorted() == ["Fourth", "Third", "Track 1", "Track 1"])
            for song in songs { #expect(try catalogue.playable(song.id) != nil) }
            try catalogue.note(.like, of: songs[0].id)
            var request = RecommendationRequest(EmotionVector(.happy))
            (request.count, request.surpriseShare) = (4, 0)
            let list = try catalogue.recommend(request)
            #expect(list.count == 4 && list.count { $0.reason.contains("you liked this artist") } == 0)
            #expect(try catalogue.artist(named: "Unknown artist").meant == nil)
            let again = try catalogue.importMusic(music)
            #expect(again.skipped == 4 && again.added == 0, "\(again)")
        }
    }

    /// What is heard in one file of a song stays when another cannot be listened to.
    @Test func aFileThatCannotBeHeardTakesNothingAway() throws {
        struct Ear: SoundAnalyser {
            let name: String
            func sound(of path: String, _ cancellation: Cancellation) throws -> SongSound {
                if path.hasSuffix("b.mp3") { throw MusicError.badFile(path: path, reason: "too short") }
                var sound = SongSound()
                sound.tempo = 128
                return sound
            }
        }
        try library { music, catalogue in
            try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music, analyser: Ear(name: "ear-1"))
            try write(MusicFiles.song("Alice", "Tom Waits", frames: 3), to: music + "/b.mp3")
            let report = try catalogue.importMusic(music, analyser: Ear(name: "ear-1"))
            #expect(report.unheard.map(\.path.lastPathPart) == ["b.mp3"] && report.failed == 0)
            #expect(try catalogue.sound(of: catalogue.song(named: "Alice").id)?.tempo == 128)
        }
    }

    /// What was heard teaches as much as it is worth by its own word.
    @Test(arguments: [(0.0, 0.35...0.75), (1.0, 0.0...0.35)])
    func uncertainEarsTeachLittle(_ uncertainty: Double, _ range: ClosedRange<Double>) throws {
        struct Ear: SoundAnalyser {
            let name = "ear", uncertainty: Double
            func sound(of path: String, _ cancellation: Cancellation) throws -> SongSound {
                var sound = SongSound()
                (sound.valence, sound.energy, sound.uncertainty) = (0.9, 0.9, uncertainty)
                return sound
            }
        }
        try library { music, catalogue in
            var table = "title,artist,valence,energy\nFirst,Somebody,0.1,0.1\n"
            for number in 0..<120 {
                table += "Title\(number),Artist\(number),0.\(3 + number % 5),0.\(3 + number % 5)\n"
            }
            _ = try catalogue.importSongs(write(table, to: music + "/table.csv"))
            try write(MusicFiles.song("Second", "Somebody"), to: music + "/a.mp3")
            _ = try catalogue.importMusic(music, analyser: Ear(uncertainty: uncertainty))
            #expect(try catalogue.song(named: "Second").mood.energy == 0.9)
            _ = try catalogue.importSongs(write("title,artist\nThird,Somebody\n", to: music + "/names.csv"))
            let guess = try catalogue.song(named: "Third")
            #expect(guess.estimated.contains(.energy) && range.contains(guess.mood.energy), "\(guess.mood)")
        }
    }
}
