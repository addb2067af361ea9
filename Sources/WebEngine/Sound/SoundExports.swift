// What a page calls to hear songs. Compiled for WebAssembly with SongSound by Scripts/build-wasm, as a module of its own:
// most visitors never load it.

// One module has one thread.
private nonisolated(unsafe) var answer: [Double] = []

/// Room for `count` bytes that the page fills; given back by `fermusic_free`.
@_cdecl("fermusic_allocate")
public func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    count >= 0 ? UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 16) : nil
}

@_cdecl("fermusic_free")
public func free(_ memory: UnsafeMutableRawPointer?) { memory?.deallocate() }

/// Samples a second that are wanted.
@_cdecl("fermusic_rate")
public func rate() -> Int32 { Int32(OnsetCurves.rate) }

/// How much of a song is heard, in seconds.
@_cdecl("fermusic_seconds")
public func seconds() -> Double { HeardPart.usual }

/// Where to begin in a song of so many seconds.
@_cdecl("fermusic_start")
public func start(_ length: Double) -> Double { HeardPart.start(of: length, listening: HeardPart.usual) }

/// What the program's reader makes two channels of one by, so that they have its loudness.
private let half = Float(0.5).squareRoot()

/// Hears `count` samples of each channel, or of one where there is no right one, which begin at `start` seconds in a song
/// of `length`: how many numbers are in `fermusic_answer`, valence, energy, the error of each, loudness in LUFS and the
/// tempo (0 without one); 0 for silence and for less than a second.
@_cdecl("fermusic_hear")
public func hear(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>?, _ count: Int, _ length: Double, _ start: Double
) -> Int32 {
    let analyser = SongAnalyser(rate: OnsetCurves.rate)
    // Like the program's reader, in parts.
    let part = 4096
    var pairs = [Float](repeating: 0, count: 2 * part)
    var done = 0
    while done < count {
        let size = min(part, count - done)
        for i in 0..<size {
            let l = left[done + i], r = right?[done + i] ?? l
            pairs[2 * i] = right == nil ? l * half : l
            pairs[2 * i + 1] = right == nil ? l * half : r
        }
        pairs.withUnsafeBufferPointer { analyser.feed(stereo: UnsafeBufferPointer(rebasing: $0[..<(2 * size)])) }
        done += size
    }
    analyser.finish()
    guard analyser.seconds >= HeardPart.least else { return 0 }
    let sound = analyser.sound(of: length, from: start)
    guard let loudness = sound.loudness else { return 0 }
    answer = [
        sound.valence.value, sound.energy.value, sound.valence.error, sound.energy.error, loudness.integrated,
        sound.tempo?.tempo ?? 0,
    ]
    return Int32(answer.count)
}

@_cdecl("fermusic_answer")
public func lastAnswer() -> UnsafeMutablePointer<Double>? { answer.withUnsafeMutableBufferPointer { $0.baseAddress } }
