import Emotions
import Timing

/// What became of a song that a source names.
public enum AddResult: Sendable, Equatable {
    case added(id: Int)
    /// It was there; something new was learned.
    case merged(id: Int)
    case unchanged(id: Int)

    public var id: Int {
        switch self {
        case .added(let id), .merged(let id), .unchanged(let id): id
        }
    }
}

extension Catalogue {
    /// Adds a song, or what is new about it if it is there: the same identifier, or else the same title and first
    /// artist after `NameKey`. Adding twice changes nothing. Throws `MusicError`.
    @discardableResult
    public func add(_ draft: SongDraft) throws -> AddResult {
        let names = SongNames(draft)
        return try database.transaction(.songs) { try add(draft, names) }
    }

    /// Adds many, one after the other, in a transaction that has begun: a database elsewhere is asked once for all of them.
    /// Throws `MusicError`.
    func add(_ drafts: [SongDraft], _ note: (AddResult) -> Void) throws {
        let names = drafts.map { SongNames($0) }
        try database.expect(keys: names.map(\.hash), identifiers: drafts.flatMap(\.identifiers))
        for (draft, names) in zip(drafts, names) { note(try add(draft, names)) }
    }

    private func add(_ draft: SongDraft, _ names: SongNames) throws -> AddResult {
        if let id = try find(draft.identifiers) ?? find(names, lasting: draft.duration) {
            let changed = try merge(draft, into: id)
            return changed ? .merged(id: id) : .unchanged(id: id)
        }
        return .added(id: try insert(draft, names))
    }

    /// Adds what is new to a song that is known to be the one. Throws `MusicError`.
    func add(_ draft: SongDraft, to id: Int) throws -> AddResult {
        try database.transaction(.songs) { try merge(draft, into: id) ? .merged(id: id) : .unchanged(id: id) }
    }

    private func find(_ identifiers: [SongIdentifier]) throws -> Int? {
        for identifier in identifiers {
            if let id = try database.song(identifier) { return id }
        }
        return nil
    }

    /// - Parameter duration: by which songs of nobody are told apart, who may all be called "Track 1".
    private func find(_ names: SongNames, lasting duration: Int?) throws -> Int? {
        let same = try database.songs(matching: names.hash).filter {
            NameKey.title($0.title) == names.title && NameKey.artist($0.artist) == names.artist
        }
        guard let duration, ArtistKey.isUnknown(names.artist) else { return same.first?.id }
        return try same.first { song in
            guard let other = try database.facts(of: song.id)?.duration else { return true }
            return abs(other - duration) <= 2000
        }?.id
    }

    private func insert(_ draft: SongDraft, _ names: SongNames) throws -> Int {
        var facts = SongFacts(draft)
        if facts.genres.isEmpty, !draft.isBuiltIn, let genre = try artistTable.genre(of: draft.artist) {
            facts.genres = [genre]
        }
        facts.estimate(with: moodMap)
        let id = try database.insert(
            NewSong(title: draft.title, artist: draft.artist, matchKey: names.hash, facts: facts, added: currentTime()))
        _ = try add(draft.identifiers, to: id)
        return id
    }

    private func merge(_ draft: SongDraft, into id: Int) throws -> Bool {
        guard let old = try database.facts(of: id) else { return false }
        var new = old
        let facts = SongFacts(draft)
        new.merge(facts)
        new.hearAgain(facts)
        let identified = try add(draft.identifiers, to: id)
        guard new != old else { return identified }
        new.estimate(with: moodMap)
        try database.update(id, from: old, to: new)
        return true
    }

    /// Whether any was new.
    private func add(_ identifiers: [SongIdentifier], to id: Int) throws -> Bool {
        var changed = false
        for identifier in identifiers where try database.add(identifier, to: id) { changed = true }
        return changed
    }
}

/// A song's names made comparable.
private struct SongNames {
    var title: String
    var artist: String
    var hash: Int

    init(_ draft: SongDraft) {
        title = NameKey.title(draft.title)
        artist = NameKey.artist(draft.artist)
        hash = NameKey.hash(title: title, artist: artist)
    }
}
