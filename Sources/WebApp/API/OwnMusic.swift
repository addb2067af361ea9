import JSON
import MusicMatching

/// The owner's own music, as visitors get it: files of this machine, and songs of the owner's music servers.
struct OwnMusic: Sendable {
    /// Otherwise visitors get none of it.
    let isShared: Bool
    /// `nil` where no server is asked.
    let servers: ServerSongs?

    /// Songs as `SongJSON` writes them, each with what is needed to play its own file or its server's; for visitors who get
    /// neither, without what tells where those are.
    func added(to songs: JSONValue?, in catalogue: Catalogue) -> JSONValue {
        guard isShared else { return .array((songs?.arrayValue ?? []).map(OwnMusic.common)) }
        let places = OwnMusic.places(catalogue)
        return .array(
            (songs?.arrayValue ?? []).map { song in
                var fields = song.objectValue ?? [:]
                fields["file"] = song["id"]?.intValue.map { OwnMusic.file($0, in: catalogue) } ?? .null
                fields["server"] = server(song, places, catalogue)
                return .object(fields)
            })
    }

    private static func common(_ song: JSONValue) -> JSONValue {
        guard var fields = song.objectValue else { return song }
        fields["identifiers"] = .array(
            (fields["identifiers"]?.arrayValue ?? []).filter {
                $0["kind"]?.stringValue.map { SongIdentifier.Kind(rawValue: $0).isCommon } ?? false
            })
        return .object(fields)
    }

    /// Where lists and songs of the catalogue come from.
    static func places(_ catalogue: Catalogue) -> [String] { (try? catalogue.sources())?.map(\.place) ?? [] }

    /// `null` where there is no file that could be played.
    private static func file(_ song: Int, in catalogue: Catalogue) -> JSONValue {
        guard let playable = try? catalogue.playable(song) else { return .null }
        return SongJSON.value(playable)
    }

    /// What tells the songs of servers in a browser that chooses songs itself: the beginning of their identifiers.
    func servers(_ catalogue: Catalogue) -> JSONValue {
        guard isShared, let servers else { return [] }
        return .array(
            servers.servers(among: OwnMusic.places(catalogue)).map { server in
                let identifier = server.identifier("")
                return [
                    "kind": .string(identifier.kind.rawValue), "beginning": .string(identifier.value),
                    "name": .string(server.name), "place": .string(server.place),
                ]
            })
    }

    /// `null` where no server that can be asked has the song.
    private func server(_ song: JSONValue, _ places: [String], _ catalogue: Catalogue) -> JSONValue {
        let identifiers = (song["identifiers"]?.arrayValue ?? []).compactMap { json -> SongIdentifier? in
            guard let kind = json["kind"]?.stringValue, let value = json["value"]?.stringValue else { return nil }
            return SongIdentifier(.init(rawValue: kind), value)
        }
        guard let server = servers?.server(of: identifiers, among: places) else { return .null }
        let gain = song["id"]?.intValue.flatMap { try? catalogue.gain(of: $0) }
        return [
            "name": .string(server.name), "place": .string(server.place),
            "gain": gain.map { .double(($0 * 100).rounded() / 100) } ?? .null,
        ]
    }
}
