import CSoundServer
import Glibc

/// The sound card itself, where no server is.
final class ALSASink: SoundSink, @unchecked Sendable {
    // Safe to hand over: whoever plays has it alone.

    let name = "the sound card"
    private let alsa: UnsafePointer<fermusic_alsa>
    private let handle: OpaquePointer

    static func open() -> Result<ALSASink, SoundSinks.Failure> {
        guard let alsa = fermusic_alsa_load() else {
            return .failure(.init(reason: "libasound is not installed (apt-get install libasound2)"))
        }
        func reason(_ code: Int32) -> SoundSinks.Failure {
            SoundSinks.Failure(reason: String(cString: alsa.pointee.snd_strerror(code)))
        }
        var opened: OpaquePointer?
        let status = alsa.pointee.snd_pcm_open(&opened, "default", Int32(fermusic_alsa_playback), 0)
        guard status >= 0, let handle = opened else { return .failure(reason(status)) }
        let isLittle = 1.littleEndian == 1
        let set = alsa.pointee.snd_pcm_set_params(
            handle, Int32((isLittle ? fermusic_alsa_float_little : fermusic_alsa_float_big)),
            Int32(fermusic_alsa_interleaved), UInt32(SinkFormat.channels), UInt32(SinkFormat.rate), 1,
            UInt32(SinkFormat.milliseconds * 1000))
        guard set >= 0 else {
            _ = alsa.pointee.snd_pcm_close(handle)
            return .failure(reason(set))
        }
        return .success(ALSASink(alsa, handle))
    }

    private init(_ alsa: UnsafePointer<fermusic_alsa>, _ handle: OpaquePointer) {
        self.alsa = alsa
        self.handle = handle
    }

    deinit { _ = alsa.pointee.snd_pcm_close(handle) }

    func write(_ samples: UnsafeBufferPointer<Float>) throws(SoundOutputError) {
        var done = 0, failures = 0
        while done < samples.count, let start = samples.baseAddress {
            let frames = UInt((samples.count - done) / SinkFormat.channels)
            guard frames > 0 else { return }
            let got = alsa.pointee.snd_pcm_writei(handle, start + done, frames)
            if got >= 0 {
                done += got * SinkFormat.channels
                failures = got > 0 ? 0 : failures + 1
            } else {
                // It had nothing to play for a while, or the machine slept.
                let status = alsa.pointee.snd_pcm_recover(handle, Int32(got), 1)
                guard status >= 0 else {
                    throw .lost(name: name, reason: String(cString: alsa.pointee.snd_strerror(status)))
                }
                failures += 1
            }
            guard failures < 100 else { throw .lost(name: name, reason: "it does not go on") }
        }
    }

    func flush() {
        _ = alsa.pointee.snd_pcm_drop(handle)
        _ = alsa.pointee.snd_pcm_prepare(handle)
    }

    func drain() {
        _ = alsa.pointee.snd_pcm_drain(handle)
        _ = alsa.pointee.snd_pcm_prepare(handle)
    }
}
