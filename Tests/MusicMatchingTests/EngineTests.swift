import DatabaseServer
import Emotions
import Files
import Glibc
import MusicMatching
import Testing
import Threads

/// One catalogue on SQLite, on PostgreSQL and in memory: the same answers to the last song.
@Suite(.serialized, .enabled(if: PostgreSQLServer.shared != nil, "PostgreSQL 15 is not installed"))
struct EngineTests {
    private var server: PostgreSQLServer { PostgreSQLServer.shared! }

    /// A part of the built-in songs, with all that is known of artists.
    private func someBuiltIn(in folder: String) throws -> String {
        let lines = try contents(builtInSongs).split(separator: "\n")
        let some = lines.enumerated().filter { $0.offset % 8 == 0 }.map { String($0.element) }
        _ = try write(try contents(builtInSongs.parentFolder + "/artists.csv"), to: folder + "/artists.csv")
        return try write(some.joined(separator: "\n") + "\n", to: folder + "/songs.csv")
    }

    private func contents(_ path: String) throws -> String {
        String(decoding: try FileBytes.read(path, limit: 10 << 20), as: UTF8.self)
    }

    /// A table with names of many scripts, songs that come twice, songs without features, some of them all alike (see
    /// `SongCrowd`), and more songs in English than are looked at one by one (`NearestSongs`).
    private static func list(_ count: Int, seed: UInt64) -> String {
        var generator = TestGenerator(seed)
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }
        let words = [
            "Love", "Élan", "été", "Straße", "Ночь", "ночной", "夜曲", "Niño", "don't", "AC/DC", "naïve", "Ｆｕｌｌ", "sǿng",
            "Ĳ", "प्रेम", "사랑", "x\u{301}y", "love", "lovely", "of", "the", "100%", "under_score", "back\\slash",
        ]
        let artists = ["Beyoncé", "The Beatles", "Simon & Garfunkel", "MØ", "Arijit Singh", "周杰倫", "Кино", "AC/DC"]
        var text = "title,artist,album,language,genres,emotions,valence,energy,danceability,acousticness,tempo,isrc\n"
        for number in 0..<count {
            let title = (0..<Int.random(in: 1...5, using: &generator)).map { _ in pick(words) }.joined(separator: " ")
            let artist = number % 3 == 0 ? "Artist \(number % 40)" : pick(artists)
            let isrc =
                number % 5 == 0
                ? "USABC\(String(10_000_000 + Int.random(in: 0..<count, using: &generator)).suffix(7))" : ""
            text += "\"\(title)\",\"\(artist)\",\"\(number % 4 == 0 ? pick(words) + " album" : "")\","
            text += "\(number % 3 != 0 ? "en" : pick(["hi", "ko", "", "ta"])),"
            text += "\(pick(["", "rock", "jazz;rock", "k-pop"])),"
            text += "\(pick(["", "", "sad", "happy", "sad;angry"])),"
            if number % 6 == 0 {
                text += ",,,,,"
            } else {
                for _ in 0..<4 { text += "0.\(String(1000 + Int.random(in: 0...999, using: &generator)).dropFirst())," }
                text += "\(Int.random(in: 60...190, using: &generator)),"
            }
            text += "\(isrc)\n"
        }
        for number in 0..<100 { text += "Alike \(number),Nobody \(seed),,hi,,,,,,,,\n" }
        return text
    }

    private func export(_ catalogue: Catalogue) throws -> String {
        var text = ""
        try catalogue.export { text += $0 }
        return text
    }

    private func requests() throws -> [RecommendationRequest] {
        var requests: [RecommendationRequest] = []
        for (number, mode) in MoodMode.allCases.enumerated() {
            for languages in [[], ["ko"], ["hi", "en"], ["zu"]] {
                let weights = Emotion.allCases.indices.map { Double(($0 * 3 + number) % 5) }
                var request = RecommendationRequest(try #require(EmotionVector(weights: weights)))
                request.mode = mode
                request.count = 9
                request.languages = languages.compactMap { Language($0) }
                request.seed = UInt64(number)
                request.time = 1_700_000_000
                requests.append(request)
            }
        }
        var filtered = requests[0]
        filtered.filter.genres = ["jazz"]
        var like = requests[0]
        like.like = 17
        var stranger = requests[1]
        var listener = Listener()
        listener.liked = [3, 5, 100_000]
        listener.likedArtists = ["beatles"]
        listener.played = [.init(song: 8, time: 1_699_999_000)]
        stranger.listener = listener
        stranger.artists = ["beyonce"]
        return requests + [filtered, like, stranger]
    }

    private func lists(
        _ choose: (RecommendationRequest) throws -> [Recommendation]
    ) throws -> [[String]] {
        try requests().map { try choose($0).map { "\($0.song.id) \($0.distance) \($0.reason)" } }
    }

    /// What a catalogue answers to everything.
    private func answers(_ catalogue: Catalogue) throws -> [String] {
        var answers = [try export(catalogue), "\(try catalogue.count)", "\(try catalogue.languageCounts())"]
        var statistics = try catalogue.statistics()
        statistics.schema = 0
        answers.append("\(statistics)")
        for search in [
            "love", "lov", "ete", "été", "strasse", "stra", "ноч", "夜", "nino", "don t", "dont", "acdc", "ac dc",
            "naive",
            "full", "song", "mo", "प्र", "사", "love of the", "the love album", "beatles", "100", "x", "%", "_", "\"",
            "' OR 1=1",
            "zzz", "xy", "artist 3",
        ] {
            for (language, emotion) in [(nil, nil), ("en", nil), (nil, Emotion.sad)] as [(String?, Emotion?)] {
                for offset in [0, 7] {
                    var filter = Catalogue.Filter()
                    filter.search = search
                    filter.language = language.flatMap { Language($0) }
                    filter.emotion = emotion
                    filter.limit = 20
                    filter.offset = offset
                    answers.append("\(search) \(offset): \(try catalogue.songs(filter).map(\.id))")
                }
            }
            answers.append("\(search): \(try catalogue.artists(beginning: search, limit: 10))")
            answers.append("\(search): \(try catalogue.artist(named: search))")
            answers.append("\(search): \(try catalogue.nearestArtist(to: search) ?? "-")")
        }
        answers.append("\(try catalogue.feedback().map { "\($0.song.id) \($0.opinion) \($0.plays)" })")
        answers.append("\(try catalogue.artistFeedback())")
        answers.append("\(try catalogue.history(limit: 5).map { "\($0.time) \($0.mode) \($0.songs.map(\.id))" })")
        answers.append("\(try catalogue.playlists())")
        answers.append("\(try catalogue.sources().map(\.place))")
        for song in try catalogue.songs(Catalogue.Filter()) { answers.append("\(song)") }
        return answers
    }

    private func expectSame(_ a: [String], _ b: [String], _ what: String) {
        #expect(a.count == b.count, "\(what)")
        let different = zip(a, b).filter { $0 != $1 }
        #expect(different.isEmpty, "\(what): \(different.count) of \(a.count)")
        for (a, b) in different.prefix(3) { print("\(what):\n  \(a.prefix(600))\n  \(b.prefix(600))") }
    }

    /// Fills a catalogue in many ways.
    private func fill(_ catalogue: Catalogue, from folder: String) throws {
        let first = try catalogue.importAndRemember(
            write(Self.list(900, seed: 1), to: folder + "/a.csv"), options: ImportOptions())
        let second = try catalogue.importSongs(write(Self.list(900, seed: 2), to: folder + "/b.csv"))
        let again = try catalogue.importSongs(folder + "/a.csv")
        #expect(first.added > 800 && second.merged > 10 && again.added == 0)
        for id in stride(from: 1, through: 200, by: 7) {
            try catalogue.note(id % 2 == 0 ? .like : .dislike, of: id, time: 1_699_000_000 + id)
            try catalogue.note(.played, of: id + 1, time: 1_699_900_000 + id)
            try catalogue.note(.played, of: id + 1, time: 1_699_900_001 + id)
        }
        try catalogue.note(.like, ofArtist: "beyonce", time: 5)
        try catalogue.note(.dislike, ofArtist: "mo", time: 6)
        _ = try catalogue.savePlaylist("Évening", songs: [5, 3, 9, 100_000], time: 9)
        _ = try catalogue.savePlaylist("Évening", songs: [3, 11], appends: true, time: 10)
        let request = try requests()[0]
        try catalogue.note(try catalogue.recommend(request), for: request)
        try catalogue.note(try catalogue.recommend(request), for: request)
    }

    @Test func sameAnswers() throws {
        try withTemporaryFolder { folder in
            let songs = try someBuiltIn(in: folder)
            let file = try Catalogue(folder + "/c.db", builtIn: songs)
            let database = try Catalogue(try server.newAddress(), builtIn: songs)
            try fill(file, from: folder)
            try fill(database, from: folder)
            expectSame(try answers(file), try answers(database), "answers")
            let expected = try lists(file.recommend)
            #expect(try lists(database.recommend) == expected)
            // Asked song by song, as many songs are, and from memory, as servers do.
            #expect(try lists { try database.recommendSongBySong($0) } == expected)
            // Few at once, so that pages end in the middle of cells, and of songs that are all alike.
            #expect(try lists { try database.recommendSongBySong($0, page: 40) } == expected)
            for catalogue in [file, database] { #expect(try lists(catalogue.recommendFromMemory) == expected) }
            #expect(
                try file.purge([.songs, .history], before: nil) == database.purge([.songs, .history], before: nil))
            expectSame(try answers(file), try answers(database), "after deleting imports")
            let rest = try lists(file.recommend)
            #expect(try lists(database.recommend) == rest)
            #expect(try lists { try database.recommendSongBySong($0) } == rest)
        }
    }

    /// To a server and back again, with all that belongs to it.
    @Test func copiesEitherWay() throws {
        try withTemporaryFolder { folder in
            let songs = try someBuiltIn(in: folder)
            let file = try Catalogue(folder + "/c.db", builtIn: songs)
            try fill(file, from: folder)
            let address = try server.newAddress()
            #expect(try file.copy(to: address) == file.count)
            let database = try Catalogue(address, builtIn: songs)
            expectSame(try answers(file), try answers(database), "copied to the server")
            #expect(try lists(file.recommend) == lists(database.recommend))
            #expect(throws: MusicError.self) { try file.copy(to: address) }
            #expect(try database.copy(to: folder + "/back.db") == file.count)
            let back = try Catalogue(folder + "/back.db", builtIn: songs)
            expectSame(try answers(file), try answers(back), "copied back")
            // Rows to come have numbers of their own.
            _ = try database.savePlaylist("New", songs: [1])
            #expect(try database.playlists().count == 2)
            let more = try write("title,artist\nBrand new,Nobody\n", to: folder + "/more.csv")
            #expect(try file.importSongs(more).added == 1 && database.importSongs(more).added == 1)
            #expect(try file.count == database.count)
        }
    }

    @Test func serversShareOneDatabase() throws {
        let address = try server.newAddress()
        // Ten start at once with an empty database.
        let failures = Guarded<[String]>([])
        let threads = (0..<10).map { _ in
            WorkerThread {
                do {
                    let catalogue = try Catalogue(address, builtIn: builtInSongs)
                    for _ in 0..<5 { try catalogue.note(.played, of: 1) }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        let one = try Catalogue(address, builtIn: builtInSongs), other = try Catalogue(address, builtIn: builtInSongs)
        #expect(try one.feedback().map(\.plays) == [50])
        one.sharesSongs = true
        let request = RecommendationRequest(EmotionVector(.happy))
        let list = try one.recommend(request)
        #expect(list.count == 5)
        try other.note(.dislike, of: list[0].song.id)
        #expect(try !one.recommend(request).map(\.song.id).contains(list[0].song.id))
        // The copy in memory is made meanwhile, and a song that another server adds is found at once.
        usleep(1_500_000)
        #expect(try one.recommend(request).count == 5)
        try withTemporaryFolder { folder in
            _ = try other.importSongs(
                write("title,artist,language,valence\nIsilwane,Nobody,zu,0.9\n", to: folder + "/a.csv"))
        }
        var zulu = request
        zulu.languages = [try #require(Language("zu"))]
        zulu.count = 500
        zulu.surpriseShare = 0
        #expect(try one.recommend(zulu).contains { $0.song.title == "Isilwane" })
    }

    /// Whoever asks does not wait for ever.
    @Test func givesUpOnAServerThatIsSilent() throws {
        let own = try PostgreSQLServer()
        defer { own.stop() }
        let catalogue = try Catalogue(try own.newAddress(), builtIn: nil)
        catalogue.setPatience(.milliseconds(300))
        try own.freeze(true)
        let start = ContinuousClock.now
        #expect { try catalogue.count } throws: { error in
            guard case MusicError.unreachable(_, let reason) = error else { return false }
            return reason == "the server does not answer"
        }
        // Who comes soon after does not try again.
        #expect(throws: MusicError.self) { try catalogue.count }
        #expect(ContinuousClock.now - start < .seconds(5))
        try own.freeze(false)
        usleep(2_100_000)
        #expect(try catalogue.count == 0)
    }

    @Test func comesBackAfterARestart() throws {
        let own = try PostgreSQLServer()
        defer { own.stop() }
        let catalogue = try Catalogue(try own.newAddress(), builtIn: builtInSongs)
        let memory = try ServiceMemory(catalogue.place)
        try catalogue.note(.like, of: 3)
        memory.keep("answer", of: "deezer", to: "request")
        try own.restart()
        // The first question after it is answered.
        #expect(try catalogue.feedback().map(\.song.id) == [3])
        try catalogue.note(.like, of: 4)
        #expect(memory.answer(of: "deezer", to: "request")?.text == "answer")
        #expect(memory.reserve(CallAllowance(name: "a", calls: 1, seconds: 60)) == nil)
        #expect(memory.reserve(CallAllowance(name: "a", calls: 1, seconds: 60)) != nil)
    }

    /// One line each, and never the password.
    @Test func saysWhatIsWrong() throws {
        func failure(_ address: String) -> String {
            do {
                _ = try Catalogue(address, builtIn: nil)
                return "nothing"
            } catch {
                return "\(error)"
            }
        }
        let name = try server.newDatabase(), host = "127.0.0.1:\(server.port)"
        #expect(failure("postgresql://fermusic:\(PostgreSQLServer.password)@\(host)/\(name)") == "nothing")
        let wrong = failure("postgresql://fermusic:wr0ng-passw0rd@\(host)/\(name)")
        #expect(wrong.contains("password authentication failed") && !wrong.contains("wr0ng"))
        let missing = failure("postgresql://fermusic:\(PostgreSQLServer.password)@\(host)/nowhere")
        #expect(missing.contains("does not exist") && !missing.contains(PostgreSQLServer.password))
        let unread = failure("postgresql://u:pa ss%zz@\(host):x/\(name)")
        #expect(!unread.contains("pa ss") && unread != "nothing")
        #expect(failure("postgresql://u:hidden@127.0.0.1:1/x").contains("refused"))
        let empty = try server.newDatabase()
        #expect(failure("postgresql://guest:guest@\(host)/\(empty)").contains("permission denied"))
        try server.sql("UPDATE fermusic_schema SET version = 99", in: name)
        #expect(failure(server.address(name)).contains("written by a newer fermusic (schema 99"))
        let foreign = try server.newDatabase()
        try server.sql("CREATE TABLE theirs (x int)", in: foreign)
        #expect(failure(server.address(foreign)).contains("another program"))
        for line in [wrong, missing, unread] { #expect(!line.contains("\n")) }
    }
}
