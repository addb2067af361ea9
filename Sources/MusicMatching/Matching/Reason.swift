import Emotions

/// Why a song was recommended, in words. Says only what is true of the song, the request and the listener.
struct Reason {
    let song: Song
    let pick: SongPicker.Pick
    let request: RecommendationRequest
    let position: Int
    let change: MoodChange
    /// The song that others like it were asked for.
    let liked: Song?
    let profile: ListenerProfile

    /// "calm, low energy, in Hindi, near your mood; you liked this artist"
    var text: String {
        main.map(\.text).joined(separator: ", ") + extras.map { "; " + $0.text }.joined()
    }

    var parts: [ReasonPart] { main + extras }

    private var main: [ReasonPart] { [feel, energy, sound, language, label, nearness].compactMap { $0 } }

    /// The part of Russell's circle the song lies in.
    private var feel: ReasonPart {
        let valence = song.mood.valence, energy = song.mood.energy
        let isBright = valence >= 0.6, isDark = valence < 0.4
        let word =
            energy >= 0.65
            ? isBright ? "joyful" : isDark ? "dark, tense" : "driving"
            : energy < 0.4
                ? isBright ? "serene" : isDark ? "melancholy" : "calm"
                : isBright ? "cheerful" : isDark ? "pensive" : "even-tempered"
        return ReasonPart("feel.\(word.prefix { $0 != "," && $0 != "-" })", word)
    }

    private var energy: ReasonPart {
        let degree = song.mood.energy >= 0.65 ? "high" : song.mood.energy < 0.4 ? "low" : "medium"
        return ReasonPart("energy.\(degree)", "\(degree) energy")
    }

    private var sound: ReasonPart? {
        !song.estimated.contains(.acousticness) && song.mood.acousticness >= 0.7
            ? ReasonPart("acoustic", "acoustic") : nil
    }

    private var language: ReasonPart? {
        if song.language.isEmpty { return nil }
        let name = Language(song.language)?.name ?? song.language
        return ReasonPart("language", "in \(name)", ["language": song.language])
    }

    private var label: ReasonPart? {
        let strongest = request.emotions.strongest
        guard liked == nil, request.mode == .match || request.mode == .amplify, song.emotions.contains(strongest)
        else { return nil }
        return ReasonPart("suits", "suits \(strongest.traits.noun)", ["emotion": strongest.name])
    }

    private var nearness: ReasonPart {
        let distance = pick.candidate.distance
        let degree = distance < 0.08 ? "very near" : distance < 0.16 ? "near" : "towards"
        let code = distance < 0.08 ? "very-near" : degree
        if let liked {
            return ReasonPart(
                "like.\(code)", degree == "towards" ? "towards '\(liked.title)'" : "\(degree) to '\(liked.title)'",
                ["title": liked.title])
        }
        let goal = change == .calmer ? "a calmer mood" : "a brighter mood"
        let detail = change == .calmer ? "calmer." : ""
        switch request.mode {
        // Who is neutral has nothing to intensify.
        case .lift where change == .none, .amplify where change == .none, .match:
            return ReasonPart("match.\(code)", "\(degree) your mood")
        case .lift: return ReasonPart("lift.\(detail)\(code)", "\(degree) \(goal)")
        case .amplify: return ReasonPart("amplify.\(code)", "\(degree) your mood, intensified")
        case .path:
            let isFirst = position == 0, isLast = position == request.count - 1
            let end = isFirst ? ": from your mood" : isLast ? ": \(goal)" : " to \(goal)"
            return ReasonPart(
                "path." + (isFirst ? "first" : detail + (isLast ? "last" : "middle")),
                "step \(position + 1) of \(request.count)\(end)",
                ["step": "\(position + 1)", "count": "\(request.count)"])
        }
    }

    private var extras: [ReasonPart] {
        var extras: [ReasonPart] = []
        let credited = ArtistKey.keys(of: song.artist)
        if credited.contains(where: profile.favouriteArtists.contains) {
            extras.append(ReasonPart("favourite", "an artist you asked for"))
        } else if profile.likedSongs.contains(song.id) {
            extras.append(ReasonPart("liked-song", "you liked this song"))
        } else if credited.contains(where: profile.likedArtists.contains) {
            extras.append(ReasonPart("liked-artist", "you liked this artist"))
        }
        if pick.candidate.languageTier == 1 {
            extras.append(ReasonPart("unknown-language", "its language is unknown"))
        }
        if pick.candidate.languageTier == 2 {
            extras.append(ReasonPart("other-language", "no more songs in the languages you asked for"))
        }
        if pick.isSurprise { extras.append(ReasonPart("surprise", "drawn as a surprise")) }
        if profile.recent.contains(song.id) { extras.append(ReasonPart("recent", "you had it lately")) }
        if song.estimated.contains(.valence) || song.estimated.contains(.energy) {
            extras.append(ReasonPart("estimated", "its mood is estimated"))
        }
        return extras
    }
}
