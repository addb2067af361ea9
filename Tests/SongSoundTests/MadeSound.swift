import Glibc
import MediaFiles
import Randomness
import SongSound

/// Sounds whose truth is known because they were made so.
struct MadeSound {
    var rate: Int
    /// Left and right; what has one channel has both alike.
    var left: [Float]
    var right: [Float]

    init(rate: Int = 44_100, seconds: Double, _ sample: (Double) -> Double) {
        self.rate = rate
        left = (0..<Int(seconds * Double(rate))).map { Float(sample(Double($0) / Double(rate))) }
        right = left
    }

    static func + (a: MadeSound, b: MadeSound) -> MadeSound {
        var result = a
        result.left += b.left
        result.right += b.right
        return result
    }

    /// A WAV file of 32-bit floats.
    var wave: [UInt8] {
        func bytes(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let size = UInt32(left.count * 8)
        var file = Array("RIFF".utf8) + bytes(36 + size, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4) + bytes(3, 2)
        file += bytes(2, 2) + bytes(UInt32(rate), 4) + bytes(UInt32(rate * 8), 4) + bytes(8, 2) + bytes(32, 2)
        file += Array("data".utf8) + bytes(size, 4)
        file.reserveCapacity(file.count + left.count * 8)
        for (l, r) in zip(left, right) { file += bytes(l.bitPattern, 4) + bytes(r.bitPattern, 4) }
        return file
    }

    func heard() throws -> HeardSong { try SongListener().listen(bytes: wave, name: "made") }

    /// Clicks at a tempo, the first after 0.3 s.
    static func clicks(tempo: Double, seconds: Double = 30) -> MadeSound {
        MadeSound(rate: 22_050, seconds: seconds) { time in
            let since = (time - 0.3).truncatingRemainder(dividingBy: 60 / tempo)
            return time < 0.3 ? 0 : 0.7 * sin(2 * Double.pi * 1000 * since) * exp(-since / 0.008)
        }
    }

    /// Chords of a second each, of tones with overtones; `chords` are MIDI's numbers.
    static func chords(_ chords: [[Int]], times: Int, tuning: Double = 440) -> MadeSound {
        MadeSound(rate: 22_050, seconds: Double(chords.count * times)) { time in
            let place = Int(time), since = time - Double(place)
            var sum = 0.0
            for note in chords[place % chords.count] {
                let hertz = tuning * exp2(Double(note - 69) / 12)
                for overtone in 1...4 {
                    sum += sin(2 * Double.pi * hertz * Double(overtone) * since) / Double(overtone * overtone)
                }
            }
            return 0.08 * sum * exp(-since * 1.5)
        }
    }

    static func noise(seconds: Double, level: (Double) -> Double = { _ in 0.2 }) -> MadeSound {
        var random = SplitMix64(seed: 7)
        return MadeSound(rate: 22_050, seconds: seconds) { level($0) * Double.random(in: -1...1, using: &random) }
    }
}

let fixtures = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Fixtures/"
