/// Something that can be asked of the server.
struct Route: Sendable {
    typealias Action = @Sendable (HTTPRequest, _ rest: String) throws -> Answer

    var method: String
    /// As in the OpenAPI description: `/api/v1/sessions/{session}`. A part in braces may only be the last.
    var path: String
    /// Whether it is answered without an access token.
    var isOpen = false
    /// What it costs of a client's share (`RateLimiter`).
    var cost = 1.0
    /// Whether the catalogue is asked, which may be far away; then its answer is made at once (`Answer.now`).
    var asksCatalogue = false
    /// Bytes of the body that are read.
    var bodyLimit = 0
    /// Media types of the body; `image/*` stands for all pictures.
    var accepts: [String] = []
    var action: Action

    /// The part of a path that stands for the one in braces; `nil` if the path is another one.
    func match(_ path: String) -> String? {
        guard let brace = self.path.firstIndex(of: "{") else { return path == self.path ? "" : nil }
        let start = self.path[..<brace]
        guard path.hasPrefix(start), path.utf8.count > start.utf8.count else { return nil }
        let rest = path.dropFirst(start.count)
        // Files of the page lie in folders; other names have no slash.
        return self.path.hasSuffix("{file}") || !rest.contains("/") ? String(rest) : nil
    }
}

extension [Route] {
    /// The same routes, which ask the catalogue.
    var askingCatalogue: [Route] {
        map { route in
            var route = route
            route.asksCatalogue = true
            return route
        }
    }
}

/// Finds the route for a request.
struct Router: Sendable {
    let routes: [Route]

    /// Throws `Problem` if there is none.
    func find(_ request: HTTPRequest) throws -> (route: Route, rest: String) {
        let method = request.method == "HEAD" ? "GET" : request.method
        var others: [String] = []
        for route in routes {
            guard let rest = route.match(request.path) else { continue }
            if route.method == method { return (route, rest) }
            others.append(route.method)
        }
        guard !others.isEmpty else { throw Problem(.notFound, "see /api/docs for what there is") }
        var problem = Problem(.methodNotAllowed, "allowed here: \(others.joined(separator: ", "))")
        problem.allow = others + (others.contains("GET") ? ["HEAD"] : [])
        throw problem
    }

    /// What must hold before a body is read. Throws `Problem`.
    func check(_ request: HTTPRequest, _ route: Route) throws {
        guard !route.accepts.isEmpty else { return }
        // What says nothing of itself may be anything (RFC 9110, section 8.3).
        let type = request.contentType ?? "application/octet-stream"
        guard route.accepts.contains(where: { $0 == type || $0.hasSuffix("/*") && type.hasPrefix($0.dropLast()) })
        else {
            let isForm = type == "multipart/form-data" || type == "application/x-www-form-urlencoded"
            let hint = isForm ? ", alone as the body and so named in Content-Type, not in a form" : ""
            throw Problem(.unsupportedType, "send \(route.accepts.joined(separator: " or "))\(hint)")
        }
    }
}
