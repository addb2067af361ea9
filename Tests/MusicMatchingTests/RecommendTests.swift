import Emotions
import MusicMatching
import Testing

@Suite struct RecommendTests {
    /// A catalogue of random songs: few artists, several languages, labels, missing features, equal moods.
    ///
    /// - Parameter credits: who sings; sixty plain names if empty.
    static func random(_ count: Int, seed: UInt64, credits: [String] = []) throws -> Catalogue {
        var generator = TestGenerator(seed)
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }
        func feature(_ scale: Int = 1000) -> String {
            let roll = Int.random(in: 0..<10, using: &generator)
            if roll == 0 { return "" }
            if roll < 3 { return pick(["0", "0.25", "0.5", "1"]) }
            return "\(Double(Int.random(in: 0...scale, using: &generator)) / Double(scale))"
        }
        var csv = "title,artist,language,genres,emotions,valence,energy,danceability,acousticness,tempo\n"
        for number in 0..<count {
            let tempo = pick(["", "60", "95.5", "120", "127.3", "190", "250"])
            let artist = credits.isEmpty ? "Artist \(Int.random(in: 0..<60, using: &generator))" : pick(credits)
            csv += "Song \(number),\"\(artist)\","
            csv += "\(pick(["en", "en", "hi", "ko", "", ""])),\(pick(["", "rock", "jazz"])),"
            csv += "\(pick(["", "", "sad", "happy", "sad;angry", "neutral"])),"
            csv += [feature(), feature(), feature(), feature(), tempo].joined(separator: ",") + "\n"
        }
        return try catalogue(csv)
    }

    private func all(_ catalogue: Catalogue) throws -> [Song] {
        var filter = Catalogue.Filter()
        filter.limit = 1_000_000
        return try catalogue.songs(filter)
    }

    @Test(arguments: MoodMode.allCases)
    func sameAsComparingWithEverySong(_ mode: MoodMode) throws {
        var generator = TestGenerator(7)
        for round in 0..<12 {
            let isPlain = round < 4, credits = isPlain ? [] : TestCredits.people.keys.sorted()
            let catalogue = try Self.random([30, 400, 4000][round % 3], seed: UInt64(round), credits: credits)
            let songs = try all(catalogue)
            var feedback: [Int: Opinion] = [:]
            for _ in 0..<(round % 4) * 4 {
                let id = Int.random(in: 1...songs.count, using: &generator)
                feedback[id] = Bool.random(using: &generator) ? .like : .dislike
            }
            for (id, opinion) in feedback { try catalogue.note(opinion, of: id, time: id) }
            let weights = Emotion.allCases.map { _ in Double.random(in: 0...1, using: &generator) }
            var request = RecommendationRequest(try #require(EmotionVector(weights: weights)))
            request.mode = mode
            request.count = 12
            request.surpriseShare = 0
            request.languages = [[], ["ko"], ["hi", "en"]][round % 3].compactMap { Language($0) }
            request.excludedLanguages = [[], [], ["ko"], ["en"]][round % 4].compactMap { Language($0) }
            request.usualLanguages = round % 2 == 0 ? [] : ["hi"].compactMap { Language($0) }
            let asked = TestCredits.asked[(round * 5) % TestCredits.asked.count]
            request.artists = round % 2 == 0 ? [] : [isPlain ? "artist 3" : asked.name]
            let wanted: Set<String> = round % 2 == 0 ? [] : [isPlain ? "artist 3" : asked.who]
            let list = try catalogue.recommend(request)
            let expected = BruteForce(
                songs: songs, request: request, feedback: feedback, people: TestCredits.people, wanted: wanted
            ).list()
            #expect(list.map(\.song.id) == expected, "round \(round)")
        }
    }

    @Test func noArtistTwiceInFive() throws {
        for seed in 0..<10 {
            let catalogue = try Self.random(500, seed: UInt64(seed))
            var request = RecommendationRequest(EmotionVector(Emotion.allCases[seed % Emotion.allCases.count]))
            request.mode = MoodMode.allCases[seed % 4]
            request.count = 40
            request.surpriseShare = 0.3
            request.seed = UInt64(seed)
            let list = try catalogue.recommend(request)
            #expect(list.count == 40 && Set(list.map(\.song.id)).count == 40)
            for start in 0...35 { #expect(Set(list[start..<start + 5].map(\.song.artist)).count == 5) }
        }
    }

    @Test func guestsAreArtistsToo() throws {
        let songs = try catalogue(
            "title,artist,valence,energy\nA,X,0.25,0.39\nB,\"Y, X\",0.25,0.39\nC,Z feat. X,0.25,0.39\nD,W,0.9,0.9\n")
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        request.count = 2
        #expect(try songs.recommend(request).map(\.song.title) == ["A", "D"])
        // With nobody else left an artist comes again: songs always come.
        request.count = 4
        #expect(try songs.recommend(request).map(\.song.title) == ["A", "D", "B", "C"])
        request.count = 100
        #expect(try songs.recommend(request).count == 4)
        #expect(try Catalogue(":memory:", builtIn: nil).recommend(request).isEmpty)
    }

    @Test func seedsRepeatAndDiffer() throws {
        let catalogue = try Self.random(2000, seed: 1)
        var request = RecommendationRequest(EmotionVector(.happy))
        func list(_ seed: UInt64) throws -> [Int] {
            request.seed = seed
            return try catalogue.recommend(request).map(\.song.id)
        }
        #expect(try list(5) == list(5))
        let lists = Set(try (0..<20).map { try list($0) })
        #expect(lists.count >= 15)
        request.surpriseShare = 0
        #expect(try list(1) == list(2))
    }

    @Test func surprisesAreTheShareAskedForAndNotFarAway() throws {
        let catalogue = try Self.random(3000, seed: 2)
        var surprises = 0
        for seed in 0..<100 {
            var request = RecommendationRequest(EmotionVector(.neutral))
            request.count = 10
            request.seed = UInt64(seed)
            let list = try catalogue.recommend(request)
            surprises += list.count(where: \.isSurprise)
            #expect(list.allSatisfy { $0.distance < 0.3 })
            #expect(list.allSatisfy { $0.isSurprise == $0.reason.contains("surprise") })
        }
        // A fifth, less those where the lot fell on the nearest song.
        #expect((170...200).contains(surprises))
    }

    @Test func allProbabilitiesCount() throws {
        let catalogue = try Self.random(3000, seed: 3)
        var request = RecommendationRequest(try #require(EmotionVector("happy=0.55,sad=0.45")))
        let target = try #require(try catalogue.recommend(request).first).target
        #expect(abs(target.valence - (0.55 * 0.82 + 0.45 * 0.25)) < 1e-9)
        #expect(abs(target.energy - (0.55 * 0.70 + 0.45 * 0.39)) < 1e-9)
        request.mode = .lift
        #expect(
            abs(try #require(try catalogue.recommend(request).first).target.valence - (0.55 * 0.85 + 0.45 * 0.70))
                < 1e-9)
        request.mode = .amplify
        let more = try #require(try catalogue.recommend(request).first).target
        #expect(abs(more.valence - 0.5) > abs(target.valence - 0.5))
        request.mode = .path
        request.count = 5
        let path = try catalogue.recommend(request).map(\.target.valence)
        #expect(abs(path[0] - target.valence) < 1e-9 && abs(path[4] - (0.55 * 0.85 + 0.45 * 0.70)) < 1e-9)
        #expect(zip(path, path.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func languagesComeFirstAndOthersWhenTheyRunOut() throws {
        let songs = try catalogue(
            "title,artist,language,valence,energy\nA,1,hi,0.9,0.9\nB,2,en,0.25,0.39\nC,3,,0.25,0.39\nD,4,hi,0.3,0.4\nE,5,ta,0.25,0.39\n"
        )
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        request.languages = ["hindi", "TA"].compactMap { Language($0) }
        let list = try songs.recommend(request)
        // However far A is: what was not asked for comes when nothing else is left.
        #expect(list.map(\.song.title) == ["E", "D", "A", "C", "B"])
        #expect(list[1].reason.contains("in Hindi"))
        #expect(list[3].reason.contains("its language is unknown"))
        #expect(list[4].reason.contains("no more songs in the languages you asked for"))
    }

    @Test func usualLanguagesArePreferredALittle() throws {
        let songs = try catalogue(
            "title,artist,language,valence,energy\nForeign,1,is,0.25,0.39\nOwn,2,hi,0.28,0.39\n"
                + "English,3,en,0.29,0.39\nUnknown,4,,0.31,0.39\nLiked,5,is,0.9,0.9\n")
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        func titles() throws -> [String] { try songs.recommend(request).map(\.song.title) }
        #expect(try titles() == ["Foreign", "Own", "English", "Unknown", "Liked"])
        request.usualLanguages = ["hi", "en"].compactMap { Language($0) }
        #expect(try titles() == ["Own", "English", "Unknown", "Foreign", "Liked"])
        // Who likes a song understands it.
        try songs.note(.like, of: 5)
        #expect(try titles().first == "Foreign")
        request.languages = ["en"].compactMap { Language($0) }
        request.excludedLanguages = ["hi"].compactMap { Language($0) }
        #expect(try titles() == ["English", "Unknown", "Foreign", "Liked"])
    }

    @Test func songsThatLiftSuitLiftingEmotions() throws {
        let features = "0.7,0.6,0.6,0.3,112"
        let songs = try catalogue(
            "title,artist,emotions,valence,energy,danceability,acousticness,tempo\nGloomy,1,sad;angry,\(features)\n"
                + "Plain,2,,\(features)\nBright,3,sad;happy,\(features)\n")
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        request.mode = .lift
        #expect(try songs.recommend(request).map(\.song.title) == ["Bright", "Plain", "Gloomy"])
    }

    @Test(arguments: [
        (Emotion.neutral, MoodMode.amplify, "your mood"), (.sad, .amplify, "your mood, intensified"),
        (.sad, .lift, "a brighter mood"), (.disgust, .lift, "a brighter mood"), (.angry, .lift, "a calmer mood"),
        (.fear, .path, "step 2 of 3 to a calmer mood"), (.happy, .path, "step 2 of 3 to a brighter mood"),
    ])
    func theGoalIsNamedForWhatItIs(_ emotion: Emotion, _ mode: MoodMode, _ words: String) throws {
        var request = RecommendationRequest(EmotionVector(emotion))
        request.mode = mode
        request.count = 3
        let list = try Self.random(400, seed: 4).recommend(request)
        let reason = list[1].reason
        #expect(reason.contains(words), "\(reason)")
        #expect(reason.contains("intensified") == words.contains("intensified"))
    }

    @Test func estimatesCountLess() throws {
        let songs = try catalogue(
            "title,artist,genres,valence,energy,danceability,acousticness,tempo\nKnown,1,,0.30,0.92,0.40,0.02,130\nGuessed,2,metal,,,,,\n"
        )
        var request = RecommendationRequest(EmotionVector(.angry))
        request.surpriseShare = 0
        let list = try songs.recommend(request)
        #expect(list.map(\.song.title) == ["Known", "Guessed"])
        #expect(list[0].song.mood == list[1].song.mood && list[0].distance < list[1].distance)
        #expect(list[1].reason.contains("its mood is estimated"))
    }

    @Test func halfAndDoubleTempoAreTheSame() throws {
        let songs = try catalogue(
            "title,artist,valence,energy,danceability,acousticness,tempo\nA,1,0.25,0.39,0.48,0.6,95\n"
                + "B,2,0.25,0.39,0.48,0.6,47.5\nC,3,0.25,0.39,0.48,0.6,190\nD,4,0.25,0.39,0.48,0.6,135\n")
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        let list = try songs.recommend(request)
        #expect(list.map { $0.distance < 1e-9 } == [true, true, true, false])
    }

    /// Lists of names alone make thousands of songs that are alike in everything but their names.
    @Test(arguments: [[], ["hi"], ["hi", "ko"], ["zu"]])
    func crowdsOfSongsThatAreAlike(_ languages: [String]) throws {
        var csv = "title,artist,language,emotions,valence,energy\n"
        for number in 0..<4000 {
            let language = ["", "en", "hi", "ko", "en"][number * 7 % 5]
            csv += "Name \(number),Artist \(number % 700),\(language),\(number % 3 == 0 ? "sad" : ""),"
            csv += number % 11 == 0 ? "0.5,0.\(40 + number % 20)\n" : ",\n"
        }
        let catalogue = try catalogue(csv)
        var feedback: [Int: Opinion] = [:]
        for id in [3, 5, 40, 41, 700] { feedback[id] = .dislike }
        feedback[1234] = .like
        for (id, opinion) in feedback { try catalogue.note(opinion, of: id, time: id) }
        let songs = try all(catalogue)
        for emotion in [Emotion.neutral, .sad, .happy] {
            var request = RecommendationRequest(EmotionVector(emotion))
            request.surpriseShare = 0
            request.count = 100
            request.languages = languages.compactMap { Language($0) }
            #expect(
                try catalogue.recommend(request).map(\.song.id)
                    == BruteForce(songs: songs, request: request, feedback: feedback).list(), "\(emotion)")
        }
    }
}

/// SplitMix64.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
