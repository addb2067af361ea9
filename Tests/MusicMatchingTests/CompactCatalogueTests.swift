import Emotions
import Files
import JSON
import Randomness
import Testing

import MusicMatching

/// A catalogue as one file gives the lists of the catalogue it was made of.
@Suite struct CompactCatalogueTests {
    private func read(_ bytes: [UInt8]) throws -> CompactCatalogue {
        try bytes.withUnsafeBytes { try CompactCatalogue($0) }
    }

    private func answer(_ songs: [Recommendation], _ request: RecommendationRequest) -> String {
        RecommendationJSON.value(songs, for: request).text()
    }

    @Test func givesTheListsOfTheCatalogue() throws {
        let catalogue = try Catalogue(":memory:", builtIn: builtInSongs)
        let compact = try read(catalogue.compact().bytes)
        #expect(compact.songs.count == (try catalogue.count))
        var random = RandomGenerator(seed: 21)
        func some<T>(_ values: [T]) -> T { values[random.integer(below: values.count)] }
        for turn in 0..<120 {
            let weights = Emotion.allCases.map { _ in random.integer(below: 3) == 0 ? Double(random.uniform()) : 0 }
            var request = RecommendationRequest(
                EmotionVector(weights: weights) ?? EmotionVector(some(Emotion.allCases)))
            request.mode = some(MoodMode.allCases)
            request.count = 1 + random.integer(below: 12)
            request.seed = random.next() >> 33
            request.time = 1_800_000_000
            if turn % 3 == 0 { request.usualLanguages = Language.usual([some(["hi", "id-ID", "es;q=0.8", "en-US"])]) }
            if turn % 4 == 0 { request.languages = [Language(some(["hi", "ja", "pt", "no"]))!] }
            if turn % 5 == 0 { request.excludedLanguages = [Language("en")!] }
            if turn % 6 == 0 { request.artists = [some(["Queen", "the beatles", "周杰倫", "AC/DC", "nobody at all"])] }
            if turn % 7 == 0 { request.like = some(compact.songs).id }
            if turn % 8 == 0 { request.surpriseShare = some([0, 0.5, 1]) }
            if turn % 9 == 0 { request.filter.decades = [1990, 2020] }
            var listener = Listener()
            if turn % 2 == 0 {
                listener.liked = (0..<random.integer(below: 9)).map { _ in some(compact.songs).id }
                listener.disliked = (0..<random.integer(below: 9)).map { _ in some(compact.songs).id } + [999_999]
                listener.played = (0..<20).map { _ in .init(song: some(compact.songs).id, time: 1_799_900_000) }
                listener.offered = (0..<20).map { _ in .init(song: some(compact.songs).id, time: 1_799_990_000) }
                listener.likedArtists = ["Adele"]
            }
            request.listener = listener
            #expect(
                answer(compact.recommend(request), request) == answer(try catalogue.recommend(request), request),
                "turn \(turn)")
        }
    }

    @Test func saysNothingOfItsOwnerUnasked() throws {
        let catalogue = try Catalogue(":memory:", builtIn: builtInSongs)
        let plain = try catalogue.compact()
        #expect(plain.files.isEmpty && plain.songs.allSatisfy { !$0.isOwn })
        #expect(throws: MusicError.self) { try catalogue.compact(mostSongs: plain.songs.count - 1) }
    }

    @Test func findsArtistsAsTheCatalogueDoes() throws {
        let catalogue = try Catalogue(":memory:", builtIn: builtInSongs), compact = try catalogue.compact()
        for text in ["quee", "the", "jay ch", "ä", "arijit", ""] {
            let here = compact.artists(beginning: text, limit: 8),
                there = try catalogue.artists(beginning: text, limit: 8)
            #expect(here.map { $0.name } == there.map { $0.name }, "\(text)")
            #expect(here.map { $0.songs } == there.map { $0.songs }, "\(text)")
        }
    }

    @Test func drawsAsTheStandardLibraryDoes() {
        var ours = SplitMix64(seed: 4), theirs = SplitMix64(seed: 4)
        for count in [0, 1, 2, 7, 100, 4096] {
            #expect(ours.shuffled(count) == (0..<count).shuffled(using: &theirs))
            if count > 0 { #expect(ours.number(below: count) == Int.random(in: 0..<count, using: &theirs)) }
        }
    }

    @Test func keepsWhatTheMapSays() throws {
        let map = try withTemporaryFolder { folder in
            try MoodMap(
                overriddenBy: write(
                    "[ranking]\ndraw-pool = 7\nsurprise-share = 0\n[match]\nsad = 0.1 0.2 0.3 0.4 90",
                    to: folder + "/map.conf"))
        }
        let back = try read(Catalogue(":memory:", builtIn: builtInSongs, moodMap: map).compact().bytes)
        #expect(map.ranking.drawPool == 7)
        #expect(back.map.ranking == map.ranking && back.map.match == map.match && back.map.lift == map.lift)
        #expect(back.map.weights == map.weights && back.map.feelings == map.feelings)
    }

    /// What Scripts/fuzz starts from: a file of before there were files in it, one with two, and one with songs of servers.
    @Test(arguments: [("first-version", 0), ("files", 2), ("gains", 2)])
    func olderFilesAreRead(name: String, files: Int) throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let bytes = try FileBytes.read("\(folder)/Fuzzing/Corpus/compact/\(name).fmsongs", limit: 1 << 20)
        let catalogue = try read(bytes)
        #expect(catalogue.songs.count == 12 && catalogue.files.count == files)
        let (known, other) = (catalogue.files[3], catalogue.files[9])
        #expect(known?.file == (files == 0 ? nil : 7) && known?.gain == (files == 0 ? nil : -6.25))
        #expect(known?.type == (files == 0 ? nil : "audio/flac") && other?.gain == nil)
        let again = try read(catalogue.bytes)
        #expect(again.songs == catalogue.songs && again.files == catalogue.files && again.gains == catalogue.gains)
        #expect(catalogue.gains == (name == "gains" ? [4: -3.25, 5: 1.5] : [:]))
        for count in bytes.indices { #expect(throws: CompactError.self) { try read(Array(bytes[..<count])) } }
    }

    @Test func damagedFilesAreRefused() throws {
        let whole = try Catalogue(":memory:", builtIn: builtInSongs).compact()
        let small = CompactCatalogue(
            songs: Array(whole.songs.prefix(12)), map: whole.map, otherNames: ["a": "queen"],
            gains: [whole.songs[1].id: -7.25, whole.songs[4].id: 3.5])
        let bytes = small.bytes
        #expect(try read(bytes).songs == small.songs && read(bytes).gains == small.gains)
        for count in 0..<bytes.count where count % 3 == 0 {
            #expect(throws: CompactError.self) { try read(Array(bytes[..<count])) }
        }
        for place in bytes.indices where place % 2 == 0 {
            var changed = bytes
            changed[place] ^= 0x11
            #expect(throws: CompactError.self, "byte \(place)") { try read(changed) }
        }
        var newer = bytes
        newer[8] = 4
        #expect(throws: CompactError.newerVersion(4)) { try read(newer) }
        // With a right checksum: refused, or harmless.
        var random = RandomGenerator(seed: 3), refused = 0
        for _ in 0..<2000 {
            var changed = bytes
            changed[24 + random.integer(below: bytes.count - 24)] = UInt8(random.next() & 255)
            let sum = CompactCatalogue.checksum(changed[24...])
            for index in 0..<8 { changed[16 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index)) }
            guard let read = try? read(changed) else {
                refused += 1
                continue
            }
            _ = read.recommend(RecommendationRequest(EmotionVector(.sad)))
        }
        #expect(refused > 200 && refused < 2000)
    }
}
