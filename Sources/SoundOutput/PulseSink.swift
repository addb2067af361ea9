import CSoundServer

/// PulseAudio, or PipeWire in its place.
final class PulseSink: SoundSink, @unchecked Sendable {
    // Safe to hand over: whoever plays has it alone.

    let name = "the sound server"
    private let pulse: UnsafePointer<fermusic_pulse>
    private let handle: OpaquePointer

    static func open() -> Result<PulseSink, SoundSinks.Failure> {
        guard let pulse = fermusic_pulse_load() else {
            return .failure(.init(reason: "libpulse is not installed (apt-get install libpulse0)"))
        }
        let isLittle = 1.littleEndian == 1
        var form = pa_sample_spec(
            format: Int32((isLittle ? fermusic_pulse_float_little : fermusic_pulse_float_big)),
            rate: UInt32(SinkFormat.rate), channels: UInt8(SinkFormat.channels))
        let bytes = SinkFormat.rate * SinkFormat.channels * 4 * SinkFormat.milliseconds / 1000
        var buffer = pa_buffer_attr(
            maxlength: .max, tlength: UInt32(bytes), prebuf: .max, minreq: .max, fragsize: .max)
        var code: Int32 = 0
        let handle = pulse.pointee.pa_simple_new(
            nil, "fermusic", Int32(fermusic_pulse_playback), nil, "music", &form, nil, &buffer, &code)
        guard let handle else {
            return .failure(.init(reason: String(cString: pulse.pointee.pa_strerror(code))))
        }
        return .success(PulseSink(pulse, handle))
    }

    private init(_ pulse: UnsafePointer<fermusic_pulse>, _ handle: OpaquePointer) {
        self.pulse = pulse
        self.handle = handle
    }

    deinit { pulse.pointee.pa_simple_free(handle) }

    func write(_ samples: UnsafeBufferPointer<Float>) throws(SoundOutputError) {
        guard let start = samples.baseAddress, !samples.isEmpty else { return }
        var code: Int32 = 0
        guard pulse.pointee.pa_simple_write(handle, start, samples.count * 4, &code) >= 0 else {
            throw .lost(name: name, reason: String(cString: pulse.pointee.pa_strerror(code)))
        }
    }

    func flush() {
        var code: Int32 = 0
        _ = pulse.pointee.pa_simple_flush(handle, &code)
    }

    func drain() {
        var code: Int32 = 0
        _ = pulse.pointee.pa_simple_drain(handle, &code)
    }
}
