import Glibc
import TextCoding

/// The Music Player Daemon (0.21 and later), by its line protocol: `localhost:6600`, `nas`, or the path of its socket.
///
/// `MPD_PASSWORD` is sent where it is set.
public struct MPDServer: MusicServer {
    public let name = "MPD"
    public let kind = SongIdentifier.Kind(rawValue: "mpd")
    public let place: String
    private let password: String?

    public init(_ address: String, password: String? = nil) {
        place = ServerPlace.place(ofMPD: address)
        self.password = password
    }

    private func connect(_ limit: CallLimit) throws(ProviderError) -> MPDConnection {
        let connection = try MPDConnection(place, limit)
        if let password { _ = try connection.ask(["password", password], secret: password) }
        return connection
    }

    public func check(_ limit: CallLimit) throws(ProviderError) -> String {
        let connection = try connect(limit)
        let answer = try connection.ask(["stats"])
        let songs = answer.last { $0.name == "songs" }?.value ?? "0"
        return "protocol \(connection.version), \(counted(Int(songs) ?? 0, "song"))"
    }

    public func songs(_ limit: CallLimit, progress: (Int) -> Void) throws(ProviderError) -> [SongDraft] {
        let connection = try connect(limit)
        var songs: [SongDraft] = [], folders = [""], seen = 0
        // A folder at a time: one answer with everything is more than servers like to hold.
        while let folder = folders.popLast() {
            seen += 1
            guard seen <= 1_000_000 else { throw problem(.notUnderstood, "more folders than can be") }
            let answer = try connection.ask(["lsinfo", folder])
            var fields: [(name: String, value: String)] = []
            for line in answer + [("end", "")] {
                if ["file", "directory", "playlist", "end"].contains(line.name) {
                    if let song = draft(fields) { songs.append(song) }
                    fields = []
                    if line.name == "directory" { folders.append(line.value) }
                }
                fields.append(line)
            }
            progress(songs.count)
        }
        return songs
    }

    private func draft(_ fields: [(name: String, value: String)]) -> SongDraft? {
        guard let file = fields.first, file.name == "file" else { return nil }
        func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
        let artists = all("artist").isEmpty ? all("albumartist") : all("artist")
        func named(_ title: String?) -> SongDraft? {
            ListedSong.draft(served: title, artists.joined(separator: ", "), album: all("album").first)
        }
        let isNamed = !all("title").isEmpty && !artists.isEmpty
        guard
            var song = (isNamed ? named(all("title").first) : ListPlaces.names("/" + file.value))
                ?? named(all("title").first ?? file.value.lastPathPart.withoutPathExtension)
        else { return nil }
        song.year = all("date").first.flatMap(SongRowReader.year)
        song.genres = all("genre")
        song.hints = all("mood")
        if let seconds = (all("duration").first ?? all("time").first).flatMap(Double.init), seconds > 0,
            seconds < 86_400
        {
            song.duration = Int(seconds * 1000)
        }
        song.identifiers = [identifier(file.value)]
        if let id = all("musicbrainz_trackid").first?.lowercased(), id.utf8.count == 36 {
            song.identifiers.append(SongIdentifier(.musicBrainz, id))
        }
        return song
    }

    @discardableResult
    public func save(_ songs: [String], name: String, _ limit: CallLimit) throws(ProviderError) -> [String] {
        let connection = try connect(limit)
        // Slashes and line breaks have no place in the name of a file.
        let name = String(name.map { $0 == "/" || $0.isNewline ? "-" : $0 })
        // Saved again under its name, a list takes the old one's place, once it is whole.
        let new = name + " (fermusic is saving)"
        try remove(new, connection)
        let lost = try add(songs, ["playlistadd", new], connection)
        try remove(name, connection)
        _ = try connection.ask(["rename", new, name])
        return lost
    }

    private func remove(_ list: String, _ connection: MPDConnection) throws(ProviderError) {
        do throws(ProviderError) {
            _ = try connection.ask(["rm", list])
        } catch {
            if error.cause != .notFound { throw error }
        }
    }

    /// Songs that are gone are passed over, and told. Throws if all are.
    private func add(
        _ songs: [String], _ command: [String], _ connection: MPDConnection
    ) throws(ProviderError) -> [String] {
        var gone: [String] = []
        for song in songs {
            do throws(ProviderError) {
                _ = try connection.ask(command + [song])
            } catch {
                guard error.cause == .notFound, gone.count + 1 < songs.count else { throw error }
                gone.append(song)
            }
        }
        return gone
    }

    public func play(_ songs: [String], _ limit: CallLimit) throws(ProviderError) {
        let connection = try connect(limit)
        // What played so far goes when there is something else to play; songs that are gone are passed over.
        let before = try connection.ask(["status"]).first { $0.name == "playlistlength" }.flatMap { Int($0.value) } ?? 0
        _ = try add(songs, ["add"], connection)
        if before > 0 { _ = try connection.ask(["delete", "0:\(before)"]) }
        _ = try connection.ask(["play", "0"])
    }
}

/// One connection to MPD, for one thread.
final class MPDConnection {
    private(set) var version = ""
    private let place: String
    private let limit: CallLimit
    private var socket: Int32 = -1
    private var buffer: [UInt8] = []

    private static let lineLimit = 1 << 20

    /// Throws `ProviderError`.
    init(_ place: String, _ limit: CallLimit) throws(ProviderError) {
        self.place = place
        self.limit = limit
        do throws(StreamSocket.Failure) {
            socket = try StreamSocket.open(place, port: "6600", limit)
        } catch {
            if error.isCancelled { throw failure(.cancelled, error.reason) }
            throw failure(
                limit.remaining > .zero ? .offline : .timedOut, "cannot be reached at \(place): \(error.reason)")
        }
        let greeting = try line()
        guard greeting.hasPrefix("OK MPD ") else { throw failure(.notUnderstood, "no MPD is at \(place)") }
        version = String(greeting.dropFirst(7).prefix(20))
    }

    deinit { if socket >= 0 { close(socket) } }

    /// Sends a command and reads its answer: names in lower case, with their values. Throws `ProviderError`.
    ///
    /// - Parameter secret: what must not be shown of it.
    func ask(_ words: [String], secret: String? = nil) throws(ProviderError) -> [(name: String, value: String)] {
        // A line break would be another command.
        guard words.allSatisfy({ !$0.utf8.contains(10) && !$0.utf8.contains(0) }) else {
            throw failure(.refused, "a name with a line break")
        }
        let text = words.enumerated().map { $0.offset == 0 ? $0.element : MPDConnection.quoted($0.element) }
        try send(Array((text.joined(separator: " ") + "\n").utf8))
        var answer: [(name: String, value: String)] = []
        while true {
            let line = try line()
            if line == "OK" { return answer }
            if line.hasPrefix("ACK ") {
                // "ACK [50@0] {add} No such directory"
                let reason = line[line.index(line.startIndex, offsetBy: 4)...].split(separator: "}", maxSplits: 1).last
                let words = ServiceJSON.words(reason.map(String.init) ?? line).hiding([secret ?? ""].asWritten)
                throw failure(
                    line.hasPrefix("ACK [3@")
                        ? .badCredentials
                        : line.hasPrefix("ACK [4@")
                            ? .forbidden
                            : line.hasPrefix("ACK [50@") ? .notFound : .refused, words)
            }
            guard let colon = line.utf8.firstIndex(of: 0x3A) else { continue }
            let value = line[line.utf8.index(after: colon)...].drop { $0 == " " }
            answer.append((line[..<colon].lowercased(), String(value)))
        }
    }

    private static func quoted(_ word: String) -> String {
        // By code points, as MPD reads it: a mark behind a quotation mark would make another letter of both.
        var result = "\"".unicodeScalars
        for scalar in word.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        return String(result) + "\""
    }

    private func failure(_ cause: ProviderError.Cause, _ detail: String) -> ProviderError {
        ProviderError(named: "MPD", cause, detail)
    }

    private func wait(_ events: Int32) throws(ProviderError) {
        while true {
            if limit.isCancelled { throw failure(.cancelled, "stopped") }
            guard limit.remaining > .zero else { throw failure(.timedOut, "no answer in time") }
            var request = pollfd(fd: socket, events: Int16(events), revents: 0)
            if poll(&request, 1, 50) > 0 { return }
        }
    }

    private func send(_ bytes: [UInt8]) throws(ProviderError) {
        var done = 0
        while done < bytes.count {
            try wait(POLLOUT)
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw failure(.offline, "the connection broke") }
            done += count
        }
    }

    private func line() throws(ProviderError) -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            guard buffer.count < MPDConnection.lineLimit else { throw failure(.notUnderstood, "a line without end") }
            try wait(POLLIN)
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(socket, &piece, piece.count, 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw failure(.offline, "the connection broke") }
            buffer += piece[..<count]
        }
    }
}
