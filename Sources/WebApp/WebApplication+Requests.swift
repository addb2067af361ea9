import TextCoding

// Who is let in, where a request goes, and what every answer has.

extension WebApplication {
    public func admit(_ request: HTTPRequest) throws -> Int {
        let request = original(request)
        try origins.check(request)
        let found = Result { try router.find(request) }
        let known = try? found.get().route
        try limiter.charge(payer(request, known), cost: known?.cost ?? 1, "slow down a little")
        if known?.isOpen != true { try authorise(request) }
        let route = try found.get().route
        try router.check(request, route)
        return route.bodyLimit
    }

    /// Whose share a request is taken from. Pictures are their session's: there may be many cameras behind one address.
    private func payer(_ request: HTTPRequest, _ route: Route?) -> String {
        guard route?.path == AnalyseAPI.path, let session = request.headers[AnalyseAPI.sessionHeader],
            analysis.sessions.find(session) != nil
        else { return request.client }
        return session
    }

    private func authorise(_ request: HTTPRequest) throws {
        guard let token, !token.isCarried(by: request) else { return }
        // Whoever tries tokens gets slow.
        if AccessToken.isTried(by: request) { try guesses.charge(request.client, "too many wrong tokens") }
        throw Problem(.unauthorized, "give the token that the server was started with as 'Authorization: Bearer TOKEN'")
    }

    /// The request as the proxy on this machine got it, if there is one, with the path as routes have it.
    private func original(_ request: HTTPRequest) -> HTTPRequest {
        var original = request
        original.base = options.basePath
        original.path = BasePath.cut(options.basePath, from: request.path)
        guard options.isBehindProxy, isProxy(request.client) else { return original }
        if let prefix = request.last(BasePath.header).flatMap({ BasePath.parse(String($0)) }) { original.base = prefix }
        // The last entry is the one that the proxy made itself; there may be more of them.
        let entries = (request.headers["x-forwarded-for"] ?? "").split(separator: ",").map {
            AddressRange.plain(trimmed($0))
        }
        if let client = entries.last(where: { !isProxy($0) }) ?? entries.first {
            original.client = String(client.prefix(64))
        }
        if request.last("x-forwarded-proto")?.lowercased() == "https" { original.isSecure = true }
        return original
    }

    private func isProxy(_ client: String) -> Bool {
        client == "127.0.0.1" || client == "::1" || options.proxies.contains { $0.contains(client) }
    }

    public func answer(_ request: HTTPRequest) -> Answer {
        let request = original(request)
        do {
            let (route, rest) = try router.find(request)
            guard route.asksCatalogue, let questions else { return answer(request, route, rest) }
            guard let place = questions.place() else {
                throw Problem(.overloaded, "the catalogue is slow", retryAfter: 2)
            }
            return .later(place) { [self] worker in
                switch answer(request, route, rest) {
                case .now(let response): return response
                // It is done here.
                case .later(let other, let work):
                    defer { other.giveBack() }
                    return work(worker)
                }
            }
        } catch {
            return .now(refusal(problem(error), request))
        }
    }

    private func answer(_ request: HTTPRequest, _ route: Route, _ rest: String) -> Answer {
        do {
            switch try route.action(request, rest) {
            case .now(let response): return .now(finished(response, request))
            case .later(let place, let work): return .later(place) { [self] in finished(work($0), request) }
            }
        } catch {
            return .now(refusal(problem(error), request))
        }
    }

    private func problem(_ error: any Error) -> Problem {
        error as? Problem ?? Problem(.failed, "the request could not be answered")
    }

    public func refuse(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse {
        refusal(problem, original(request))
    }

    private func refusal(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse {
        var problem = problem
        if let remedy = options.remedies[problem.kind] { problem.detail += "; \(remedy)" }
        var response = problem.response(below: request.base)
        guard problem.kind == .unauthorized else { return finished(response, request) }
        // People who open the page without the token get a form instead of JSON.
        if request.method == "GET", (request.headers["accept"] ?? "").contains("text/html"),
            let page = assets.page("login.html", below: request.base)
        {
            var plain = request
            plain.headers["if-none-match"] = nil
            response = page.response(to: plain, isVersioned: false)
            response.status = 401
            response.headers.append(("WWW-Authenticate", "Bearer"))
        }
        // Otherwise each request of a browser whose token has changed would count as a guess.
        if request.cookie(AccessToken.cookieName) != nil {
            response.headers.append(("Set-Cookie", AccessToken.expiredCookie(below: request.base)))
        }
        return finished(response, request)
    }

    private func finished(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        var response = response
        SecurityHeaders.add(to: &response, isSecure: request.isSecure)
        return response
    }

    public func note(_ request: HTTPRequest, status: Int, seconds: Double) {
        let request = original(request)
        let route = (try? router.find(request).route.path) ?? "other"
        let method = ["GET", "HEAD", "POST", "DELETE"].contains(request.method) ? request.method : "other"
        metrics.requested(route: route, method: method, status: status, seconds: seconds)
        options.log?("\(request.client) \(method) \(route) \(status) \(Int(seconds * 1000)) ms")
    }
}
