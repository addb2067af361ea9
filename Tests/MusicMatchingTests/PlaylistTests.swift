import MusicMatching
import Testing

@Suite struct PlaylistTests {
    private func catalogue(_ count: Int = 5) throws -> Catalogue {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        for number in 1...count { _ = try catalogue.add(SongDraft(title: "Song \(number)", artist: "Somebody")) }
        return catalogue
    }

    @Test func areKeptInOrder() throws {
        let catalogue = try catalogue()
        #expect(try catalogue.savePlaylist("Rain", songs: [3, 1, 3, 99, 2], time: 10) == 4)
        #expect(try catalogue.savePlaylist("Sun", songs: [5], time: 20) == 1)
        let rain = try catalogue.playlist(named: "Rain")
        #expect(rain.songs.map(\.id) == [3, 1, 3, 2] && rain.changed == 10)
        #expect(try catalogue.playlists().map(\.name) == ["Sun", "Rain"])
        #expect(try catalogue.playlists().map(\.songs) == [1, 4])
        // Saved again it is another one, unless songs are put behind.
        try catalogue.savePlaylist("Rain", songs: [4], time: 30)
        #expect(try catalogue.playlist(named: "Rain").songs.map(\.id) == [4])
        try catalogue.savePlaylist("Rain", songs: [5, 4, 1], appends: true, time: 40)
        #expect(try catalogue.playlist(named: "Rain").songs.map(\.id) == [4, 5, 1])
        #expect(try catalogue.playlists().map(\.name) == ["Rain", "Sun"])
        try catalogue.removePlaylist("Rain")
        #expect(try catalogue.playlists().map(\.name) == ["Sun"] && catalogue.count == 5)
        #expect(throws: MusicError.noSuchPlaylist("Rain")) { try catalogue.playlist(named: "Rain") }
        #expect(throws: MusicError.noSuchPlaylist("Rain")) { try catalogue.removePlaylist("Rain") }
    }

    @Test func haveNamesInOneLine() {
        #expect(Catalogue.playlistName("  Out of\nthe rain ") == "Out of the rain")
        #expect(Catalogue.playlistName(" \t") == nil)
        #expect(Catalogue.playlistName(String(repeating: "a", count: 100)) != nil)
        #expect(Catalogue.playlistName(String(repeating: "a", count: 101)) == nil)
        #expect(Catalogue.playlistName("'; DROP TABLE playlists; --") == "'; DROP TABLE playlists; --")
    }

    @Test func areWrittenForPlayersWithoutPlacesForOthers() throws {
        let catalogue = try catalogue(2)
        let songs =
            try catalogue.savePlaylist("A & B", songs: [2, 1]) == 2 ? catalogue.playlist(named: "A & B").songs : []
        let text = try PlaylistFormat.xspf.playlist(of: songs, name: "A & B", in: catalogue, namesFiles: false).text
        #expect(text.contains("<title>A &amp; B</title>") && !text.contains("<location>"))
        let table = Catalogue.csv(songs).split(separator: "\n")
        #expect(table.count == 3 && table[0] == Catalogue.exportHeader && table[1].hasPrefix("Song 2,Somebody,"))
    }
}
