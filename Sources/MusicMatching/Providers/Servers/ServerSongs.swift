import Threads

/// Songs that lie on the listener's own servers, heard and seen through this program: whoever listens learns no
/// credentials. Only servers whose songs were imported are asked. For any number of threads.
public final class ServerSongs: Sendable {
    /// The sound of a song, or a part of it.
    public struct Sound: Sendable {
        /// 200, 206 for a part, or 416 where there is no such part.
        public var status: Int
        public var type: String
        /// Bytes that come, where the server says so.
        public var count: Int?
        /// As the server says it: which part, and what stands for the whole.
        public var range: String?
        public var tag: String?
        public var download: HTTPDownload
    }

    /// What a listener wants of a song.
    public struct Wish: Sendable {
        /// The values of `Range` and `If-Range`; only one part in bytes is asked for.
        public var range: String?
        public var ifRange: String?
        /// Media types that can be played; of another type the server is asked for MP3. `nil`: all.
        public var types: Set<String>?
        /// Who listens: nobody gets all that is given. Empty: the program itself.
        public var client: String

        public init(range: String? = nil, ifRange: String? = nil, types: Set<String>? = nil, client: String = "") {
            self.client = client
            self.range = range
            self.ifRange = ifRange
            self.types = types
        }
    }

    private struct State {
        /// By their places; `nil` for what cannot be used.
        var servers: [String: (any MusicServer)?] = [:]
        /// Who could not be reached lately is not asked: until when, and why.
        var away: [String: (until: ContinuousClock.Instant, why: ProviderError)] = [:]
        var downloads: [ObjectIdentifier: (download: HTTPDownload, client: String)] = [:]
        var isClosed = false
    }

    private let http: HTTPClient
    private let make: @Sendable (_ place: String) throws(ProviderError) -> (any MusicServer)?
    private let state = Guarded(State())

    /// Songs that are given at one time, and those of one client.
    public static let most = 24, mostOfOne = 8
    /// Until the first byte.
    private static let patience = Duration.seconds(12)
    private static let pause = Duration.seconds(10)
    /// The largest picture, and of an answer that is none what is read.
    private static let largestCover = 4 << 20
    private static let largestWords = 64 << 10

    init(
        _ http: HTTPClient, make: @escaping @Sendable (String) throws(ProviderError) -> (any MusicServer)?
    ) {
        self.http = http
        self.make = make
    }

    /// The server that has the song of these identifiers and gives its sound.
    ///
    /// - Parameter places: of the lists that were imported, `Catalogue.sources`.
    public func server(of identifiers: [SongIdentifier], among places: [String]) -> (any MusicServer)? {
        servers(among: places).first { $0.number(among: identifiers) != nil }
    }

    /// Those that give their songs' sound.
    public func servers(among places: [String]) -> [any MusicServer] {
        places.filter(ServerPlace.isOne).compactMap(server(at:)).filter(\.givesSound)
    }

    private func server(at place: String) -> (any MusicServer)? {
        if let known = state.withLock({ $0.servers[place] }) { return known }
        // Credentials that come later count from the next start on.
        let made = try? make(place)
        return state.withLock { state in
            // Another thread may have been faster: what a server has learned is kept.
            if let known = state.servers[place] { return known }
            state.servers[place] = .some(made)
            return made
        }
    }

    /// Songs that are given now.
    package var open: Int { state.withLock { $0.downloads.count } }

    // MARK: - Sound

    /// The sound of a song that a server has. Throws `ProviderError`, `.rateLimited` if too many songs are given already.
    public func sound(of song: Song, from server: any MusicServer, _ wish: Wish) throws(ProviderError) -> Sound {
        let sound = try sound(song, server, wish, asMP3: false)
        guard let types = wish.types, sound.status < 300, !types.contains(sound.type) else { return sound }
        close(sound.download)
        do throws(ProviderError) {
            let other = try self.sound(song, server, wish, asMP3: true)
            if other.status >= 300 || types.contains(other.type) { return other }
            close(other.download)
        } catch {
            guard ![.offline, .timedOut, .cancelled, .rateLimited].contains(error.cause) else { throw error }
        }
        throw server.problem(.notUnderstood, "the song is \(sound.type), and is not made into anything else")
    }

    private func sound(
        _ song: Song, _ server: any MusicServer, _ wish: Wish, asMP3: Bool
    ) throws(ProviderError) -> Sound {
        let (head, download) = try ask(server, wish.client) { limit throws(ProviderError) in
            guard let number = server.number(of: song) else { throw server.problem(.notFound, "the song") }
            var request = try server.sound(of: number, asMP3: asMP3, limit)
            if let range = wish.range, ServerSongs.isOnePart(range) {
                request.headers.append(("Range", range))
                if let tag = wish.ifRange, ServerSongs.isTag(tag) { request.headers.append(("If-Range", tag)) }
            }
            return request
        }
        let type = ServerSongs.type(head)
        let isSound = (200...206).contains(head.status) && ServerSongs.isSound(type)
        guard isSound || head.status == 416 else { throw problem(server, head, download) }
        let range = head.headers["content-range"].flatMap { ServerSongs.isPlain($0) ? $0 : nil }
        return Sound(
            status: head.status == 416 ? 416 : head.status == 206 && range != nil ? 206 : 200, type: type,
            count: head.headers["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }, range: range,
            tag: head.headers["etag"].flatMap { ServerSongs.isTag($0) ? $0 : nil }, download: download)
    }

    /// Whoever took a download has left, or has it whole.
    public func close(_ download: HTTPDownload) {
        download.cancel()
        state.withLock { _ = $0.downloads.removeValue(forKey: ObjectIdentifier(download)) }
    }

    /// Ends all downloads; nothing is asked from now on.
    public func close() {
        let downloads = state.withLock { state in
            state.isClosed = true
            return state.downloads.values.map(\.download)
        }
        for download in downloads { download.cancel() }
    }

    // MARK: - Pictures

    /// The picture of a song that a server has, with its media type; `nil` if there is none. Throws `ProviderError`.
    public func cover(
        of song: Song, from server: any MusicServer
    ) throws(ProviderError) -> (type: String, bytes: [UInt8])? {
        let limit = CallLimit(ServerSongs.patience) { [self] in state.withLock { $0.isClosed } }
        try tellWhetherAway(server)
        let response: HTTPResponse
        do throws(ProviderError) {
            guard let number = server.number(of: song), var request = try server.cover(of: number, limit) else {
                return nil
            }
            request.sizeLimit = ServerSongs.largestCover
            request.timeout = ServerSongs.patience
            response = try send(request, server, limit)
        } catch {
            throw note(error, server)
        }
        let type = ServerSongs.type(response)
        guard response.status == 200, ["image/jpeg", "image/png", "image/webp", "image/gif"].contains(type) else {
            let problem = server.problem(of: response)
            if problem.cause == .notFound { return nil }
            throw problem
        }
        return (type, response.body)
    }

    private func send(
        _ request: HTTPRequest, _ server: any MusicServer, _ limit: CallLimit
    ) throws(ProviderError) -> HTTPResponse {
        do {
            return try http.send(request, limit)
        } catch {
            throw ProviderError(named: server.name, error)
        }
    }

    // MARK: - Asking

    private func ask(
        _ server: any MusicServer, _ client: String, _ request: (CallLimit) throws(ProviderError) -> HTTPRequest
    ) throws(ProviderError) -> (head: HTTPResponse, download: HTTPDownload) {
        try tellWhetherAway(server)
        let hasRoom = state.withLock { state in
            guard !state.isClosed, state.downloads.count < ServerSongs.most else { return false }
            return client.isEmpty || state.downloads.values.count { $0.client == client } < ServerSongs.mostOfOne
        }
        guard hasRoom else { throw server.problem(.rateLimited, "") }
        let limit = CallLimit(ServerSongs.patience) { [self] in state.withLock { $0.isClosed } }
        do throws(ProviderError) {
            var asked = try request(limit)
            asked.connectTimeout = .seconds(5)
            let opened: (head: HTTPResponse, download: HTTPDownload)
            do {
                opened = try HTTPDownload.open(asked, http, limit)
            } catch {
                throw ProviderError(named: server.name, error)
            }
            let isLate = state.withLock { state in
                state.downloads[ObjectIdentifier(opened.download)] = (opened.download, client)
                return state.isClosed
            }
            if isLate { opened.download.cancel() }
            return opened
        } catch {
            throw note(error, server)
        }
    }

    /// What an answer that is no sound says.
    private func problem(
        _ server: any MusicServer, _ head: HTTPResponse, _ download: HTTPDownload
    ) -> ProviderError {
        var answer = head
        answer.body = (try? download.rest(upTo: ServerSongs.largestWords, CallLimit(.seconds(2)))) ?? []
        close(download)
        return server.problem(of: answer)
    }

    private func tellWhetherAway(_ server: any MusicServer) throws(ProviderError) {
        let away = state.withLock { $0.away[server.place] }
        if let away, away.until > .now { throw away.why }
    }

    private func note(_ error: ProviderError, _ server: any MusicServer) -> ProviderError {
        if [.offline, .timedOut].contains(error.cause) {
            state.withLock { $0.away[server.place] = (.now + ServerSongs.pause, error) }
        }
        return error
    }

    // MARK: - What servers and listeners may say

    /// The media type, as browsers call it.
    private static func type(_ head: HTTPResponse) -> String {
        let said = (head.headers["content-type"] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
        return [
            "audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/x-mpeg": "audio/mpeg",
            "application/ogg": "audio/ogg", "audio/opus": "audio/ogg", "audio/vorbis": "audio/ogg",
            "audio/x-flac": "audio/flac", "audio/m4a": "audio/mp4", "audio/x-m4a": "audio/mp4",
            "video/mp4": "audio/mp4", "audio/x-wav": "audio/wav", "audio/wave": "audio/wav",
            "audio/vnd.wave": "audio/wav", "audio/x-aac": "audio/aac",
        ][said] ?? said
    }

    private static func isSound(_ type: String) -> Bool {
        type.hasPrefix("audio/") && type.dropFirst(6).utf8.allSatisfy { (0x2B...0x7A).contains($0) }
    }

    /// "bytes=0-", "bytes=100-199", "bytes=-500"
    private static func isOnePart(_ range: String) -> Bool {
        guard range.hasPrefix("bytes="), range.utf8.count <= 60 else { return false }
        let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        return ends.count == 2 && ends.contains { !$0.isEmpty }
            && ends.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private static func isTag(_ text: String) -> Bool {
        text.utf8.count <= 200 && text.hasSuffix("\"") && (text.hasPrefix("\"") || text.hasPrefix("W/\""))
            && isPlain(text)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 200 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
