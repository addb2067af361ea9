/// The files with which browsers look at pictures themselves.
struct EngineRoutes: Sendable {
    let files: EngineFiles
    let background: JobQueue

    var routes: [Route] {
        [
            Route(method: "GET", path: EngineFiles.folder + "{file}", cost: 0.2) { request, name in
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
}
