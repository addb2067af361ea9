import Emotions
import Glibc
import MusicMatching
import Testing

/// Work and exactness with many songs: 50,000, or as many as `FERMUSIC_TEST_SONGS` says.
@Suite(.serialized) struct LargeCatalogueTests {
    static let count = getenv("FERMUSIC_TEST_SONGS").flatMap { Int(String(cString: $0)) } ?? 50_000

    /// Songs whose features crowd as real ones do, one in ten without features.
    private func write(_ path: String) throws {
        var generator = TestGenerator(11)
        func crowded() -> Int {
            (0..<3).map { _ in Int.random(in: 0...333, using: &generator) }.reduce(0, +)
        }
        let languages = ["en", "en", "en", "es", "hi", "ko", "", "", "ta", "id"]
        var text = "id,title,artist,album,language,valence,energy,danceability,acousticness,tempo\n"
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        for number in 0..<Self.count {
            let id = String((0..<22).map { _ in digits[Int.random(in: 0..<62, using: &generator)] })
            text += "\(id),Song \(number) of words,Artist \(number % 30_011),Album \(number % 997),"
            text += languages[Int.random(in: 0..<10, using: &generator)]
            if number % 10 == 0 {
                text += ",,,,,\n"
            } else {
                for _ in 0..<4 { text += ",0.\(String(crowded() + 1000).dropFirst())" }
                text += ",\(60 + Int.random(in: 0...1200, using: &generator) / 10)\n"
            }
        }
        try MusicMatchingTests.write(text, to: path)
    }

    /// Of a list, in steps of SQLite's machine: looking at every song once takes more with 50,000 of them, and a list for
    /// four emotions or a path searches four or five times.
    static let mostSteps = 700_000

    @Test func searchesLittleAndFindsTheNearest() throws {
        try withTemporaryFolder { folder in
            try write(folder + "/list.csv")
            let catalogue = try Catalogue(folder + "/c.db", builtIn: nil)
            var added = 0
            let importing = try catalogue.countingSteps {
                added = try catalogue.importSongs(folder + "/list.csv").added
            }
            #expect(added == Self.count)
            print("\(Self.count) songs imported in \(importing) steps")
            #expect(importing < 400 * Self.count)
            for (number, mode) in MoodMode.allCases.enumerated() {
                var request = RecommendationRequest(
                    try #require(EmotionVector(weights: Emotion.allCases.indices.map { Double(($0 + number) % 5) })))
                request.mode = mode
                let steps = try catalogue.countingSteps { _ = try catalogue.recommend(request) }
                print("\(mode.rawValue): \(steps) steps")
                #expect(steps < Self.mostSteps)
            }
            // Where all those lie of which only the names are known; and in a language that few sing in.
            for languages in [[], ["zu"], ["hi", "en"]] {
                var request = RecommendationRequest(EmotionVector(.neutral))
                request.languages = languages.compactMap { Language($0) }
                let steps = try catalogue.countingSteps { _ = try catalogue.recommend(request) }
                print("neutral, \(languages): \(steps) steps")
                #expect(steps < Self.mostSteps)
            }
            var filter = Catalogue.Filter()
            filter.limit = Self.count
            let songs = try catalogue.songs(filter)
            for (emotion, languages) in [(Emotion.sad, []), (.happy, ["hi"]), (.neutral, ["zu"])] {
                var request = RecommendationRequest(EmotionVector(emotion))
                request.surpriseShare = 0
                request.count = 3
                request.languages = languages.compactMap { Language($0) }
                #expect(
                    try catalogue.recommend(request).map(\.song.id)
                        == BruteForce(songs: songs, request: request, feedback: [:]).list())
            }
        }
    }
}
