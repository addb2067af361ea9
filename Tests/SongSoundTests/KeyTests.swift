import SongSound
import Testing

struct KeyTests {
    /// The tonic's chord, those of the fourth and fifth step, the tonic's again, with a bass.
    private func cadence(_ tonic: Int, _ mode: Key.Mode) -> [[Int]] {
        let third = mode == .major ? 4 : 3
        func chord(_ root: Int, _ third: Int) -> [Int] {
            [root - 24, root, root + third, root + 7].map { 60 + tonic + $0 }
        }
        return [chord(0, third), chord(5, third), chord(7, 4), chord(0, third)]
    }

    @Test(arguments: 0..<12, Key.Mode.allCases)
    func cadencesSayTheKey(tonic: Int, mode: Key.Mode) throws {
        let sound = try MadeSound.chords(cadence(tonic, mode), times: 4).heard()
        let key = try #require(sound.key)
        #expect(key.key == Key(tonic: tonic, mode: mode))
        #expect((key.majorness > 0) == (mode == .major))
    }

    @Test(arguments: [428.0, 432, 446, 452])
    func otherTuningsDoNotMatter(tuning: Double) throws {
        let sound = try MadeSound.chords(cadence(9, .minor), times: 4, tuning: tuning).heard()
        #expect(sound.key?.key == Key(tonic: 9, mode: .minor))
    }

    @Test func namesAreTheUsualOnes() {
        #expect("\(Key(tonic: 10, mode: .major))" == "B flat major")
        #expect("\(Key(tonic: -3, mode: .minor))" == "A minor")
    }
}
