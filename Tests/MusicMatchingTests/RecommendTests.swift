import Emotions
import MusicMatching
import Testing

@Suite struct RecommendTests {
    /// All songs of a language that was asked for come before others, though few sing in it; who sang longest ago first.
    @Test func languagesComeBeforeVariety() throws {
        var text = "title,artist,language,emotions,valence,energy\n"
        for number in 0..<6 { text += "I\(number),Singer \(number % 2),is,sad,0.2,0.3\n" }
        for number in 0..<20 { text += "E\(number),Other \(number),en,sad,0.2,0.3\n" }
        let catalogue = try catalogue(text)
        for (share, seed) in [(0.0, 1), (0.2, 2), (0.2, 3), (1.0, 4)] {
            var request = RecommendationRequest(EmotionVector(.sad))
            request.languages = [try #require(Language("is"))]
            (request.count, request.surpriseShare, request.seed) = (8, share, UInt64(seed))
            let songs = try catalogue.recommend(request).map(\.song)
            #expect(songs.map(\.language) == Array(repeating: "is", count: 6) + ["en", "en"], "\(share)")
            for (first, second) in zip(songs.prefix(6), songs.prefix(6).dropFirst()) {
                #expect(first.artist != second.artist, "\(songs.map(\.title))")
            }
        }
    }

    /// A catalogue of random songs: few artists, several languages, labels, missing features, equal moods.
    ///
    /// - Parameter credits: who sings; sixty plain names if empty.
    static func random(_ count: Int, seed: UInt64, credits: [String] = [], map: String = "") throws -> Catalogue {
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
        return try catalogue(csv, map: map)
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
            let catalogue = try Self.random(
                [30, 400, 4000][round % 3], seed: UInt64(round), credits: credits, map: BruteForce.withoutTaste)
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
            "title,artist,valence,energy\nA,X,0.22,0.43\nB,\"Y, X\",0.22,0.43\nC,Z feat. X,0.22,0.43\nD,W,0.9,0.9\n")
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
            #expect(list.allSatisfy { $0.distance < 0.35 })
            #expect(list.allSatisfy { $0.isSurprise == $0.reason.contains("surprise") })
        }
        // A fifth, less those where the lot fell on the nearest song.
        #expect((170...200).contains(surprises))
    }

    /// Each of several emotions gets its share of the list, from the first songs on, and songs of its own.
    @Test func everyEmotionGetsItsShare() throws {
        let catalogue = try Self.random(3000, seed: 3)
        var request = RecommendationRequest(try #require(EmotionVector("happy=0.55,sad=0.45")))
        func count(_ emotion: Emotion) throws -> Int {
            try catalogue.recommend(request).count { $0.song.emotions.contains(emotion) }
        }
        for seed in 0..<5 {
            request.seed = UInt64(seed)
            for (number, happy, sad) in [(2, 1, 1), (10, 5, 5), (20, 11, 9)] {
                request.count = number
                #expect(try count(.happy) >= happy - 1 && count(.sad) >= sad - 1)
            }
        }
        // What a program that reads faces always sees a little of gets no song.
        request = RecommendationRequest(try #require(EmotionVector("happy=0.95,sad=0.05")))
        request.count = 40
        #expect(try catalogue.recommend(request).allSatisfy { $0.song.emotions != EmotionSet(.sad) })
        request.mode = .path
        request.count = 5
        let path = try catalogue.recommend(request).map(\.target.valence)
        #expect(zip(path, path.dropFirst()).allSatisfy { $0 != $1 })
    }

    @Test func filtersAdmitOnlyWhatWasAskedFor() throws {
        let songs = try catalogue(
            "title,artist,year,genres,valence,energy,explicit,duration\nA,1,1991,heavy metal,0.3,0.9,yes,215000\n"
                + "B,2,1999,nu metal;rap metal,0.3,0.9,no,180\nC,3,2005,pop,0.3,0.9,,4:20\nD,4,,Bossa Nova,0.3,0.9,,\n")
        func titles(_ change: (inout SongFilter) -> Void) throws -> [String] {
            var request = RecommendationRequest(EmotionVector(.angry))
            change(&request.filter)
            return try songs.recommend(request).map(\.song.title).sorted()
        }
        #expect(try titles { $0.genres = ["metal"] } == ["A", "B"])
        #expect(try titles { $0.genres = ["rap metal"] } == ["B"])
        #expect(try titles { $0.genres = ["bossanova"] } == ["D"])
        #expect(try titles { $0.genres = ["zydeco"] } == [])
        #expect(try titles { $0.decades = [1990] } == ["A", "B"])
        #expect(try titles { $0.isClean = true } == ["B", "C", "D"])
        #expect(try titles { $0.seconds = SongFilter.length("3:30-5") } == ["A", "C"])
        #expect(try titles { $0.isOwn = true } == [])
        _ = try withTemporaryFolder { try songs.importSongs(write("title,artist\nC,3\nE,5\n", to: $0 + "/mine.csv")) }
        #expect(try titles { $0.isOwn = true } == ["C", "E"])
        for (text, decade) in [("90s", 1990), ("1990s", 1990), ("1994", 1990), ("20s", 2020), ("the 80s", 1980)] {
            #expect(SongFilter.decade(text) == decade, "\(text)")
        }
        for text in ["", "s", "95s", "1850s", "90s90s", "nineties"] {
            #expect(SongFilter.decade(text) == nil, "\(text)")
        }
        for text in ["", "-", "x", "5-3", "3:70", "1-2-3"] { #expect(SongFilter.length(text) == nil, "\(text)") }
        #expect(SongFilter.length("4") == 1...240 && SongFilter.length("-4") == 1...240)
    }

    /// Genre, language and decade decide among songs that sound alike.
    @Test func likeThisIsMoreThanFiveNumbers() throws {
        var csv = "title,artist,year,language,genres,valence,energy\nSeed,1,1973,hi,bollywood,0.8,0.6\n"
        for number in 0..<40 { csv += "Other \(number),\(number + 10),2010,en,rock,0.8,0.6\n" }
        csv += "Near,2,1975,hi,bollywood,0.7,0.7\n"
        let songs = try catalogue(csv)
        var request = RecommendationRequest(EmotionVector(.neutral))
        request.like = 1
        request.surpriseShare = 0
        request.usualLanguages = [Language("en")].compactMap { $0 }
        let first = try #require(try songs.recommend(request).first)
        #expect(first.song.title == "Near" && first.reason.contains("bollywood"))
    }

    /// Likes of one genre bring others of it, dislikes take it away; artists can be liked as such.
    @Test func likesMakeATaste() throws {
        var csv = "title,artist,year,genres,emotions,valence,energy\n"
        for number in 0..<200 {
            csv +=
                "S \(number),A \(number),1985,\(["rock", "soul", "jazz", "pop"][number % 4]),happy,0.8,0.\(60 + number % 20)\n"
        }
        let songs = try catalogue(csv)
        var request = RecommendationRequest(EmotionVector(.happy))
        request.count = 20
        func count(_ genre: String) throws -> Int {
            try (0..<5).map { seed in
                request.seed = UInt64(seed)
                return try songs.recommend(request).count { $0.song.genres == [genre] }
            }.reduce(0, +)
        }
        let before = (try count("soul"), try count("rock"))
        for id in [2, 6, 10, 14, 18, 22] { try songs.note(.like, of: id) }
        #expect(try count("soul") > before.0 * 3 / 2)
        #expect(try songs.recommend(request).contains { $0.reason.contains("you often like soul") })
        for id in [2, 6, 10, 14, 18, 22] { try songs.note(.neutral, of: id) }
        for id in stride(from: 1, to: 41, by: 4) { try songs.note(.dislike, of: id) }
        let after = try count("rock")
        #expect(after < before.1 / 2, "\(after) of \(before.1)")
        #expect(try songs.note(.like, ofArtist: "a 99") == "a 99")
        request.surpriseShare = 0
        #expect(try songs.recommend(request).contains { $0.song.artist == "A 99" })
        #expect(throws: MusicError.self) { try songs.note(.like, ofArtist: "Nobody") }
        #expect(try songs.artistFeedback().count == 1)
    }

    @Test func languagesComeFirstAndOthersWhenTheyRunOut() throws {
        let songs = try catalogue(
            "title,artist,language,valence,energy\nA,1,hi,0.9,0.9\nB,2,en,0.22,0.43\nC,3,,0.22,0.43\nD,4,hi,0.1,0.3\nE,5,ta,0.22,0.43\n"
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
            "title,artist,language,valence,energy\nForeign,1,is,0.22,0.25\nOwn,2,hi,0.15,0.22\n"
                + "English,3,en,0.13,0.20\nUnknown,4,,0.08,0.10\nLiked,5,is,0.9,0.9\n")
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        func titles() throws -> [String] { try songs.recommend(request).map(\.song.title) }
        #expect(try titles() == ["Foreign", "Own", "English", "Unknown", "Liked"])
        request.usualLanguages = ["hi", "en"].compactMap { Language($0) }
        #expect(try titles() == ["Own", "Unknown", "English", "Foreign", "Liked"])
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
        // Songs that keep company and are bright themselves lift too.
        #expect(try songs.recommend(request).map(\.song.title) == ["Bright", "Gloomy", "Plain"])
    }

    @Test(arguments: [
        (Emotion.neutral, MoodMode.amplify, "your mood"), (.sad, .amplify, "your mood, intensified"),
        (.sad, .lift, "a brighter mood"), (.disgust, .lift, "a calmer mood"), (.angry, .lift, "a calmer mood"),
        (.fear, .path, "step 2 of 3 to a brighter mood"), (.happy, .path, "step 2 of 3 to a brighter mood"),
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
            "title,artist,genres,valence,energy,danceability,acousticness,tempo\nKnown,1,metal,0.30,0.92,0.40,0.02,130\nGuessed,2,metal,,,,,\n"
        )
        var request = RecommendationRequest(EmotionVector(.angry))
        request.surpriseShare = 0
        let list = try songs.recommend(request)
        #expect(list.map(\.song.title) == ["Known", "Guessed"])
        #expect(abs(list[0].song.mood.energy - list[1].song.mood.energy) < 0.1 && list[0].distance < list[1].distance)
        #expect(list[1].reason.contains("its mood is estimated"))
    }

    @Test func halfAndDoubleTempoAreTheSame() throws {
        let songs = try catalogue(
            "title,artist,valence,energy,danceability,acousticness,tempo\nA,1,0.22,0.43,0.39,0.45,92\n"
                + "B,2,0.22,0.43,0.39,0.45,46\nC,3,0.22,0.43,0.39,0.45,184\nD,4,0.22,0.43,0.39,0.45,131\n")
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
        let catalogue = try catalogue(csv, map: BruteForce.withoutTaste)
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
