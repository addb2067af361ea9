import Emotions
import JSON
import MusicMatching

/// How songs are written for the page.
enum SongJSON {
    static func value(_ song: Song) -> [String: JSONValue] {
        let links = SongLinks(song)
        func identifier(_ kind: SongIdentifier.Kind) -> JSONValue {
            song.identifiers.first { $0.kind == kind }.map { .string($0.value) } ?? .null
        }
        var features: [String: JSONValue] = [:]
        for axis in MoodAxis.allCases { features[axis.name] = .double(song.mood[axis]) }
        return [
            "id": .int(song.id), "title": .string(song.title), "artist": .string(song.artist),
            "album": song.album.isEmpty ? .null : .string(song.album), "year": song.year.map(JSONValue.int) ?? .null,
            "language": song.language.isEmpty ? .null : .string(song.language), "genres": JSONValue(song.genres),
            "emotions": JSONValue(song.emotions.emotions.map(\.name)), "features": .object(features),
            "estimated": JSONValue(MoodAxis.allCases.filter { song.estimated.contains($0) }.map(\.name)),
            "editorial": .bool(song.isEditorial),
            "links": ["spotify": .string(links.spotify), "youtube": .string(links.youtube)],
            "players": ["spotify": identifier(.spotify), "youtube": identifier(.youtube)],
        ]
    }

    static func value(_ recommendation: Recommendation) -> JSONValue {
        var fields = value(recommendation.song)
        fields["reason"] = .string(recommendation.reason)
        fields["reasons"] = .array(
            recommendation.reasons.map { part in
                [
                    "code": .string(part.code), "text": .string(part.text),
                    "values": .object(part.values.mapValues { .string($0) }),
                ]
            })
        fields["distance"] = .double((recommendation.distance * 10_000).rounded() / 10_000)
        fields["surprise"] = .bool(recommendation.isSurprise)
        return .object(fields)
    }

    static func value(_ point: MoodPoint) -> JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: MoodAxis.allCases.map { axis in
                    (axis.name, .double((point[axis] * 10_000).rounded() / 10_000))
                }))
    }
}
