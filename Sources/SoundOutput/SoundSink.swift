import Glibc

/// Where sound goes: float samples, two channels, interleaved, 48,000 a second. For one thread at a time.
package protocol SoundSink: AnyObject, Sendable {
    /// What it is called, for people.
    var name: String { get }

    /// Takes samples; waits until most of what was given before is played. Throws `SoundOutputError`.
    func write(_ samples: UnsafeBufferPointer<Float>) throws(SoundOutputError)

    /// What was given and is not yet played is thrown away.
    func flush()

    /// Waits until all is played.
    func drain()
}

/// How samples are given to a `SoundSink`.
package enum SinkFormat {
    package static let rate = 48_000
    package static let channels = 2
    /// Milliseconds that a sink holds: how late a pause is heard.
    static let milliseconds = 200
}

/// Why nothing can be heard.
public enum SoundOutputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Neither PulseAudio (or PipeWire) nor ALSA takes sound, and why not.
    case noSink(String)
    /// The sound server went away.
    case lost(name: String, reason: String)

    public var description: String {
        switch self {
        case .noSink(let reason): "nothing here takes sound: \(reason)"
        case .lost(let name, let reason): "\(name) takes no more sound: \(reason)"
        }
    }
}

package enum SoundSinks {
    /// The sound server that is there, or else the sound card. Throws `SoundOutputError.noSink`.
    package static func open() throws(SoundOutputError) -> any SoundSink {
        let pulse = PulseSink.open()
        if case .success(let sink) = pulse { return sink }
        let alsa = ALSASink.open()
        if case .success(let sink) = alsa { return sink }
        var reasons: [String] = []
        if case .failure(let failure) = pulse { reasons.append("PulseAudio or PipeWire: \(failure.reason)") }
        if case .failure(let failure) = alsa { reasons.append("ALSA: \(failure.reason)") }
        throw .noSink(reasons.joined(separator: "; "))
    }

    struct Failure: Error { var reason: String }
}
