import Emotions
import MusicMatching
import Testing

/// Public tables as they are distributed, if they are at hand: `FERMUSIC_SHARED_DATA`, or `shared/data` beside the
/// package's folder.
@Suite(.enabled(if: sharedSongs != nil, "real tables are not at hand; set FERMUSIC_SHARED_DATA"))
struct RealSongsTests {
    private func take(_ names: String..., into catalogue: Catalogue) throws -> [ImportReport] {
        try names.map { try catalogue.importSongs((sharedSongs ?? "") + "/" + $0) }
    }

    private func all(_ catalogue: Catalogue) throws -> [Song] {
        var filter = Catalogue.Filter()
        filter.limit = 1_000_000
        return try catalogue.songs(filter)
    }

    @Test func moodSet() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try take("data_moods.csv", into: catalogue)[0]
        #expect(report.format == "mood-labelled feature table" && report.songs == 686 && report.badRows == 0)
        // Means that are known of the set; a few songs occur twice.
        let happy = try all(catalogue).filter { $0.emotions.contains(.happy) }
        #expect((135...140).contains(happy.count))
        #expect(abs(happy.map(\.mood.valence).reduce(0, +) / Double(happy.count) - 0.58) < 0.01)
        #expect(abs(happy.map(\.mood.energy).reduce(0, +) / Double(happy.count) - 0.75) < 0.01)
        let calm = try all(catalogue).filter { $0.emotions.contains(.neutral) }
        #expect(abs(calm.map(\.mood.valence).reduce(0, +) / Double(calm.count) - 0.15) < 0.01)
    }

    @Test func everythingTwiceIsOnce() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let names = [
            "data_moods.csv", "spotify_tracks_10k.csv", "spotify_most_streamed_2023.csv", "by-emotion/angry.csv",
            "by-emotion/disgusted.csv", "by-emotion/fearful.csv", "by-emotion/happy.csv", "by-emotion/neutral.csv",
            "by-emotion/sad.csv", "by-emotion/surprised.csv",
        ]
        let first = try names.flatMap { try take($0, into: catalogue) }
        #expect(first.map(\.songs) == [686, 9997, 817, 30, 100, 30, 80, 100, 100, 50])
        #expect(first.map(\.format)[2] == "feature table in percent")
        let songs = try all(catalogue)
        #expect(
            songs.allSatisfy { song in
                MoodAxis.allCases.allSatisfy { $0.range.contains(song.mood[$0]) }
            })
        let second = try names.flatMap { try take($0, into: catalogue) }
        #expect(second.allSatisfy { $0.added == 0 && $0.merged == 0 })
        #expect(try all(catalogue) == songs)
        // The lists for disgust and sadness are the same songs: they suit both.
        let both = songs.filter { $0.emotions.contains(.sad) && $0.emotions.contains(.disgust) }
        #expect(both.count > 80)
    }
}
