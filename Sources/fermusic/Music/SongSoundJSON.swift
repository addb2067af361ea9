import JSON
import SongSound

/// A song's sound as JSON; what was not found is null.
enum SongSoundJSON {
    static func object(_ sound: HeardSong, file: String, withBeats: Bool) -> JSONValue {
        var fields: [String: JSONValue] = [
            "file": .string(file), "seconds": sound.seconds.map { .double($0) } ?? .null,
            "heard": [.double(sound.heard.lowerBound), .double(sound.heard.upperBound)],
            "loudness": sound.loudness.map {
                [
                    "integrated": .double($0.integrated), "range": .double($0.range), "peak": .double($0.peak),
                    "replayGain": .double($0.replayGain),
                ]
            } ?? .null,
            "tempo": sound.tempo.map { ["value": .double($0.tempo), "confidence": .double($0.confidence)] } ?? .null,
            "key": sound.key.map {
                [
                    "name": .string($0.key.description), "tonic": .int($0.key.tonic),
                    "mode": .string($0.key.mode.rawValue), "confidence": .double($0.confidence),
                ]
            } ?? .null,
            "onsetRate": .double(sound.onsetRate), "brightness": .double(sound.brightness),
            "valence": estimate(sound.valence), "energy": estimate(sound.energy),
            "acousticness": estimate(sound.acousticness), "speech": .double(sound.speech),
        ]
        fields["features"] = .object(
            Dictionary(
                uniqueKeysWithValues: zip(HeardSong.featureNames, sound.features.map { JSONValue.double($0) })))
        if withBeats { fields["beats"] = JSONValue(sound.beats) }
        return .object(fields)
    }

    private static func estimate(_ value: HeardSong.Estimate) -> JSONValue {
        ["value": .double(value.value), "error": .double(value.error)]
    }
}
