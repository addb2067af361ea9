import Emotions
import Files
import MusicMatching
import Testing

@Suite struct HistoryTests {
    private let songs = "title,artist,valence,energy\n" + (1...40).map { "Song \($0),Artist \($0),0.2,0.4\n" }.joined()

    private func request(_ time: Int = 1_000_000) -> RecommendationRequest {
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        request.time = time
        return request
    }

    @Test func whatWasRecommendedGivesWay() throws {
        let catalogue = try catalogue(songs)
        var seen: [Int] = []
        for round in 0..<4 {
            let list = try catalogue.recommend(request(1_000_000 + round))
            try catalogue.note(list, for: request(1_000_000 + round))
            seen += list.map(\.song.id)
        }
        #expect(Set(seen).count == 20)
        #expect(
            try catalogue.history(limit: 10).map { $0.songs.map(\.id) }
                == stride(from: 15, through: 0, by: -5).map { Array(seen[$0..<$0 + 5]) })
        // Half a year later it is as if nothing had been.
        #expect(try catalogue.recommend(request(1_000_000 + 180 * 86400)).map(\.song.id) == Array(seen[..<5]))
    }

    /// Songs like another one were asked for by that, not by a mood.
    @Test func likenessIsRemembered() throws {
        let catalogue = try catalogue(songs)
        var request = request()
        request.like = 7
        let list = try catalogue.recommend(request)
        try catalogue.note(list, for: request)
        try catalogue.note(list, for: request)
        let history = try catalogue.history(limit: 10)
        #expect(history.map(\.mode) == ["like"] && history.map(\.emotions) == ["Song 7"])
    }

    @Test func feedbackReranksAtOnce() throws {
        let catalogue = try catalogue(songs + "Other,Artist 30,0.25,0.45\n")
        let before = try catalogue.recommend(request()).map(\.song.id)
        #expect(before == [1, 2, 3, 4, 5])
        try catalogue.note(.dislike, of: 2, time: 1)
        try catalogue.note(.like, of: 30, time: 2)
        let after = try catalogue.recommend(request())
        #expect(after.map(\.song.id) == [30, 1, 3, 4, 5])
        // Valence and energy are given, so nothing is said of estimates.
        #expect(after[0].reason.hasSuffix("; you liked this song"))
        try catalogue.note(.dislike, of: 30, time: 3)
        #expect(try catalogue.recommend(request()).map(\.song.id) == [1, 3, 4, 5, 6])
        try catalogue.note(.neutral, of: 30, time: 4)
        try catalogue.note(.neutral, of: 2, time: 4)
        #expect(try catalogue.recommend(request()).map(\.song.id) == before)
        try catalogue.note(.played, of: 1, time: 1_000_000)
        #expect(try catalogue.recommend(request()).map(\.song.id) == [2, 3, 4, 5, 6])
        #expect(throws: MusicError.noSuchSong("999")) { try catalogue.note(.like, of: 999) }
    }

    @Test func anArtistYouLikeComesForward() throws {
        let catalogue = try catalogue(songs + "Other,Artist 30,0.28,0.44\n")
        try catalogue.note(.like, of: 30, time: 1)
        var request = request()
        request.count = 8
        let list = try catalogue.recommend(request)
        #expect(list[0].song.id == 30)
        let other = try #require(list.first { $0.song.title == "Other" })
        #expect(other.reason.contains("you liked this artist"))
    }

    @Test func purgingDeletesWhatIsAskedFor() throws {
        try withTemporaryFolder { folder in
            let list = try write("title,artist\nBuilt,In\n", to: folder + "/songs.csv")
            let catalogue = try Catalogue(folder + "/c.db", builtIn: list)
            _ = try catalogue.importAndRemember(try write(songs, to: folder + "/more.csv"), options: ImportOptions())
            for time in [100, 200] {
                try catalogue.note(catalogue.recommend(request(time)), for: request(time))
                try catalogue.note(.like, of: time / 100, time: time)
            }
            try ServiceMemory(catalogue.path).keep("{}", of: "youtube", to: "q")
            #expect(try catalogue.purge([.history], before: 150) == [.history: 1])
            #expect(try catalogue.history(limit: 9).map(\.time) == [200])
            #expect(try catalogue.purge([.feedback], before: 150) == [.feedback: 1])
            #expect(try catalogue.feedback().map(\.song.id) == [2])
            #expect(try catalogue.purge([.songs, .answers]) == [.songs: 40, .answers: 1])
            #expect(try catalogue.count == 1)
            #expect(try catalogue.feedback().isEmpty && catalogue.sources().isEmpty)
            #expect(try catalogue.purge([.history]) == [.history: 1])
        }
    }

    @Test func purgedSongsLeaveNothingBehind() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/c.db"
            func remains() -> [String] {
                let bytes = ["c.db", "c.db-wal"].flatMap {
                    (try? FileBytes.read(folder + "/" + $0, limit: 1 << 26)) ?? []
                }
                let text = String(decoding: bytes, as: UTF8.self).lowercased()
                return ["etzalcoatlus", "ylophonists", "2h7phvdq3mxqehxcvclto0"].filter { text.contains($0) }
            }
            let list = try write(
                "title,artist,album,language,genres,emotions,valence,energy\nBuilt,In,X,en,pop,happy,0.5,0.5\n",
                to: folder + "/songs.csv")
            let own = try write(
                "title,artist,album,language,genre,valence,danceability,id\n"
                    + "Built,In,Ylophonists,hi,Ylophonists,0.1,0.9,2H7PHVdQ3mXqEHXcvclTO0\n"
                    + (0..<300).map { "Quetzalcoatlus \($0),Xylophonists,,,,0.1,0.2,\n" }.joined(),
                to: folder + "/sad.csv")
            do {
                let catalogue = try Catalogue(path, builtIn: list)
                let before = try catalogue.song(1)
                _ = try catalogue.importSongs(own)
                let imported = try catalogue.song(1)
                #expect(imported.mood.danceability == 0.9 && imported.emotions.contains(.sad))
                #expect(imported.identifiers.count == 1)
                #expect(remains().count == 3)
                try catalogue.note(.like, of: 1)
                #expect(try catalogue.purge([.songs]) == [.songs: 300])
                #expect(try catalogue.song(1) == before)
                #expect(try catalogue.feedback().count == 1)
                #expect(try catalogue.artist(named: "Xylophonists").meant == nil)
                #expect(try catalogue.artist(named: "In").meant == "In")
                #expect(try catalogue.song(named: "built").id == 1)
                #expect(try catalogue.problem() == nil)
            }
            #expect(remains() == [])
        }
    }

    @Test func identifiersFromServicesMakeLinks() throws {
        let catalogue = try catalogue(songs)
        let match = ProviderMatch(identifiers: [SongIdentifier(.youtube, "abcdefghijk")])
        try catalogue.note(match, of: 1)
        try catalogue.note(match, of: 1)
        #expect(SongLinks(try catalogue.song(1)).youtube == "https://www.youtube.com/watch?v=abcdefghijk")
    }
}
