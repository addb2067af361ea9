import Files
import Glibc
import MediaFiles
import Randomness
import SongSound
import Testing

struct SoundReaderTests {
    static let songs = [
        "chord.mp3", "chord.m4a", "chord.ogg", "chord.opus", "chord.flac", "chord.wav", "chord.aiff", "chord.wma",
        "surround.ac3",
    ]

    private func read(_ reader: SoundReader) throws -> [Float] {
        var samples: [Float] = []
        while try reader.read({ samples += $1 }) {}
        return samples
    }

    @Test(arguments: songs) func everyFormatGivesItsChord(name: String) throws {
        let reader = try SoundReader(path: fixtures + name, formats: [SoundFormat(rate: 8000, channels: 1)])
        let samples = try read(reader)
        let seconds = name == "surround.ac3" ? 2.0 : 3
        #expect(abs(Double(samples.count) / 8000 - seconds) < 0.15)
        #expect(abs(try #require(reader.description.seconds) - seconds) < 0.15)
        // The power at a tone of the chord, and at one that is not in it.
        func power(_ hertz: Double) -> Double {
            var x = 0.0, y = 0.0
            for i in 2000..<10_000 {
                let angle = 2 * Double.pi * hertz * Double(i) / 8000
                x += Double(samples[i]) * cos(angle)
                y += Double(samples[i]) * sin(angle)
            }
            return x * x + y * y
        }
        #expect(power(220) > 1000 * power(250))
        #expect(power(329.63) > 300 * power(300))
    }

    @Test(arguments: songs) func partsBeginWhereTheyAreWanted(name: String) throws {
        let reader = try SoundReader(
            path: fixtures + name, start: 1, seconds: 0.5, formats: [SoundFormat(rate: 16_000, channels: 1)])
        let count = try read(reader).count
        // Whole frames are given: those of the WAV file are half a second long.
        let frame = name == "chord.wav" ? 0.52 : 0.1
        #expect(abs(reader.begin - 1) < frame + 0.05)
        #expect(abs(Double(count) / 16_000 - 0.5) < 2 * frame + 0.05)
    }

    @Test func severalFormatsAtOnce() throws {
        let reader = try SoundReader(
            path: fixtures + "chord.mp3", formats: [SoundFormat(channels: 2), SoundFormat(rate: 22_050, channels: 1)])
        #expect(reader.rates == [44_100, 22_050])
        var counts = [0, 0]
        while try reader.read({ counts[$0] += $1.count }) {}
        #expect(abs(counts[0] - counts[1] * 4) < 2000)
    }

    @Test func whatIsNoSongIsOneLine() throws {
        for (bytes, words) in [
            ([], "the file is empty"), (Array("<html><body>Not found</body></html>".utf8), "no song"),
            (Array(repeating: 0, count: 5000), "no song"),
            (try FileBytes.read(fixtures + "chord.flac", limit: 1 << 20).prefix(60).map { $0 }, ""),
        ] as [([UInt8], String)] {
            let error = #expect(throws: MediaError.self) {
                try SongListener().listen(bytes: bytes, name: "a.mp3")
            }
            let line = error.map { "\($0)" } ?? ""
            #expect(line.hasPrefix("a.mp3: ") && line.contains(words) && !line.contains("\n"))
        }
        #expect(throws: MediaError.self) { try SongListener().listen("/nowhere/at all.mp3") }
        #expect(throws: MediaError.self) { try SongListener().listen("/") }
    }

    /// As Apple's shop sold songs once.
    @Test(arguments: ["drms", "drmi"]) func whatIsProtectedIsToldSo(_ kind: String) throws {
        var bytes = try FileBytes.read(fixtures + "chord.m4a", limit: 1 << 20)
        let name = Array("mp4a".utf8)
        let place = try #require((0..<bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(name) })
        bytes.replaceSubrange(place..<place + 4, with: kind.utf8)
        let error = #expect(throws: MediaError.self) { try SongListener().listen(bytes: bytes, name: "a.m4a") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("it is protected"))
    }

    @Test func whatIsCutOffIsHeardAsFarAsItGoes() throws {
        let bytes = try FileBytes.read(fixtures + "chord.mp3", limit: 1 << 20)
        let whole = try SongListener().listen(bytes: bytes, name: "a.mp3")
        let half = try SongListener().listen(bytes: Array(bytes.prefix(bytes.count / 2)), name: "a.mp3")
        #expect(half.heard.upperBound < whole.heard.upperBound - 1)
        #expect(abs(try #require(half.loudness).integrated - (try #require(whole.loudness).integrated)) < 0.5)
    }

    @Test func cancellingEnds() throws {
        let cancellation = Cancellation()
        let reader = try SoundReader(
            path: fixtures + "chord.wav", formats: [SoundFormat(channels: 1)], cancellation: cancellation)
        #expect(try reader.read { _, _ in })
        cancellation.cancel()
        #expect(throws: MediaError.stopped(source: fixtures + "chord.wav")) { try reader.read { _, _ in } }
    }

    /// Damage anywhere is heard through or refused; nothing traps.
    @Test(arguments: songs) func damageNeverTraps(name: String) throws {
        let bytes = try FileBytes.read(fixtures + name, limit: 1 << 20)
        var random = SplitMix64(seed: 5)
        for round in 0..<12 {
            var broken = bytes
            for _ in 0..<(1 << (round % 6)) {
                // Headers are where damage hurts.
                let reach = round % 2 == 0 ? 200 : broken.count
                broken[Int.random(in: 0..<min(reach, broken.count), using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            if round % 3 == 0 { broken.removeLast(Int.random(in: 0..<broken.count / 2, using: &random)) }
            do {
                let sound = try SongListener(seconds: 5).listen(bytes: broken, name: name)
                #expect(sound.features.allSatisfy { $0.isFinite })
            } catch {
                #expect(!"\(error)".contains("\n"))
            }
        }
    }
}
