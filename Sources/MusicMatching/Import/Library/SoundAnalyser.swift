import MediaFiles

/// Measures how a song sounds, from its file. May be asked from several threads at once.
public protocol SoundAnalyser: Sendable {
    /// Its name with a version, "fermusic-1": what another one measured is measured again.
    var name: String { get }

    /// What is heard in a file; ends early with any error when cancelled.
    ///
    /// Errors are said to the user in one line, and the song is kept without what it sounds like.
    func sound(of path: String, _ cancellation: Cancellation) throws -> SongSound
}

/// How a song sounds. What could not be told is `nil`.
public struct SongSound: Sendable, Equatable {
    /// LUFS of the whole (EBU R 128), and how much louder its loud parts are than its soft ones, in LU.
    public var loudness: Double?
    public var dynamics: Double?
    /// Beats per minute, and how sure that is, 0 to 1.
    public var tempo: Double?
    public var tempoConfidence: Double?
    /// Beginnings of notes and beats in a second.
    public var onsetRate: Double?
    /// 0 for C to 11 for B, and whether it is major.
    public var key: Int?
    public var isMajor: Bool?
    public var keyConfidence: Double?
    /// 0 to 1 each.
    public var brightness: Double?
    public var acousticness: Double?
    public var voice: Double?
    public var danceability: Double?
    /// The mood in it, 0 to 1 each, and how far off that may be on average.
    public var valence: Double?
    public var energy: Double?
    public var uncertainty: Double?

    public init() {}

    /// What the catalogue's axes take of it.
    var mood: PartialMood {
        var mood = PartialMood()
        for (axis, value) in [
            (MoodAxis.valence, valence), (.energy, energy), (.danceability, danceability),
            (.acousticness, acousticness),
            (.tempo, tempo),
        ] {
            if let value, axis.range.contains(value) { mood[axis] = value }
        }
        return mood
    }
}

extension Catalogue {
    /// How a song sounds; `nil` if it was not listened to, or could not be. Throws `MusicError`.
    public func sound(of song: Int) throws -> SongSound? {
        let sound = try database.first(
            """
            SELECT loudness, dynamics, tempo, tempo_confidence, onset_rate, key, mode, key_confidence, brightness, \
            acousticness, voice, danceability, valence, energy, uncertainty FROM sounds WHERE song = ?
            """, .integer(song)
        ) { row in
            func real(_ column: Int32) -> Double? { row.isNull(column) ? nil : row.real(column) }
            var sound = SongSound()
            sound.loudness = real(0)
            sound.dynamics = real(1)
            sound.tempo = real(2)
            sound.tempoConfidence = real(3)
            sound.onsetRate = real(4)
            sound.key = row.optionalInteger(5)
            sound.isMajor = row.optionalInteger(6).map { $0 != 0 }
            sound.keyConfidence = real(7)
            sound.brightness = real(8)
            sound.acousticness = real(9)
            sound.voice = real(10)
            sound.danceability = real(11)
            sound.valence = real(12)
            sound.energy = real(13)
            sound.uncertainty = real(14)
            return sound
        }
        return sound == SongSound() ? nil : sound
    }

    /// Keeps how a song sounds, and takes what its mood lacks from it: worth less than an editor's word or a table, more
    /// than an estimate.
    func note(_ sound: SongSound, of song: Int, analyser: String, content: Int) throws {
        func real(_ value: Double?) -> SQLValue { value.flatMap { $0.isFinite ? .real($0) : nil } ?? .null }
        try database.run(
            """
            INSERT INTO sounds (song, content, analyser, loudness, dynamics, tempo, tempo_confidence, \
            onset_rate, key, mode, key_confidence, brightness, acousticness, voice, danceability, valence, energy, \
            uncertainty) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
            ON CONFLICT (song) DO UPDATE SET content = excluded.content, analyser = excluded.analyser, \
            loudness = excluded.loudness, dynamics = excluded.dynamics, tempo = excluded.tempo, \
            tempo_confidence = excluded.tempo_confidence, onset_rate = excluded.onset_rate, key = excluded.key, \
            mode = excluded.mode, key_confidence = excluded.key_confidence, brightness = excluded.brightness, \
            acousticness = excluded.acousticness, voice = excluded.voice, danceability = excluded.danceability, \
            valence = excluded.valence, energy = excluded.energy, uncertainty = excluded.uncertainty
            """, .integer(song), .integer(content), .text(analyser), real(sound.loudness), real(sound.dynamics),
            real(sound.tempo), real(sound.tempoConfidence), real(sound.onsetRate), SQLValue(sound.key),
            SQLValue(sound.isMajor.map { $0 ? 1 : 0 }), real(sound.keyConfidence), real(sound.brightness),
            real(sound.acousticness), real(sound.voice), real(sound.danceability), real(sound.valence),
            real(sound.energy), real(sound.uncertainty))
        let known = try self.song(song)
        var draft = SongDraft(title: known.title, artist: known.artist)
        draft.mood = sound.mood
        draft.isHeard = true
        draft.isOfFile = true
        _ = try add(draft, to: song)
    }
}
