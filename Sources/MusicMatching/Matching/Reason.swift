import Emotions

/// Why a song was recommended, in words. Says only what is true of the song, the request and the listener.
struct Reason {
    let song: Song
    let pick: SongPicker.Pick
    let request: RecommendationRequest
    let position: Int
    let target: MoodPoint
    let profile: ListenerProfile

    /// "calm, low energy, in Hindi, near your mood; you liked this artist"
    var text: String {
        ([feel, energy, sound, language, label, nearness].compactMap { $0 }.joined(separator: ", "))
            + extras.map { "; " + $0 }.joined()
    }

    /// The part of Russell's circle the song lies in.
    private var feel: String {
        let valence = song.mood.valence, energy = song.mood.energy
        let isBright = valence >= 0.6, isDark = valence < 0.4
        if energy >= 0.65 { return isBright ? "joyful" : isDark ? "dark, tense" : "driving" }
        if energy < 0.4 { return isBright ? "serene" : isDark ? "melancholy" : "calm" }
        return isBright ? "cheerful" : isDark ? "pensive" : "even-tempered"
    }

    private var energy: String {
        song.mood.energy >= 0.65 ? "high energy" : song.mood.energy < 0.4 ? "low energy" : "medium energy"
    }

    private var sound: String? {
        !song.estimated.contains(.acousticness) && song.mood.acousticness >= 0.7 ? "acoustic" : nil
    }

    private var language: String? {
        song.language.isEmpty ? nil : "in \(Language(song.language)?.name ?? song.language)"
    }

    private var label: String? {
        let strongest = request.emotions.strongest
        guard request.mode == .match || request.mode == .amplify, song.emotions.contains(strongest) else { return nil }
        return "suits \(Reason.noun(strongest))"
    }

    private var nearness: String {
        let degree = pick.candidate.distance < 0.08 ? "very near" : pick.candidate.distance < 0.16 ? "near" : "towards"
        switch request.mode {
        case .match: return "\(degree) your mood"
        case .lift: return "\(degree) a brighter mood"
        case .amplify: return "\(degree) your mood, intensified"
        case .path:
            let end = position == 0 ? "from your mood" : position == request.count - 1 ? "a brighter mood" : nil
            return "step \(position + 1) of \(request.count)" + (end.map { ": \($0)" } ?? " to a brighter mood")
        }
    }

    private var extras: [String] {
        var extras: [String] = []
        let credited = NameKey.artists(song.artist) + [NameKey.fold(song.artist)]
        if credited.contains(where: profile.favouriteArtists.contains) {
            extras.append("an artist you asked for")
        } else if profile.likedSongs.contains(song.id) {
            extras.append("you liked this song")
        } else if credited.contains(where: profile.likedArtists.contains) {
            extras.append("you liked this artist")
        }
        if pick.candidate.languageTier == 1 { extras.append("its language is unknown") }
        if pick.candidate.languageTier == 2 { extras.append("no more songs in the languages you asked for") }
        if pick.isSurprise { extras.append("drawn as a surprise") }
        if profile.recent.contains(song.id) { extras.append("you had it lately") }
        if song.estimated.contains(.valence) || song.estimated.contains(.energy) {
            extras.append("its mood is estimated")
        }
        return extras
    }

    private static func noun(_ emotion: Emotion) -> String {
        switch emotion {
        case .angry: "anger"
        case .disgust: "disgust"
        case .fear: "fear"
        case .happy: "happiness"
        case .sad: "sadness"
        case .surprise: "surprise"
        case .neutral: "a neutral mood"
        }
    }
}
