import JSON

/// Why a request was not done, as RFC 9457 writes it ("Problem Details for HTTP APIs").
public struct Problem: Error, Sendable, Equatable {
    /// What clients tell problems apart by; also the anchor on the page that describes the API.
    public enum Kind: String, CaseIterable, Sendable {
        case badRequest = "bad-request"
        case badPicture = "bad-picture"
        case unauthorized
        case forbiddenHost = "forbidden-host"
        case crossSite = "cross-site"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case tooSlow = "too-slow"
        case tooLarge = "too-large"
        case unsupportedType = "unsupported-type"
        case unsupportedEncoding = "unsupported-encoding"
        case tooManyRequests = "too-many-requests"
        case overloaded
        case shuttingDown = "shutting-down"
        case notLive = "not-live"
        case fileGone = "file-gone"
        case fileChanged = "file-changed"
        case fileForbidden = "file-forbidden"
        case musicServerGone = "music-server-gone"
        case musicServerRefuses = "music-server-refuses"
        case musicServerFailed = "music-server-failed"
        case songGone = "song-gone"
        case catalogue
        case failed
    }

    public var kind: Kind
    public var detail: String
    /// Seconds after which trying again makes sense.
    public var retryAfter: Int?
    /// The methods that are allowed, for `methodNotAllowed`.
    public var allow: [String] = []

    public init(_ kind: Kind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// The answer where something was thrown by what is done later.
    static func answer(of error: any Error, below base: String) -> HTTPResponse {
        let problem = error as? Problem ?? Problem(.failed, "the request could not be answered")
        return problem.response(below: base)
    }

    public var status: Int {
        switch kind {
        case .badRequest: 400
        case .badPicture: 422
        case .unauthorized: 401
        case .crossSite: 403
        case .forbiddenHost: 421
        case .notFound, .notLive: 404
        case .fileForbidden: 403
        case .fileChanged: 409
        case .fileGone, .songGone: 410
        case .methodNotAllowed: 405
        case .tooSlow: 408
        case .tooLarge: 413
        case .unsupportedType: 415
        case .tooManyRequests: 429
        case .overloaded, .shuttingDown: 503
        case .catalogue, .failed: 500
        case .unsupportedEncoding: 501
        case .musicServerGone, .musicServerRefuses, .musicServerFailed: 502
        }
    }

    var title: String {
        switch kind {
        case .badRequest: "The request does not make sense"
        case .badPicture: "The picture cannot be used"
        case .unauthorized: "The access token is missing or wrong"
        case .forbiddenHost: "This server does not answer to that host name"
        case .crossSite: "Requests from other sites are refused"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "The method is not allowed here"
        case .tooSlow: "The request came too slowly"
        case .tooLarge: "The request is too large"
        case .unsupportedType: "The media type is not supported"
        case .unsupportedEncoding: "The transfer encoding is not supported"
        case .tooManyRequests: "Too many requests"
        case .overloaded: "The server is busy"
        case .shuttingDown: "The server is about to end"
        case .notLive: "No camera is connected to this server"
        case .fileGone: "The file is gone"
        case .fileChanged: "The file is another one now"
        case .fileForbidden: "The file may not be read"
        case .musicServerGone: "The music server cannot be reached"
        case .musicServerRefuses: "The music server does not let us in"
        case .musicServerFailed: "The music server does not give the song"
        case .songGone: "The music server has the song no more"
        case .catalogue: "The catalogue cannot be used"
        case .failed: "The server failed"
        }
    }

    /// The answer that says it (RFC 9457), to who asked below `base`.
    func response(below base: String = "") -> HTTPResponse {
        let json: JSONValue = [
            "type": .string("\(base)/api/docs#\(kind.rawValue)"), "title": .string(title), "status": .int(status),
            "detail": .string(detail),
        ]
        var result = HTTPResponse.json(json, status: status)
        result.headers[0].value = "application/problem+json"
        if let retryAfter { result.headers.append(("Retry-After", "\(retryAfter)")) }
        if !allow.isEmpty { result.headers.append(("Allow", allow.joined(separator: ", "))) }
        if kind == .unauthorized { result.headers.append(("WWW-Authenticate", "Bearer")) }
        return result
    }
}
