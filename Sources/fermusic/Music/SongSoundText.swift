import SongSound
import Terminal

/// A song's sound as lines for people: a name and what was heard.
enum SongSoundText {
    static func lines(_ sound: HeardSong) -> [(name: String, text: String)] {
        var lines: [(String, String)] = []
        let heard = "\(fixed(sound.heard.lowerBound, 0)) to \(fixed(sound.heard.upperBound, 0)) s"
        lines.append(("heard", heard + (sound.seconds.map { " of \(fixed($0, 0)) s" } ?? "")))
        if let loudness = sound.loudness {
            lines.append(
                (
                    "loudness",
                    "\(fixed(loudness.integrated, 1)) LUFS, range \(fixed(loudness.range, 1)) LU, peak "
                        + "\(fixed(loudness.peak, 3)), ReplayGain \(signed(loudness.replayGain)) dB"
                ))
        } else {
            lines.append(("loudness", "silent"))
        }
        lines.append(
            ("tempo", sound.tempo.map { "\(fixed($0.tempo, 1)) a minute, \(sure($0.confidence))" } ?? "none found"))
        lines.append(("key", sound.key.map { "\($0.key), \(sure($0.confidence))" } ?? "none found"))
        lines.append(("onsets", "\(fixed(sound.onsetRate, 1)) a second"))
        lines.append(("brightness", fixed(sound.brightness, 2)))
        lines.append(("valence", estimate(sound.valence)))
        lines.append(("energy", estimate(sound.energy)))
        lines.append(("acousticness", estimate(sound.acousticness)))
        lines.append(("speech", percent(sound.speech, decimals: 0)))
        return lines
    }

    private static func sure(_ confidence: Double) -> String { "\(percent(confidence, decimals: 0)) sure" }

    private static func estimate(_ value: HeardSong.Estimate) -> String {
        "\(fixed(value.value, 2)), give or take \(fixed(value.error, 2))"
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(value, 1) }
}
