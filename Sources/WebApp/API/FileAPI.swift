import JSON
import MusicMatching

/// The owner's own music, by number: the only way from requests to the file system.
struct FileAPI: Sendable {
    let catalogues: CataloguePool
    /// Otherwise there are no files for visitors.
    let isOpen: Bool

    var routes: [Route] {
        [Route(method: "GET", path: "/api/v1/files/{number}", cost: 0.2, action: send)]
    }

    private func send(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        guard isOpen else { throw Problem(.fileForbidden, "this server keeps its owner's music to itself") }
        // One way to write a number, so that there is one address for a file.
        guard let number = Int(rest), number > 0, "\(number)" == rest else {
            throw Problem(.notFound, "files have whole numbers")
        }
        let file: PlayableFile
        do {
            file = try catalogues.use { try $0.openFile(number) }
        } catch let refusal as PlayableFile.Refusal {
            throw FileAPI.problem(refusal)
        }
        let content = RangedContent(
            count: file.file.count, tag: file.tag, type: file.type, keeping: "private, no-cache")
        return .now(content.response(to: request) { .file(file.file, $0) })
    }

    private static func problem(_ refusal: PlayableFile.Refusal) -> Problem {
        switch refusal {
        case .unknown: Problem(.notFound, "the catalogue has no such file")
        case .gone: Problem(.fileGone, "the file is no longer where it was imported")
        case .changed: Problem(.fileChanged, "the file has changed since it was imported")
        case .noFile(let what): Problem(.fileChanged, "where the file was is \(what) now")
        case .outside: Problem(.fileForbidden, "a link leads out of the folder that was imported")
        case .unreadable(let reason): Problem(.fileForbidden, "the file cannot be opened: \(reason)")
        }
    }

    /// Songs as `SongJSON` writes them, each with what is needed to play its own file.
    static func withFiles(_ songs: JSONValue?, in catalogue: Catalogue) -> JSONValue {
        .array(
            (songs?.arrayValue ?? []).map { song in
                var fields = song.objectValue ?? [:]
                fields["file"] = song["id"]?.intValue.map { value($0, in: catalogue) } ?? .null
                return .object(fields)
            })
    }

    /// `null` where there is no file that could be played.
    private static func value(_ song: Int, in catalogue: Catalogue) -> JSONValue {
        guard let playable = try? catalogue.playable(song) else { return .null }
        return SongJSON.value(playable)
    }
}
