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
        let names = SongNames(draft, &creditKeys)
        return try database.transaction(.songs) { try add(draft, names) }
    }

    /// Adds many, one after the other, in a transaction that has begun: a database elsewhere is asked once for all of them.
    /// Throws `MusicError`.
    func add(_ drafts: [SongDraft], _ note: (AddResult) -> Void) throws {
        let names = drafts.map { SongNames($0, &creditKeys) }
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
        let artist = names.credit.artist
        let same = try database.songs(matching: names.hash).filter {
            NameKey.title($0.title) == names.title && creditKeys.keys(of: $0.artist).artist == artist
        }
        guard let duration, ArtistKey.isUnknown(artist) else { return same.first?.id }
        return try same.first { song in
            guard let other = try database.facts(of: song.id)?.duration else { return true }
            return abs(other - duration) <= 2000
        }?.id
    }

    private func insert(_ draft: SongDraft, _ names: SongNames) throws -> Int {
        var facts = SongFacts(draft)
        if facts.genres.isEmpty, !draft.isBuiltIn, let genre = try artistTable.genre(of: names.credit) {
            facts.genres = [genre]
        }
        facts.estimate(with: moodMap)
        let id = try database.insert(
            NewSong(
                title: draft.title, artist: draft.artist, artists: names.credit.all, matchKey: names.hash, facts: facts,
                added: currentTime()))
        _ = try add(draft.identifiers, to: id)
        changedSongs.note(id)
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
        changedSongs.note(id)
        return true
    }

    /// Deletes a song; what is said of it goes with it.
    func delete(_ song: Int, by credit: String) throws {
        for artist in ArtistKey.keys(of: credit) {
            try database.run("DELETE FROM song_artists WHERE artist = ? AND song = ?", .text(artist), .integer(song))
        }
        try database.run("DELETE FROM songs WHERE id = ?", .integer(song))
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
    var credit: CreditKeys.Keys
    var hash: Int

    init(_ draft: SongDraft, _ known: inout CreditKeys) {
        title = NameKey.title(draft.title)
        credit = known.keys(of: draft.artist)
        hash = NameKey.hash(title: title, artist: credit.artist)
    }
}
