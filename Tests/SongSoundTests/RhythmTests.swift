import Glibc
import SongSound
import Testing

struct RhythmTests {
    @Test(arguments: [55.0, 63, 72, 80, 90, 97, 105, 112, 120, 128, 135, 144, 155, 168, 180])
    func clicksAreBeats(tempo: Double) throws {
        let sound = try MadeSound.clicks(tempo: tempo).heard()
        let found = try #require(sound.tempo)
        #expect(abs(found.tempo / tempo - 1) < 0.01)
        #expect(found.confidence > 0.5)
        let period = 60 / tempo
        let clicks = Int((30 - 0.3) / period) + 1
        #expect(abs(sound.beats.count - clicks) <= 2)
        for beat in sound.beats {
            let off = (beat - 0.3) / period
            #expect(abs(off - off.rounded()) * period < 0.04, "a beat at \(beat)")
        }
    }

    @Test func beatsFollowATempoThatChanges() throws {
        // 100 a minute that become 120 little by little.
        var times = [0.3]
        while times.last! < 40 {
            let share = min(max((times.last! - 12) / 12, 0), 1)
            times.append(times.last! + 60 / (100 + 20 * share))
        }
        var next = 0
        let sound = try MadeSound(rate: 22_050, seconds: 40) { time in
            while next + 1 < times.count, times[next + 1] <= time { next += 1 }
            let since = time - times[next]
            return since < 0 ? 0 : 0.7 * sin(2 * Double.pi * 900 * since) * exp(-since / 0.01)
        }.heard()
        let hits = times.dropLast().filter { time in sound.beats.contains { abs($0 - time) < 0.06 } }
        #expect(hits.count >= times.count * 9 / 10)
    }

    @Test func noiseHasNoTempo() throws {
        let sound = try MadeSound.noise(seconds: 30).heard()
        #expect(sound.tempo?.confidence ?? 0 < 0.3)
    }

    @Test func onsetsAreCounted() throws {
        let sound = try MadeSound.clicks(tempo: 120).heard()
        #expect(abs(sound.onsetRate - 2) < 0.3)
    }
}
