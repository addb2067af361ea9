import DatabaseServer
import Emotions
import Files
import Glibc
import MediaFiles
import MusicMatching
import Testing

/// What was said of a song stays with its file when a name in its tags is mended.
@Suite struct RenamedFilesTests {
    /// A catalogue in a file, and one on a server where there is one.
    private func library(_ body: (String, Catalogue) throws -> Void) throws {
        try withTemporaryFolder { folder in
            var places = [folder + "/c.db"]
            if let server = PostgreSQLServer.shared { places.append(server.address(try server.newDatabase())) }
            for (number, place) in places.enumerated() {
                let music = "\(folder)/Music\(number)"
                try FolderTree.create(music)
                try body(music, Catalogue(place, builtIn: nil))
            }
        }
    }

    private func recommend(_ catalogue: Catalogue) throws {
        let request = RecommendationRequest(EmotionVector(.happy))
        try catalogue.note(catalogue.recommend(request), for: request)
    }

    @Test func allThatWasSaidFollowsTheFile() throws {
        try library { music, catalogue in
            try write(MusicFiles.song("Alise", "Tom Waits", frames: 30), to: music + "/x.mp3")
            try write(MusicFiles.song("Flash", "Queen", frames: 40), to: music + "/y.mp3")
            _ = try catalogue.importMusic(music)
            let old = try catalogue.song(named: "Alise").id, other = try catalogue.song(named: "Flash").id
            try catalogue.note(.like, of: old)
            try catalogue.note(.played, of: old)
            try catalogue.savePlaylist("P", songs: [old, other])
            try recommend(catalogue)
            try write(MusicFiles.song("Alice", "Tom Waits", frames: 30), to: music + "/x.mp3")
            _ = try catalogue.importMusic(music)
            let new = try catalogue.song(named: "Alice").id
            #expect(try catalogue.count == 2 && catalogue.songs(Catalogue.Filter()).allSatisfy { $0.title != "Alise" })
            #expect(try catalogue.opinions().liked == [new])
            #expect(try catalogue.feedback().map(\.plays) == [1])
            #expect(try catalogue.playlist(named: "P").songs.map(\.id) == [new, other])
            #expect(try Set(catalogue.history(limit: 1)[0].songs.map(\.id)) == [new, other])
            let playlist = try catalogue.playlist(named: "P")
            #expect(try PlaylistFormat.m3u8.playlist(of: playlist.songs, name: "P", in: catalogue).songs == 2)
        }
    }

    /// The mended name may be that of a song that is there, with words of its own.
    @Test func twoBecomeOne() throws {
        try library { music, catalogue in
            try write(MusicFiles.song("Alise", "Tom Waits", frames: 30), to: music + "/x.mp3")
            try write(MusicFiles.song("Alice", "Tom Waits", frames: 40), to: music + "/y.mp3")
            _ = try catalogue.importMusic(music)
            let old = try catalogue.song(named: "Alise").id, new = try catalogue.song(named: "Alice").id
            try catalogue.note(.dislike, of: new, time: 100)
            try catalogue.note(.like, of: old, time: 200)
            for song in [old, old, new] { try catalogue.note(.played, of: song, time: 300) }
            try catalogue.savePlaylist("P", songs: [old, new])
            try recommend(catalogue)
            try write(MusicFiles.song("Alice", "Tom Waits", frames: 31), to: music + "/x.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try catalogue.opinions().liked == [new] && catalogue.opinions().disliked.isEmpty)
            #expect(try catalogue.feedback().map(\.plays) == [3])
            #expect(try catalogue.playlist(named: "P").songs.map(\.id) == [new])
            #expect(try catalogue.files(of: new).count == 2 && catalogue.count == 1)
        }
    }

    /// Another song that was put in a song's place is no mended name, and a song with another file stays.
    @Test func whatIsAnotherSongStaysOne() throws {
        try library { music, catalogue in
            for name in ["/x.mp3", "/z.mp3"] {
                try write(MusicFiles.song("Alice", "Tom Waits", frames: 30), to: music + name)
            }
            try write(MusicFiles.song("Flash", "Queen", frames: 40), to: music + "/y.mp3")
            _ = try catalogue.importMusic(music)
            let alice = try catalogue.song(named: "Alice").id, flash = try catalogue.song(named: "Flash").id
            for song in [alice, flash] { try catalogue.note(.like, of: song) }
            try write(MusicFiles.song("Alison", "Tom Waits", frames: 30), to: music + "/x.mp3")
            try write(MusicFiles.song("Flash of light", "Somebody", frames: 400), to: music + "/y.mp3")
            _ = try catalogue.importMusic(music)
            #expect(try Set(catalogue.opinions().liked) == [alice, flash] && catalogue.count == 4)
        }
    }

    /// What was heard goes with it, also where nobody listens again.
    @Test func whatWasHeardFollowsTheFile() throws {
        struct Ear: SoundAnalyser {
            let name = "ear"
            func sound(of path: String, _ cancellation: Cancellation) throws -> SongSound {
                var sound = SongSound()
                (sound.valence, sound.energy, sound.tempo) = (0.2, 0.9, 128)
                return sound
            }
        }
        try library { music, catalogue in
            try write(MusicFiles.song("Alise", "Tom Waits"), to: music + "/x.mp3")
            _ = try catalogue.importMusic(music, analyser: Ear())
            try write(MusicFiles.song("Alice", "Tom Waits"), to: music + "/x.mp3")
            _ = try catalogue.importMusic(music)
            let song = try catalogue.song(named: "Alice")
            #expect(song.mood.energy == 0.9 && song.heard.contains(.energy))
            #expect(try catalogue.sound(of: song.id)?.tempo == 128)
        }
    }
}
