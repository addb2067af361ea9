import Foundation
import SoundOutput
import Testing
import Threads

/// Keeps what it is given; slowly, if it shall.
final class MemorySink: SoundSink {
    let name = "memory"
    private let samples = Guarded<[Float]>([])
    private let flushes = Guarded(0)
    /// So many samples are taken at once, then one waits for `allow`.
    private let allowed: Guarded<Int>

    init(allowing count: Int = .max) { allowed = Guarded(count) }

    var all: [Float] { samples.withLock { $0 } }
    var flushCount: Int { flushes.withLock { $0 } }

    func allow(_ count: Int) { allowed.withLock { $0 += count } }

    func write(_ more: UnsafeBufferPointer<Float>) throws(SoundOutputError) {
        var rest = more[...]
        while !rest.isEmpty {
            let count = allowed.withLock { left in
                let count = min(left, rest.count)
                left -= count
                return count
            }
            if count == 0 { usleep(1000) }
            samples.withLock { $0 += rest.prefix(count) }
            rest = rest.dropFirst(count)
        }
    }

    func flush() { flushes.withLock { $0 += 1 } }
    func drain() {}
}

@Suite struct MusicPlayerTests {
    /// Two channels of 48,000 samples a second, all of one value.
    private static func wave(_ value: Int16, seconds: Double) -> [UInt8] {
        func bytes(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 0xFF) } }
        let frames = Int(seconds * 48_000), size = frames * 4
        let sample = bytes(Int(UInt16(bitPattern: value)), 2)
        return Array("RIFF".utf8) + bytes(36 + size, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4) + bytes(1, 2)
            + bytes(2, 2) + bytes(48_000, 4) + bytes(192_000, 4) + bytes(4, 2) + bytes(16, 2) + Array("data".utf8)
            + bytes(size, 4) + (0..<frames * 2).flatMap { _ in sample }
    }

    private static func withTracks(
        _ values: [Int16], gain: Double? = nil, seconds: Double = 0.5, _ body: ([MusicPlayer.Track]) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fermusic-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(
            values.enumerated().map { index, value in
                let file = folder.appendingPathComponent("\(index).wav")
                try Data(wave(value, seconds: seconds)).write(to: file)
                return MusicPlayer.Track(path: file.path, title: "\(index)", artist: "Tests", gain: gain)
            })
    }

    private static func until(_ condition: () -> Bool) {
        while !condition() { usleep(1000) }
    }

    @Test func playsOneAfterTheOtherWithoutAGap() throws {
        try Self.withTracks([8192, 16384, 4096]) { tracks in
            let sink = MemorySink(), player = MusicPlayer()
            player.start(sink) { $0 < 3 ? tracks[$0] : nil }.join()
            #expect(player.state.hasEnded && player.state.failure == nil && player.state.count == 3)
            let samples = sink.all
            #expect(samples.count == 3 * 48_000)
            #expect(samples[..<48_000].allSatisfy { $0 == 0.25 })
            #expect(samples[48_000..<96_000].allSatisfy { $0 == 0.5 })
            #expect(samples[96_000...].allSatisfy { $0 == 0.125 })
        }
    }

    @Test func loudSongsAreMadeSofterAndSoftOnesStay() throws {
        for (gain, value) in [(-20.0, Float(0.05)), (-6.0206, 0.25), (6, 0.5), (.infinity, 0.5)] {
            try Self.withTracks([16384], gain: gain) { tracks in
                let sink = MemorySink()
                MusicPlayer().start(sink) { $0 < 1 ? tracks[$0] : nil }.join()
                #expect(sink.all.count == 48_000 && sink.all.allSatisfy { abs($0 - value) < 1e-4 }, "\(gain)")
            }
        }
    }

    @Test func skippingLeavesTheSongAndNothingElse() throws {
        try Self.withTracks([8192, 16384], seconds: 5) { tracks in
            let sink = MemorySink(allowing: 48_000), player = MusicPlayer()
            let thread = player.start(sink) { $0 < 2 ? tracks[$0] : nil }
            Self.until { sink.all.count >= 40_000 }
            player.skip()
            sink.allow(10_000_000)
            thread.join()
            let samples = sink.all
            #expect(samples.filter { $0 == 0.5 }.count == 480_000)
            #expect(samples.filter { $0 == 0.25 }.count < 60_000)
            #expect(sink.flushCount > 0)
        }
    }

    @Test func aPauseIsOneAndLosesNothing() throws {
        try Self.withTracks([8192], seconds: 3) { tracks in
            let sink = MemorySink(allowing: 48_000), player = MusicPlayer()
            let thread = player.start(sink) { $0 < 1 ? tracks[$0] : nil }
            Self.until { sink.all.count == 48_000 }
            player.togglePause()
            sink.allow(10_000_000)
            usleep(100_000)
            // At most what was on its way.
            #expect(sink.all.count <= 48_000 + 1920 && !player.state.hasEnded && player.state.isPaused)
            player.togglePause()
            thread.join()
            #expect(sink.all.count == 288_000 && sink.flushCount == 0)
        }
    }

    @Test func whatCannotBePlayedIsNamedAndPassedOver() throws {
        try Self.withTracks([8192]) { tracks in
            let sink = MemorySink(), player = MusicPlayer()
            let missing = MusicPlayer.Track(path: "/nowhere/a.mp3", title: "a", artist: "b")
            player.start(sink) { $0 == 0 ? missing : $0 == 1 ? tracks[0] : nil }.join()
            #expect(sink.all.count == 48_000)
            let problems = player.takeProblems()
            #expect(problems.count == 1 && problems.first?.hasPrefix("/nowhere/a.mp3: ") == true)
            #expect(player.takeProblems().isEmpty)
            // Where nothing can be played it ends some time.
            let other = MusicPlayer()
            other.start(sink) { _ in missing }.join()
            #expect(other.state.failure != nil)
        }
    }

    @Test func whatComesNextIsAskedForWhenItIsNeeded() throws {
        try Self.withTracks([8192, 16384], seconds: 2) { tracks in
            let sink = MemorySink(allowing: 48_000), player = MusicPlayer(), asked = Guarded(0)
            let thread = player.start(sink) { count in
                asked.withLock { $0 += 1 }
                return count < 2 ? tracks[count] : nil
            }
            Self.until { sink.all.count >= 40_000 }
            #expect(asked.withLock { $0 } == 1)
            player.stop()
            sink.allow(10_000_000)
            thread.join()
            #expect(asked.withLock { $0 } == 1 && player.state.hasEnded)
        }
    }
}
