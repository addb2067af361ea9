import Emotions
import Foundation
import MusicMatching
import Testing

@Suite struct MoodMapTests {
    @Test func followsPleasureAndArousal() {
        // Pleasure and arousal after Russell and Mehrabian, in the order of `Emotion`.
        let values = [
            (-0.51, 0.59), (-0.60, 0.35), (-0.64, 0.60), (0.81, 0.51), (-0.63, -0.27), (0.40, 0.67), (0, 0),
        ]
        for (emotion, value) in zip(Emotion.allCases, values) {
            let point = MoodMap.standard.feelings[emotion.rawValue]
            #expect(abs(point.valence - (0.5 + 0.4 * value.0)) <= 0.0051, "\(emotion)")
            #expect(abs(point.energy - (0.5 + 0.4 * value.1)) <= 0.0051, "\(emotion)")
        }
        #expect(abs(MoodMap.standard.weights.reduce(0, +) - 1) < 1e-12)
    }

    /// Every emotion has a place of its own, and every set of them can be ranked.
    @Test func everyEmotionHasItsPlace() throws {
        let map = MoodMap.standard
        #expect(map.match.count == Emotion.allCases.count && Set(map.match).count == map.match.count)
        #expect(map.lift.count == Emotion.allCases.count && Set(map.lift).count == map.lift.count)
        #expect(Set(map.feelings).count == Emotion.allCases.count)
        for section in ["[feelings]", "[match]", "[lift]"] {
            let rows = MoodMap.standardText.components(separatedBy: section)[1].split(separator: "[")[0]
            for emotion in Emotion.allCases { #expect(rows.contains("\n\(emotion.name) "), "\(section) \(emotion)") }
        }
        for emotion in Emotion.allCases {
            #expect(EmotionSet(rawValue: EmotionSet(emotion).rawValue).emotions == [emotion])
            #expect(EmotionSet(rawValue: -1).contains(emotion))
        }
        #expect(EmotionSet(rawValue: 1 << 20).isEmpty)
    }

    /// The strongest comes first, also when it was stored; what is learnt later comes behind.
    @Test func emotionsKeepTheirOrder() throws {
        var set = EmotionSet([.surprise, .angry])
        set.insert([.angry, .sad])
        #expect(set.emotions == [.surprise, .angry, .sad])
        #expect(EmotionSet(rawValue: set.rawValue).emotions == set.emotions && set.contains(.sad))
        // As it was stored before the order was kept.
        #expect(EmotionSet(rawValue: set.rawValue & 255).emotions == [.angry, .sad, .surprise])
        let all = EmotionSet(Emotion.allCases.reversed())
        #expect(Set(all.emotions).count == Emotion.allCases.count && all.emotions.first == .contempt)
        #expect(EmotionSet(rawValue: all.rawValue) == all)
        let songs = try catalogue(
            "title,artist,emotions,valence,energy\nA,1,sad;angry,0.3,0.5\nB,2,angry;sad,0.3,0.5\n")
        #expect(try songs.song(1).emotions.emotions == [.sad, .angry])
        #expect(try songs.song(2).emotions.emotions == [.angry, .sad])
    }

    @Test func aFileOverridesSingleLines() throws {
        try withTemporaryFolder { folder in
            let path = try write(
                "# mine\n[match]\nsad = 0.1 0.2 0.3 0.4 90 # slow\nsad = 0.2 0.2 0.3 0.4 90\n[weights]\ntempo=0\n[ranking]\nartist-gap = 3\n"
                    + "[words]\nDrum & Bass = 0.5 0.9 0.6 0.05 174\n", to: folder + "/my.conf")
            let map = try MoodMap(overriddenBy: path)
            #expect(
                map.match[Emotion.sad.rawValue]
                    == [
                        MoodPoint(valence: 0.1, energy: 0.2, danceability: 0.3, acousticness: 0.4, tempo: 90),
                        MoodPoint(valence: 0.2, energy: 0.2, danceability: 0.3, acousticness: 0.4, tempo: 90),
                    ])
            #expect(map.match[Emotion.happy.rawValue] == MoodMap.standard.match[Emotion.happy.rawValue])
            #expect(map.weights[4] == 0 && abs(map.weights[0] - 0.4 / 0.95) < 1e-12)
            #expect(map.ranking.artistGap == 3)
            #expect(map.words["drum and bass"]?.tempo == 174)
        }
    }

    @Test(arguments: [
        ("[match]\nsad = 1 2\n", "line 2: expected valence"), ("[match]\nsad = 0.5 1.5 0 0 90\n", "line 2: energy 1.5"),
        ("sad = 1\n", "line 1: a line before"), ("[mood]\n", "line 1: no section [mood]"),
        ("[match]\n\nbored = 0 0 0 0 90\n", "line 3: no emotion 'bored'"),
        ("[weights]\nvalence\n", "line 2: expected NAME"),
        ("[ranking]\nplayed = lots\n", "line 2: 'lots' is not a number"), ("[ranking]\nfun = 1\n", "no setting 'fun'"),
        ("[ranking]\nartist-gap = 0\n", "line 2: 0.0 is not in 1.0...1000.0"),
        ("[weights]\nvalence = 0\nenergy = 0\ndanceability = 0\nacousticness = 0\ntempo = 0\n", "all weights are 0"),
    ])
    func mistakesAreNamed(_ text: String, _ expected: String) throws {
        try withTemporaryFolder { folder in
            let path = try write(text, to: folder + "/my.conf")
            #expect { try MoodMap(overriddenBy: path) } throws: {
                "\($0)".hasPrefix(path) && "\($0)".contains(expected)
            }
        }
    }

    @Test func vectorsAreNormalised() throws {
        let vector = try #require(EmotionVector(weights: [0, 0, 0, 3, 0, 1, 0, 0]))
        #expect(vector[.happy] == 0.75 && vector.strongest == .happy && vector.text == "happy=0.75,surprise=0.25")
        #expect(EmotionVector(.sad).text == "sad")
        for bad in [[0, 0, 0, 0, 0, 0, 0, 0], [1], [-1, 2, 0, 0, 0, 0, 0, 0], [Double.nan, 1, 0, 0, 0, 0, 0, 0]] {
            #expect(EmotionVector(weights: bad) == nil)
        }
    }
}
