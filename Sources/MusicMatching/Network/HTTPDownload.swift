import Threads
import Timing

/// An answer whose body comes piece by piece: a thread of its own reads a little ahead of whoever takes it, and waits where
/// nobody does. For one taker; anybody may cancel it.
public final class HTTPDownload: @unchecked Sendable {
    // Safe to share: everything that changes is read and written under the lock of `change`.

    /// What comes next of the body.
    public enum Piece: Sendable {
        case bytes([UInt8])
        /// Nothing yet.
        case none
        case end
        /// It broke off.
        case failed(HTTPError)
    }

    /// Bytes that are read ahead.
    private static let ahead = 256 << 10
    /// The longest that anything may take to come once it is waited for.
    private static let patience = Duration.seconds(20)
    /// The longest that a whole download may take: of a set of hours, paused in between.
    private static let longest = Duration.seconds(12 * 3600)

    private let change = Condition()
    private var head: HTTPResponse?
    private var pieces: [ArraySlice<UInt8>] = []
    private var held = 0
    private var result: Result<Void, HTTPError>?
    private var isCancelled = false
    /// When the server was last waited for or heard.
    private var lastHeard = ContinuousClock.now
    /// Wakes the taker, who waits for the next piece.
    private var wake: (@Sendable () -> Void)?

    private init() {}

    /// Asks for something and waits until its head is there; redirections are not followed. Throws `HTTPError`.
    ///
    /// - Returns: the answer without its body, whatever its status, and the body as it comes.
    public static func open(
        _ request: HTTPRequest, _ client: HTTPClient, _ limit: CallLimit
    ) throws(HTTPError) -> (head: HTTPResponse, download: HTTPDownload) {
        let download = HTTPDownload()
        var request = request
        request.timeout = HTTPDownload.longest
        request.acceptsPacked = false
        let asked = request
        guard WorkerThread.startDetached({ download.work(asked, client) }) else {
            throw .torn("the system has no thread left")
        }
        do throws(HTTPError) {
            return (try download.waitForHead(limit), download)
        } catch {
            download.cancel()
            throw error
        }
    }

    private func waitForHead(_ limit: CallLimit) throws(HTTPError) -> HTTPResponse {
        try change.withLock { () throws(HTTPError) -> HTTPResponse in
            while true {
                if let head { return head }
                if case .failure(let error) = result { throw error }
                if limit.isCancelled { throw .cancelled }
                guard limit.remaining > .zero else { throw .timedOut }
                // Asked again this often whether anybody still waits.
                change.wait(until: monotonicNanoseconds() + 50_000_000)
            }
        }
    }

    /// The next bytes, at most `limit`. Where there are none yet, `wait` is called, and what it gives is called once when
    /// there are.
    public func take(limit: Int, wait: () -> @Sendable () -> Void) -> Piece {
        change.withLock {
            if let first = pieces.first {
                let part = first.prefix(limit)
                if part.count == first.count { pieces.removeFirst() } else { pieces[0] = first.dropFirst(part.count) }
                held -= part.count
                change.broadcast()
                return .bytes(Array(part))
            }
            switch result {
            case .success?: return .end
            case .failure(let error)?: return .failed(error)
            case nil:
                wake = wait()
                return .none
            }
        }
    }

    /// All that is left of the body, if it has at most so many bytes. Throws `HTTPError`.
    package func rest(upTo most: Int, _ limit: CallLimit) throws(HTTPError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            switch take(limit: 1 << 20, wait: { {} }) {
            case .bytes(let more):
                bytes += more
                guard bytes.count <= most else { throw .tooLarge(limit: most) }
            case .end: return bytes
            case .failed(let error): throw error
            case .none:
                guard !limit.isOver else { throw limit.isCancelled ? .cancelled : .timedOut }
                change.withLock {
                    if pieces.isEmpty, result == nil { change.wait(until: monotonicNanoseconds() + 50_000_000) }
                }
            }
        }
    }

    /// Whoever took the body has left.
    public func cancel() {
        change.withLock {
            isCancelled = true
            change.broadcast()
        }
    }

    // MARK: - The download's thread

    private func work(_ request: HTTPRequest, _ client: HTTPClient) {
        let limit = CallLimit(HTTPDownload.longest) { [self] in
            change.withLock { isCancelled || ContinuousClock.now - lastHeard > HTTPDownload.patience }
        }
        do throws(HTTPError) {
            let answer = try client.transfer(request, limit) { [self] in hear($0, $1) }
            finish(.success(()), answer)
        } catch {
            // Who was silent for too long was left for that.
            let isLate = error == .cancelled && !change.withLock { isCancelled }
            finish(.failure(isLate ? .timedOut : error), nil)
        }
    }

    private func hear(_ answer: HTTPResponse, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let sleeper = change.withLock { () -> (@Sendable () -> Void)? in
            head = head ?? answer
            while held >= HTTPDownload.ahead, !isCancelled { change.wait() }
            lastHeard = .now
            if !bytes.isEmpty { pieces.append(Array(bytes)[...]) }
            held += bytes.count
            change.broadcast()
            defer { wake = nil }
            return wake
        }
        sleeper?()
        return change.withLock { !isCancelled }
    }

    /// - Parameter answer: with its head, also where there was no body.
    private func finish(_ result: Result<Void, HTTPError>, _ answer: HTTPResponse?) {
        let sleeper = change.withLock { () -> (@Sendable () -> Void)? in
            head = head ?? answer
            self.result = result
            change.broadcast()
            defer { wake = nil }
            return wake
        }
        sleeper?()
    }
}
