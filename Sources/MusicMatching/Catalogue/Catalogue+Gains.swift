/// How loud songs of the listener's music servers are, as those servers say.
extension Catalogue {
    /// Who measured what is kept of songs that nobody here has heard.
    private static let measurer = "server"

    /// Keeps what a server says of its songs' loudness; what this program heard itself in a file of the song stays. Throws
    /// `MusicError`.
    func noteGains(of drafts: [SongDraft]) throws {
        for draft in drafts {
            guard let gain = draft.gain, let identifier = draft.identifiers.first else { continue }
            try database.run(
                """
                INSERT INTO sounds (song, content, analyser, loudness) \
                SELECT song, 0, '\(Catalogue.measurer)', CAST(? AS DOUBLE PRECISION) FROM identifiers \
                WHERE kind = ? AND value = ? \
                ON CONFLICT (song) DO UPDATE SET loudness = excluded.loudness \
                WHERE sounds.analyser = '\(Catalogue.measurer)'
                """, .real(-18 - gain), .text(identifier.kind.rawValue), .text(identifier.value))
        }
    }

    /// Decibels that make a song as loud as others by what is known of its sound, see `PlayableSong.gain`. Throws
    /// `MusicError`.
    public func gain(of song: Int) throws -> Double? {
        try sound(of: song)?.loudness.flatMap { $0.isFinite ? -18 - $0 : nil }
    }

    /// The same of all songs, by their numbers. Throws `MusicError`.
    func knownGains() throws -> [Int: Double] {
        let rows = try database.rows("SELECT song, loudness FROM sounds WHERE loudness IS NOT NULL") {
            ($0.integer(0), -18 - $0.real(1))
        }
        return Dictionary(rows.filter { $0.1.isFinite }) { first, _ in first }
    }
}

extension SongDraft {
    /// Takes over a gain that a server gives, unless it makes no sense.
    mutating func takeGain(_ gain: Double?) {
        if let gain, abs(gain) <= 60 { self.gain = gain }
    }
}
