/// The pages and what they are made of.
struct PageRoutes: Sendable {
    let assets: AssetStore
    let token: AccessToken?
    /// Those of the engine's files that are kept in browsers, from the page; made when first asked for.
    let engine: @Sendable () -> [String]
    let songs: SongsFile
    let background: JobQueue
    /// For those who try tokens.
    let guesses: RateLimiter

    var routes: [Route] {
        [
            Route(method: "GET", path: "/", action: home),
            // The base path without its slash: what pages refer to would be looked for one level too high.
            Route(method: "GET", path: "", isOpen: true, cost: 0.2) { request, _ in
                .now(HTTPResponse(308, [("Location", request.base + "/")]))
            },
            Route(method: "GET", path: "/api/docs", cost: 0.2) { request, _ in try page("docs.html", request) },
            Route(method: "GET", path: "/api/v1/openapi.json", cost: 0.2) { request, _ in
                try page("openapi.json", request)
            },
            // The form for the token must look like something before anybody has it, and its files are no secret.
            Route(method: "GET", path: "/assets/{file}", isOpen: true, cost: 0.2) { request, _ in
                guard let file = assets.file(at: request.path) else { throw Problem(.notFound, "no such file") }
                return .now(file.response(to: request, isVersioned: assets.isCurrent(request.path)))
            },
            Route(method: "GET", path: "/favicon.ico", isOpen: true, cost: 0.2) { request, _ in
                .now(try file("icon.svg").response(to: request, isVersioned: false))
            },
            Route(method: "GET", path: "/" + WorkerScript.name, cost: 0.2) { request, _ in
                guard let place = background.place() else {
                    throw Problem(.overloaded, "files are being made", retryAfter: 1)
                }
                return .later(place) { _ in
                    assets.worker(engine: engine(), hasSongs: songs.isThere)?.response(to: request, isVersioned: false)
                        ?? Problem(.notFound, "no such file").response(below: request.base)
                }
            },
            Route(
                method: "POST", path: "/login", isOpen: true, bodyLimit: 1 << 10,
                accepts: ["application/x-www-form-urlencoded"], action: login),
        ]
    }

    private func file(_ name: String) throws -> Asset {
        guard let asset = assets.file(named: name) else { throw Problem(.notFound, "no such file") }
        return asset
    }

    private func page(_ name: String, _ request: HTTPRequest) throws -> Answer {
        guard let asset = assets.page(name, below: request.base) else { throw Problem(.notFound, "no such page") }
        return .now(asset.response(to: request, isVersioned: false))
    }

    private func home(_ request: HTTPRequest, _ rest: String) throws -> Answer { try page("index.html", request) }

    /// Takes the token from the form and gives the browser a cookie.
    private func login(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let text = String(decoding: request.body, as: UTF8.self)
        // Tokens have no characters that a form would encode.
        let guess = text.split(separator: "&").first { $0.hasPrefix("token=") }.map { String($0.dropFirst(6)) } ?? ""
        guard let token, token.matches(guess) else {
            try guesses.charge(request.client, "too many wrong tokens")
            // The form has something to say at this place.
            return .now(HTTPResponse(303, [("Location", "\(request.base)/#wrong"), ("Cache-Control", "no-store")]))
        }
        return .now(
            HTTPResponse(
                303,
                [
                    ("Location", request.base + "/"),
                    ("Set-Cookie", token.cookie(below: request.base, isSecure: request.isSecure)),
                    ("Cache-Control", "no-store"),
                ]))
    }
}
