import Glibc

/// One kind of request of a service: it has its own circuit breaker.
struct Endpoint: Sendable {
    var service: MusicService
    /// "search", "token", ...
    var name: String
    var allowance: CallAllowance?
    /// Whether doing it twice does no harm.
    var isRepeatable = true

    var id: String { "\(service.rawValue).\(name)" }
}

/// What an answer means.
enum Verdict<Value> {
    case fine(Value)
    /// It may work in so many seconds, or after the usual pause.
    case again(ProviderError, after: Int?)
    /// Nothing works for so many seconds.
    case pause(ProviderError, seconds: Int)
    /// Asking again would give the same.
    case final(ProviderError)
}

/// Asks services with everything that keeps both sides well: breakers, allowances, `Retry-After`, back-off with
/// jitter. For any number of threads.
final class ServiceClient: Sendable {
    let http: HTTPClient
    let memory: ServiceMemory
    private let credentials: Credentials

    init(_ http: HTTPClient, _ memory: ServiceMemory, _ credentials: Credentials) {
        self.http = http
        self.memory = memory
        self.credentials = credentials
    }

    private static let attempts = 3

    /// What `judge` makes of the answer to a request. Throws `ProviderError`.
    func send<Value>(
        _ request: HTTPRequest, to endpoint: Endpoint, _ limit: CallLimit, judge: (HTTPResponse) -> Verdict<Value>
    ) throws(ProviderError) -> Value {
        if let pause = memory.pause(of: endpoint.id) {
            throw ProviderError(endpoint.service, pause.cause, pause.reason, until: pause.until)
        }
        var attempt = 0
        while true {
            attempt += 1
            // When the time is over nobody is asked, so nobody fails.
            if limit.isOver {
                throw ProviderError(
                    named: endpoint.service.name, limit.isCancelled ? HTTPError.cancelled : HTTPError.timedOut)
            }
            try waitForAllowance(endpoint, limit)
            switch once(request, endpoint, limit, isLast: attempt == ServiceClient.attempts, judge) {
            case .value(let value): return value
            case .failed(let error): throw error
            case .again(let error, let seconds):
                let wait = seconds.map { .seconds($0) } ?? ServiceClient.backOff(attempt)
                guard wait < limit.remaining, limit.sleep(wait) else { throw error }
            }
        }
    }

    private enum Outcome<Value> {
        case value(Value)
        case failed(ProviderError)
        case again(ProviderError, seconds: Int?)
    }

    private func once<Value>(
        _ request: HTTPRequest, _ endpoint: Endpoint, _ limit: CallLimit, isLast: Bool,
        _ judge: (HTTPResponse) -> Verdict<Value>
    ) -> Outcome<Value> {
        let verdict: Verdict<Value>, began = ContinuousClock.now
        do {
            verdict = judge(try http.send(request, limit))
        } catch {
            let failure = cleaned(ProviderError(named: endpoint.service.name, error), request)
            return outcome(of: error, failure, endpoint, began: began, isLast: isLast)
        }
        switch verdict {
        case .fine(let value):
            memory.noteSuccess(of: endpoint.id)
            return .value(value)
        case .final(let repeated):
            let error = cleaned(repeated, request)
            // The server is there; it only does not do this. Nonsense is a failure.
            if error.cause == .notUnderstood {
                memory.noteFailure(of: endpoint.id, error, began: began)
            } else {
                memory.noteSuccess(of: endpoint.id)
            }
            return .failed(error)
        case .pause(let error, let seconds): return .failed(pause(endpoint, cleaned(error, request), seconds))
        case .again(let repeated, let seconds):
            let error = cleaned(repeated, request)
            // Who is told to come back later was not heard; a server that failed may have done it.
            let isRepeatable = endpoint.isRepeatable || error.cause == .rateLimited
            guard let seconds else {
                memory.noteFailure(of: endpoint.id, error, began: began)
                return isLast || !isRepeatable ? .failed(error) : .again(error, seconds: nil)
            }
            if isLast || !isRepeatable || .seconds(seconds) >= limit.remaining {
                return .failed(pause(endpoint, error, seconds))
            }
            return .again(error, seconds: seconds)
        }
    }

    private func outcome<Value>(
        of error: HTTPError, _ failure: ProviderError, _ endpoint: Endpoint, began: ContinuousClock.Instant,
        isLast: Bool
    ) -> Outcome<Value> {
        switch error {
        case .cancelled, .badAddress, .libraryMissing: return .failed(failure)
        case .torn:
            memory.noteFailure(of: endpoint.id, failure, began: began)
            return isLast || !endpoint.isRepeatable ? .failed(failure) : .again(failure, seconds: nil)
        // Who cannot be reached now cannot be in a moment either.
        default:
            memory.noteFailure(of: endpoint.id, failure, began: began)
            return .failed(failure)
        }
    }

    /// The error without anything secret that the server repeated.
    private func cleaned(_ error: ProviderError, _ request: HTTPRequest) -> ProviderError {
        var error = error
        error.detail = error.detail.hiding((credentials.secrets + request.secrets).asWritten)
        return error
    }

    private func pause(_ endpoint: Endpoint, _ error: ProviderError, _ seconds: Int) -> ProviderError {
        var error = error
        error.until = memory.now() + max(1, seconds)
        memory.pause(endpoint.id, until: error.until ?? 0, error)
        return error
    }

    /// Waits for a call of the endpoint's allowance if there is one soon. Throws `ProviderError`.
    private func waitForAllowance(_ endpoint: Endpoint, _ limit: CallLimit) throws(ProviderError) {
        guard let allowance = endpoint.allowance else { return }
        while let seconds = memory.reserve(allowance) {
            guard .seconds(seconds) < limit.remaining, limit.sleep(.seconds(seconds)) else {
                let isDaily = allowance.seconds >= 86400
                throw ProviderError(
                    endpoint.service, isDaily ? .quotaExceeded : .rateLimited,
                    isDaily ? "\(allowance.calls) calls a day" : "", until: memory.now() + seconds)
            }
        }
    }

    /// A quarter of a second, half a second, ...: a random part of it, so that many who failed together don't come back
    /// together.
    static func backOff(_ attempt: Int) -> Duration {
        .milliseconds(Int.random(in: 125...250) << min(attempt - 1, 6))
    }
}
