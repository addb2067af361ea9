/// The files with which browsers look at pictures and choose songs themselves.
struct EngineRoutes: Sendable {
    let files: EngineFiles
    let songs: SongsFile
    let background: JobQueue

    var routes: [Route] {
        [
            Route(method: "GET", path: EngineFiles.folder + "{file}", cost: 0.2) { request, name in
                if name == SongsFile.name { return try giveSongs(to: request) }
                let isVersioned = files.isCurrent(request.value(EngineFiles.tagName))
                if let asset = files.known(name) { return .now(asset.response(to: request, isVersioned: isVersioned)) }
                guard let place = background.place() else {
                    throw Problem(.overloaded, "files are being made", retryAfter: 1)
                }
                return .later(place) { _ in
                    guard let asset = files.make(name) else {
                        return Problem(.notFound, "no such file").response(below: request.base)
                    }
                    return asset.response(to: request, isVersioned: isVersioned)
                }
            }
        ]
    }

    /// The catalogue, which changes: browsers ask each time, and mostly have it already.
    private func giveSongs(to request: HTTPRequest) throws -> Answer {
        if let asset = songs.known { return .now(asset.response(to: request, keeping: SongsFile.keeping)) }
        guard let place = background.place() else {
            throw Problem(.overloaded, "files are being made", retryAfter: 1)
        }
        return .later(place) { _ in
            do {
                guard let asset = try songs.make() else {
                    throw Problem(.notFound, "of so many songs the server chooses")
                }
                return asset.response(to: request, keeping: SongsFile.keeping)
            } catch {
                return Problem.answer(of: error, below: request.base)
            }
        }
    }
}
