import JSON

/// Songs as JSON, with the same names everywhere: on the command line, in files, on the web.
public enum SongJSON {
    /// The song's own fields, for others to be added.
    public static func fields(_ song: Song) -> [String: JSONValue] {
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
            "themes": JSONValue(song.themes),
            "emotions": JSONValue(song.emotions.emotions.map { $0.name }), "features": .object(features),
            "estimated": JSONValue(MoodAxis.allCases.filter { song.estimated.contains($0) }.map { $0.name }),
            "editorial": .bool(song.isEditorial), "own": .bool(song.isOwn),
            "explicit": song.isExplicit.map(JSONValue.bool) ?? .null,
            "seconds": song.duration.map { .int(($0 + 500) / 1000) } ?? .null,
            "identifiers": .array(
                song.identifiers.map { ["kind": .string($0.kind.rawValue), "value": .string($0.value)] }),
            "links": ["spotify": .string(links.spotify), "youtube": .string(links.youtube)],
            "players": ["spotify": identifier(.spotify), "youtube": identifier(.youtube)],
        ]
    }

    public static func value(_ song: Song) -> JSONValue { .object(fields(song)) }

    /// What is needed to play a song's own file.
    public static func value(_ playable: PlayableSong) -> JSONValue {
        [
            "number": .int(playable.file), "type": .string(playable.type),
            "gain": playable.gain.map { .double(($0 * 100).rounded() / 100) } ?? .null,
        ]
    }

    /// A place in mood space: `valence`, `energy`, `danceability`, `acousticness`, `tempo`.
    public static func value(_ point: MoodPoint) -> JSONValue {
        var fields: [String: JSONValue] = [:]
        for axis in MoodAxis.allCases { fields[axis.name] = .double((point[axis] * 10_000).rounded() / 10_000) }
        return .object(fields)
    }
}
