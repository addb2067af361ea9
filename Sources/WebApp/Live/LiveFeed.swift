import Threads

/// What a camera of this machine sees, for any number of watchers: the newest picture and what happened. A watcher
/// that is slow misses pictures and never holds others up.
public final class LiveFeed: Sendable {
    private struct State {
        /// The JPEG, and its number.
        var picture: [UInt8] = []
        var pictureNumber = 0
        var events: [Event] = []
        var eventNumber = 0
        var pulse = 0
        var isClosed = false
        var waiting: [WakeUp] = []
        var watchers = 0
    }

    private struct Event {
        var number: Int
        var text: String
    }

    /// How far a watcher has heard.
    fileprivate struct Heard {
        var event = 0
        var pulse = 0
    }

    /// Watchers at one time.
    public static let watcherLimit = 64
    /// Events that are kept for watchers who are late.
    private static let history = 64

    private let state = Guarded(State())

    public init() {}

    /// Shows the next picture, a JPEG file.
    public func show(_ jpeg: [UInt8]) {
        change { state in
            state.picture = jpeg
            state.pictureNumber += 1
        }
    }

    /// Tells what happened: `name` is the kind of event, `data` its JSON in one line.
    public func tell(_ name: String, _ data: String) {
        change { state in
            state.eventNumber += 1
            let text = "id: \(state.eventNumber)\nevent: \(name)\ndata: \(data)\n\n"
            state.events.append(Event(number: state.eventNumber, text: text))
            if state.events.count > LiveFeed.history { state.events.removeFirst() }
        }
    }

    /// Ends all watchers' streams.
    public func close() { change { $0.isClosed = true } }

    /// Sends watchers something even if nothing happened, a comment or the last picture again: only who is sent to is
    /// noticed when he has left.
    package func nudge() {
        change { state in
            state.pulse += 1
            if !state.picture.isEmpty { state.pictureNumber += 1 }
        }
    }

    public var watchers: Int { state.withLock { $0.watchers } }

    private func change(_ body: (inout State) -> Void) {
        let sleepers = state.withLock { state in
            body(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for sleeper in sleepers { sleeper.call() }
    }

    /// A stream of server-sent events (WHATWG HTML, section 9.2), or `nil` when there are too many watchers.
    func events() -> (any ByteStream)? { enter() ? EventStream(self) : nil }

    /// A stream of pictures (`multipart/x-mixed-replace`), or `nil` when there are too many watchers.
    func pictures() -> (any ByteStream)? { enter() ? PictureStream(self) : nil }

    private func enter() -> Bool {
        state.withLock { state in
            guard state.watchers < LiveFeed.watcherLimit, !state.isClosed else { return false }
            state.watchers += 1
            return true
        }
    }

    fileprivate var now: Heard { state.withLock { Heard(event: $0.eventNumber, pulse: $0.pulse) } }

    fileprivate func leave() { state.withLock { $0.watchers -= 1 } }

    /// Events that were not heard yet: one, and others as far as all have at most so many bytes; the connection sleeps if
    /// there are none.
    fileprivate func events(_ heard: inout Heard, limit: Int, wait: () -> WakeUp) -> StreamRead {
        state.withLock { state in
            var bytes: [UInt8] = []
            for event in state.events where event.number > heard.event {
                guard bytes.isEmpty || bytes.count + event.text.utf8.count <= limit else { break }
                bytes += Array(event.text.utf8)
                heard.event = event.number
            }
            if bytes.isEmpty, state.pulse > heard.pulse { bytes = Array(": \n\n".utf8) }
            heard.pulse = state.pulse
            if !bytes.isEmpty { return .bytes(bytes) }
            if state.isClosed { return .end }
            state.waiting.append(wait())
            return .none
        }
    }

    fileprivate func picture(after number: Int, wait: () -> WakeUp) -> (picture: [UInt8]?, number: Int, isEnd: Bool) {
        state.withLock { state in
            if state.isClosed { return (nil, number, true) }
            if state.pictureNumber > number { return (state.picture, state.pictureNumber, false) }
            state.waiting.append(wait())
            return (nil, number, false)
        }
    }
}

/// One watcher's events.
private final class EventStream: ByteStream, @unchecked Sendable {
    // Safe to share: the connection's thread alone reads, and closes after the last read.
    private let feed: LiveFeed
    private var heard: LiveFeed.Heard
    private var hasBegun = false
    /// What is left of an event that is longer than what can be sent at once.
    private var pending: ArraySlice<UInt8> = []

    init(_ feed: LiveFeed) {
        self.feed = feed
        // Who comes now gets the last event, not the old ones.
        heard = feed.now
        heard.event = max(0, heard.event - 1)
    }

    func read(limit: Int, wait: () -> WakeUp) -> StreamRead {
        if !hasBegun {
            hasBegun = true
            return .bytes(Array("retry: 2000\n\n".utf8))
        }
        if pending.isEmpty {
            let next = feed.events(&heard, limit: limit, wait: wait)
            guard case .bytes(let bytes) = next else { return next }
            pending = bytes[...]
        }
        let part = pending.prefix(limit)
        pending = pending.dropFirst(part.count)
        return .bytes(Array(part))
    }

    func close() { feed.leave() }
}

/// One watcher's pictures: each is sent whole, and the next is the newest there is then.
private final class PictureStream: ByteStream, @unchecked Sendable {
    // Safe to share: the connection's thread alone reads, and closes after the last read.
    static let boundary = "fermusic-frame"
    private let feed: LiveFeed
    private var number = 0
    private var pending: ArraySlice<UInt8> = []

    init(_ feed: LiveFeed) { self.feed = feed }

    func read(limit: Int, wait: () -> WakeUp) -> StreamRead {
        if pending.isEmpty {
            let next = feed.picture(after: number, wait: wait)
            number = next.number
            if next.isEnd { return .end }
            guard let picture = next.picture else { return .none }
            let head =
                "--\(PictureStream.boundary)\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
            pending = ArraySlice(Array(head.utf8) + picture + [13, 10])
        }
        let part = pending.prefix(limit)
        pending = pending.dropFirst(part.count)
        return .bytes(Array(part))
    }

    func close() { feed.leave() }
}

extension LiveFeed {
    static var pictureType: String { "multipart/x-mixed-replace; boundary=\(PictureStream.boundary)" }
}
