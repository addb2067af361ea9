/// What a server asks about each request. Called from several threads at once, so it must not wait for long.
public protocol HTTPHandler: AnyObject, Sendable {
    /// Looks at a request before its body is read: how large the body may be. Throws `Problem` to refuse it.
    func admit(_ request: HTTPRequest) throws -> Int

    /// Answers a request.
    func answer(_ request: HTTPRequest) -> Answer

    /// Makes the answer to a refused request; also adds what all answers have.
    func refuse(_ problem: Problem, _ request: HTTPRequest) -> HTTPResponse

    /// A request is over: for counting. `status` is 0 if the client left before it was answered.
    func note(_ request: HTTPRequest, status: Int, seconds: Double)
}

/// How a request is answered.
public enum Answer: Sendable {
    case now(HTTPResponse)
    /// By a worker of a queue in which a place is taken already.
    case later(JobQueue.Place, @Sendable (_ worker: Int) -> HTTPResponse)
}
