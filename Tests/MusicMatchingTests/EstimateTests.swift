import Emotions
import Files
import MusicMatching
import Testing

/// Guesses of moods that nobody told.
@Suite struct EstimateTests {
    private static let genres = ["ambient", "techno", "folk", "metal", "bossa", "ska"]
    private static let words = ["river", "night", "engine", "gold", "mother", "storm", "paper", "glass", "winter"]

    /// Songs of 40 artists, of which a third is told what they are like; the same for the same numbers.
    private func table(_ numbers: Range<Int>) -> [String] {
        numbers.map { number in
            let artist = number * 7 % 40, genre = artist % EstimateTests.genres.count
            let title = [number, number / 3, number / 5].map { EstimateTests.words[$0 % EstimateTests.words.count] }
            let isKnown = number % 3 == 0
            let valence = 0.1 + 0.15 * Double(genre) + 0.001 * Double(number % 50)
            let energy = 0.9 - 0.13 * Double(genre) - 0.001 * Double(number % 50)
            return "\(title.joined(separator: " ")) \(number),Artist \(artist),\(EstimateTests.genres[genre]),"
                + (isKnown ? "\(valence),\(energy)" : ",")
        }
    }

    private func take(_ songs: [String], into catalogue: Catalogue) throws {
        try withTemporaryFolder { folder in
            let text = (["title,artist,genre,valence,energy"] + songs).joined(separator: "\n") + "\n"
            let report = try catalogue.importSongs(write(Array(text.utf8), to: "\(folder)/songs.csv"))
            #expect(report.added == songs.count)
        }
    }

    private func moods(_ catalogue: Catalogue) throws -> [String: MoodPoint] {
        var filter = Catalogue.Filter()
        filter.limit = 1_000_000
        return Dictionary(uniqueKeysWithValues: try catalogue.songs(filter).map { ($0.title, $0.mood) })
    }

    private func differences(_ one: [String: MoodPoint], _ other: [String: MoodPoint]) -> [Double] {
        #expect(one.count == other.count)
        return one.map { title, mood in
            guard let same = other[title] else { return 1 }
            return max(abs(mood.valence - same.valence), abs(mood.energy - same.energy))
        }
    }

    /// What comes one by one is guessed as if all had come at once, but for words that are learned a little later; learned
    /// anew, to the last bit.
    @Test func oneByOneIsAsAtOnce() throws {
        let few = try Catalogue(":memory:", builtIn: nil), all = try Catalogue(":memory:", builtIn: nil)
        try take(table(0..<3000), into: few)
        try take(table(0..<3000), into: all)
        let more = table(3000..<3060)
        for song in more { try take([song], into: few) }
        try take(more, into: all)
        let between = differences(try moods(few), try moods(all))
        #expect(between.reduce(0, +) / Double(between.count) < 0.001 && between.max() ?? 1 < 0.02)
        try few.estimateAnew()
        try all.estimateAnew()
        #expect(differences(try moods(few), try moods(all)).allSatisfy { $0 == 0 })
    }

    /// Songs of which nothing is known teach nothing, so that nothing is to be learned anew.
    @Test func whatTeachesNothingIsGuessedExactly() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        try take(table(0..<3000), into: catalogue)
        for song in table(3000..<3012) where song.hasSuffix(",") { try take([song], into: catalogue) }
        let before = try moods(catalogue)
        try catalogue.estimateAnew()
        #expect(try moods(catalogue) == before)
    }

    /// A song whose mood is told tells something of others by who sings it.
    @Test func othersOfTheArtistFollow() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        try take(table(0..<3000) + ["Alone,Somebody New,,,"], into: catalogue)
        let before = try moods(catalogue)
        try take(["Told,Somebody New,,0.95,0.05"], into: catalogue)
        let after = try moods(catalogue)
        #expect(after["Alone"]!.valence > before["Alone"]!.valence + 0.1)
        #expect(after["Alone"]!.energy < before["Alone"]!.energy - 0.1)
        #expect(before.filter { $0.key != "Alone" }.allSatisfy { after[$0.key] == $0.value })
    }

    /// What a process added that was killed before it guessed, is guessed with what comes next.
    @Test func whatWasLeftIsGuessedNext() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/songs.db", first = try Catalogue(path, builtIn: nil)
            try take(table(0..<3000), into: first)
            var draft = SongDraft(title: "Left", artist: "Artist 3")
            draft.genres = ["metal"]
            try first.add(draft)
            let before = try moods(first)["Left"]
            let second = try Catalogue(path, builtIn: nil)
            try take(["Next,Artist 8,ska,,"], into: second)
            let next = try moods(second)
            #expect(next["Left"] != before)
            try second.estimateAnew()
            #expect(try moods(second) == next)
        }
    }

    /// One more song costs the same however many there are.
    @Test func costsWhatChanges() throws {
        let steps = try [3000, 12_000].map { count in
            let catalogue = try Catalogue(":memory:", builtIn: nil)
            try take(table(0..<count), into: catalogue)
            return try catalogue.countingSteps { try take(["Next,Nobody Else,ska,,"], into: catalogue) }
        }
        #expect(steps[1] < steps[0] * 2 && steps[1] < 5000, "\(steps)")
    }
}
