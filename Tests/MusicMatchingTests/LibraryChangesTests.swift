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
}
