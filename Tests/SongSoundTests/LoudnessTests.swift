import Glibc
import SongSound
import Testing

/// The cases of EBU Tech 3341 and 3342 that one or two channels can show.
struct LoudnessTests {
    private func sine(_ level: Double, _ seconds: Double, rate: Int = 48_000) -> MadeSound {
        MadeSound(rate: rate, seconds: seconds) { pow(10, level / 20) * sin(2 * Double.pi * 1000 * $0) }
    }

    @Test(arguments: [32_000, 44_100, 48_000, 96_000])
    func sineAtMinus23(rate: Int) throws {
        let loudness = try #require(try sine(-23, 10, rate: rate).heard().loudness)
        #expect(abs(loudness.integrated + 23) < 0.1)
        #expect(abs(loudness.peak - 0.0708) < 0.001)
        #expect(abs(loudness.replayGain - 5) < 0.1)
        #expect(loudness.range < 0.1)
    }

    @Test func quietPartsDoNotCount() throws {
        let sound = sine(-36, 10) + sine(-23, 30) + sine(-36, 10)
        #expect(abs(try #require(try sound.heard().loudness).integrated + 23) < 0.1)
    }

    @Test func silenceDoesNotCount() throws {
        let sound = sine(-72, 10) + sine(-36, 10) + sine(-23, 20) + sine(-36, 10) + sine(-72, 5)
        #expect(abs(try #require(try sound.heard().loudness).integrated + 23) < 0.1)
    }

    @Test func rangeIsHowFarPartsAreApart() throws {
        let loudness = try #require(try (sine(-20, 20) + sine(-30, 20)).heard().loudness)
        #expect(abs(loudness.range - 10) < 1)
    }

    @Test func oneChannelIsHalfAsLoud() throws {
        var sound = sine(-23, 10)
        sound.right = sound.right.map { _ in 0 }
        #expect(abs(try #require(try sound.heard().loudness).integrated + 26) < 0.1)
    }

    @Test func silenceHasNothing() throws {
        let sound = try MadeSound(seconds: 5) { _ in 0 }.heard()
        #expect(sound.loudness == nil && sound.tempo == nil && sound.key == nil && sound.beats.isEmpty)
        #expect(sound.features.allSatisfy { $0.isFinite })
    }

    @Test func samplesThatAreNoNumbersAreSilence() throws {
        var sound = sine(-23, 10)
        for i in stride(from: 0, to: sound.left.count, by: 1000) {
            sound.left[i] = [.nan, .infinity, -1e30, 1e38][i / 1000 % 4]
        }
        let heard = try sound.heard()
        #expect(heard.features.allSatisfy { $0.isFinite })
        #expect(try #require(heard.loudness).integrated.isFinite)
    }
}
