import Emotions
import Files
import Glibc
import JSON
import MusicMatching
import SoundOutput
import Threads

/// What is played for a mood, one song after the other: songs of the catalogue of which there are files or that a music
/// server has, then the pieces that come with the program. It never ends; another mood counts from the next song on.
final class MoodQueue: @unchecked Sendable {
    // Safe to share: the mood is guarded, and all else is touched by the one thread that asks for the next song.

    private let catalogue: Catalogue
    private let isOnlyMine: Bool
    private let limit: Int?
    /// Whether `waiting` is all there is.
    private var isPlaylist = false
    private let base: RecommendationRequest
    private let map: MoodMap
    private let pieces: [Piece]
    private let mood: Guarded<EmotionVector>

    /// Songs of the listener's music servers; `nil` where none is asked.
    private let servers: ServerTracks?
    private var waiting: [Waiting] = []
    /// Songs of servers cannot be played.
    private var takesFiles = false
    /// The song of a server that plays.
    private var fetched: ServerTracks.Fetched?
    /// Gets a line for each reason why songs are passed over. To be set before anything plays.
    var tell: (String) -> Void = { _ in }
    private var told: Set<String> = []
    /// What `waiting` is for.
    private var waitsFor: EmotionVector
    /// Songs and pieces of this evening; those in the catalogue by their numbers.
    private var heard: Set<Int> = []
    private var heardPieces: [String] = []

    /// What comes next.
    private struct Waiting {
        var track: MusicPlayer.Track
        /// The song, if a server has it: then the track has no path yet.
        var onServer: Song?
    }

    /// A piece that comes with the program.
    private struct Piece {
        var path: String
        var title: String
        var mood: MoodPoint
    }

    /// Songs that are looked through for some with files; a list beyond is of other moods.
    private static let mostSongs = 2000
    /// Songs in a row before two pieces come, where there are few.
    private static let fewest = 3
    /// Farther away from the mood a piece is better than a song.
    private static let farthest = 0.3
    /// So many songs in a row that servers do not give are enough.
    private static let mostFailures = 20
    /// What makes the pieces as loud as songs with ReplayGain.
    private static let pieceGain = -3.3

    /// - Parameters:
    ///   - request: what is asked for; its emotions are where it begins.
    ///   - isOnlyMine: songs of the catalogue only, also those for other moods, none of the pieces.
    ///   - limit: the end after so many.
    ///   - servers: those that have songs of the catalogue.
    init(
        _ catalogue: Catalogue, _ request: RecommendationRequest, map: MoodMap, isOnlyMine: Bool, limit: Int?,
        servers: ServerTracks?
    ) {
        self.catalogue = catalogue
        self.servers = servers
        self.isOnlyMine = isOnlyMine
        self.limit = limit
        base = request
        self.map = map
        mood = Guarded(request.emotions)
        waitsFor = request.emotions
        pieces = isOnlyMine ? [] : MoodQueue.readPieces(map)
    }

    /// Says how somebody feels now; the song that plays goes on.
    func follow(_ emotions: EmotionVector) { mood.withLock { $0 = emotions } }

    /// The next one, for the mood that there is now; `nil` at the end, or where nothing can be played. A song of a server is
    /// waited for.
    ///
    /// - Parameter count: those before.
    func next(_ count: Int) -> MusicPlayer.Track? {
        if let limit, count >= limit { return nil }
        for _ in 0..<MoodQueue.mostFailures {
            let now = mood.withLock { $0 }
            if now.strongest != waitsFor.strongest, !isPlaylist { waiting = [] }
            if waiting.isEmpty, !isPlaylist { fill(now) }
            guard !waiting.isEmpty else { return nil }
            var chosen = waiting.removeFirst()
            fetched = nil
            if let song = chosen.onServer {
                do throws(ProviderError) {
                    fetched = try servers?.take(song)
                } catch {
                    if error.cause == .cancelled { return nil }
                    if told.insert("\(error)").inserted { tell("\(song.title): \(Remedies.text(error))") }
                }
                guard let fetched else { continue }
                chosen.track.path = fetched.path
            }
            if let song = waiting.first?.onServer { servers?.prepare(song) }
            return chosen.track
        }
        return nil
    }

    /// Nothing more is wanted: what is fetched is let go.
    func stop() { servers?.stop() }

    /// Plays these, as far as there are files of them or a server has them, and ends. To be said before anything plays.
    func only(_ songs: [Song]) throws {
        waiting = try songs.compactMap { try playable($0) }
        isPlaylist = true
    }

    /// The first so many files, for players that take a list.
    func first(_ count: Int) -> [MusicPlayer.Track] {
        // Another program would have to be told the way into the server.
        takesFiles = true
        let wanted = min(count, limit ?? count)
        var result: [MusicPlayer.Track] = []
        while result.count < wanted {
            if waiting.isEmpty, !isPlaylist { fill(waitsFor) }
            guard !waiting.isEmpty else { break }
            let chosen = waiting.removeFirst()
            if chosen.onServer != nil { continue }
            if result.contains(where: { $0.path == chosen.track.path }) { break }
            result.append(chosen.track)
        }
        return result
    }

    private func fill(_ emotions: EmotionVector) {
        waitsFor = emotions
        var songs = (try? ownSongs(emotions)) ?? []
        if songs.isEmpty, !heard.isEmpty {
            heard = []
            waiting = nextPieces(emotions, 2)
            if !waiting.isEmpty { return }
            songs = (try? ownSongs(emotions)) ?? []
        }
        waiting = songs.isEmpty ? nextPieces(emotions, 2) : songs
    }

    /// Songs with files, or of servers, for a mood that were not heard yet, at most ten; noted as recommended.
    private func ownSongs(_ emotions: EmotionVector) throws -> [Waiting] {
        var request = base
        request.emotions = emotions
        request.count = 40
        request.seed = UInt64.random(in: 0...UInt64(Int32.max))
        while true {
            let songs = try catalogue.recommend(request)
            let near = isOnlyMine ? songs : songs.filter { $0.distance < MoodQueue.farthest || $0.isSurprise }
            var found: [(song: Recommendation, waiting: Waiting)] = []
            for song in near where !heard.contains(song.song.id) && found.count < 10 {
                if let playable = try playable(song.song) { found.append((song, playable)) }
            }
            let isAll = songs.count < request.count || request.count >= MoodQueue.mostSongs || near.count < songs.count
            if found.count >= MoodQueue.fewest || isAll {
                heard.formUnion(found.map(\.song.song.id))
                if !found.isEmpty { try? catalogue.note(found.map(\.song), for: request) }
                return found.map(\.waiting)
            }
            request.count *= 5
        }
    }

    /// A song as it can be played: its file before the server that has it; `nil` if there is neither.
    private func playable(_ song: Song) throws -> Waiting? {
        var track = MusicPlayer.Track(path: "", title: song.title, artist: song.artist, song: song.id)
        if let file = try catalogue.files(of: song.id).first(where: { $0.gone == nil && isThere($0.path) }) {
            track.path = file.path
            track.gain = try catalogue.gain(of: file, song: song.id)
            return Waiting(track: track)
        }
        guard !takesFiles, servers?.has(song) == true else { return nil }
        track.gain = try catalogue.gain(of: song.id)
        return Waiting(track: track, onServer: song)
    }

    private func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path.cPath, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Those nearest to the mood of which none was heard lately.
    private func nextPieces(_ emotions: EmotionVector, _ count: Int) -> [Waiting] {
        let place = map.mood(of: emotions)
        func distance(_ piece: Piece) -> Double {
            let a = piece.mood.valence - place.valence, b = piece.mood.energy - place.energy
            return a * a + b * b
        }
        let fresh = pieces.filter { !heardPieces.suffix(3).contains($0.path) }.sorted { distance($0) < distance($1) }
        let chosen = fresh.prefix(count)
        heardPieces += chosen.map(\.path)
        return chosen.map {
            Waiting(
                track: MusicPlayer.Track(
                    path: $0.path, title: $0.title, artist: "fermusic", gain: MoodQueue.pieceGain))
        }
    }

    private static func readPieces(_ map: MoodMap) -> [Piece] {
        guard let list = ProgramFile.path("web/pieces/pieces.json", checkoutFolder: "Sources/WebApp"),
            let bytes = try? FileBytes.read(list, limit: 1 << 20),
            let entries = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)).arrayValue
        else { return [] }
        return entries.compactMap { entry in
            guard let file = entry["file"]?.stringValue, let title = entry["title"]?.stringValue,
                let emotion = entry["emotion"]?.stringValue.flatMap({ Emotion(name: $0) })
            else { return nil }
            return Piece(
                path: "\(list.parentFolder)/\(file)", title: title, mood: map.mood(of: EmotionVector(emotion)))
        }
    }
}
