import Glibc
import SongSound
import Testing

/// The same music measured by libebur128, where it is installed.
struct LoudnessAgreementTests {
    private typealias Make = @convention(c) (UInt32, UInt, Int32) -> UnsafeMutableRawPointer?
    private typealias Add = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<Float>, Int) -> Int32
    private typealias Get = @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<Double>) -> Int32

    private static let library = Opened(dlopen("libebur128.so.1", RTLD_NOW))
    private struct Opened: @unchecked Sendable {
        // Safe to share: never closed.
        let handle: UnsafeMutableRawPointer?
        init(_ handle: UnsafeMutableRawPointer?) { self.handle = handle }
        func function<F>(_ name: String, _ type: F.Type) throws -> F {
            unsafeBitCast(try #require(dlsym(handle, name)), to: type)
        }
    }

    @Test(
        .enabled(if: library.handle != nil, "libebur128 is not installed"), arguments: [22_050, 44_100, 48_000])
    func sameAsTheLibrary(rate: Int) throws {
        // Chords that swell, in noise.
        var sound = MadeSound(rate: rate, seconds: 20) { time in
            (0.02 + 0.2 * abs(sin(time * 0.4))) * (sin(time * 1382) + 0.5 * sin(time * 15_000) + 0.7 * sin(time * 400))
        }
        sound.right = sound.right.enumerated().map { $1 * ($0 % 3 == 0 ? 0.5 : 1) }
        let heard = try #require(try sound.heard().loudness)
        let state = try #require(
            try Self.library.function("ebur128_init", Make.self)(2, UInt(rate), 0b1_1111))
        let pairs = zip(sound.left, sound.right).flatMap { [$0, $1] }
        #expect(try Self.library.function("ebur128_add_frames_float", Add.self)(state, pairs, sound.left.count) == 0)
        var loudness = 0.0, range = 0.0
        #expect(try Self.library.function("ebur128_loudness_global", Get.self)(state, &loudness) == 0)
        #expect(try Self.library.function("ebur128_loudness_range", Get.self)(state, &range) == 0)
        #expect(abs(heard.integrated - loudness) < 0.1)
        // It looks once a second, this ten times; Tech 3342 allows 1 LU.
        #expect(abs(heard.range - range) < 1)
    }
}
