import Emotions

/// Why a song was recommended, in words. Says only what is true of the song, the request and the listener.
struct Reason {
    let song: Song
    let pick: SongPick
    let request: RecommendationRequest
    let position: Int
    let change: MoodChange
    /// The song that others like it were asked for.
    let liked: Song?
    let profile: ListenerProfile

    /// "grunge, 1991, driving, above all for anger, near your mood; you liked this artist"
    var text: String {
        main.map { $0.text }.joined(separator: ", ") + extras.map { "; " + $0.text }.joined()
    }

    var parts: [ReasonPart] { main + extras }

    private var main: [ReasonPart] { [kind, feel, energy, sound, language, theme, label, nearness].compactMap { $0 } }

    /// What it is: the film it is from, or else its first genres, and its year.
    private var kind: ReasonPart? {
        let year = song.year.map { String($0) }, suffix = year == nil ? "" : ".year", end = year.map { ", " + $0 } ?? ""
        var values: [String: String] = [:]
        if let year { values["year"] = year }
        if song.genres.contains(where: { Reason.filmGenres.contains(NameKey.fold($0)) }), !song.album.isEmpty {
            values["film"] = song.album
            return ReasonPart("film\(suffix)", "from \(song.album)\(end)", values)
        }
        guard let genre = song.genres.first else { return year.map { ReasonPart("year", $0, values) } }
        values["genre"] = genre
        return ReasonPart("kind\(suffix)", "\(genre)\(end)", values)
    }

    /// Genres whose songs are known by their films, which stand as albums.
    private static let filmGenres: Set<String> = [
        "bollywood", "kollywood", "tollywood", "mollywood", "sandalwood", "filmi",
    ]

    private var feel: ReasonPart {
        let word = Reason.feel(of: song)
        return ReasonPart("feel.\(word.prefix { $0 != "," && $0 != "-" })", word)
    }

    /// The part of Russell's circle the song lies in. Loud music in major is not joyful if it is for anger alone.
    static func feel(of song: Song) -> String {
        let valence = song.mood.valence, energy = song.mood.energy
        let isBright = valence >= 0.6, isDark = valence < 0.4
        let isForDark = !song.emotions.isEmpty && !song.emotions.emotions.contains { $0.traits.isUplifting }
        return energy >= 0.65
            ? isBright && !isForDark ? "joyful" : isDark ? "dark, tense" : "driving"
            : energy < 0.4
                ? isBright && !isForDark ? "serene" : isDark ? "melancholy" : "calm"
                : isBright && !isForDark ? "cheerful" : isDark ? "pensive" : "even-tempered"
    }

    /// Only where it is out of the ordinary.
    private var energy: ReasonPart? {
        song.mood.energy >= 0.9
            ? ReasonPart("energy.high", "high energy")
            : song.mood.energy <= 0.2 ? ReasonPart("energy.low", "low energy") : nil
    }

    private var sound: ReasonPart? {
        !song.estimated.contains(.acousticness) && song.mood.acousticness >= 0.7
            ? ReasonPart("acoustic", "acoustic") : nil
    }

    /// Not said where it was the only one asked for.
    private var language: ReasonPart? {
        if song.language.isEmpty || request.languages.map({ $0.code }) == [song.language] { return nil }
        let name = Language(song.language)?.name ?? song.language
        return ReasonPart("language", "in \(name)", ["language": song.language])
    }

    /// Said where it was looked for.
    private var theme: ReasonPart? {
        guard pick.target.heartless > 0, let theme = song.themes.first(where: SongTraits.hearteningThemes.contains)
        else { return nil }
        return ReasonPart("theme.\(theme)", "about \(theme)")
    }

    private var label: ReasonPart? {
        let emotion = pick.target.emotion
        guard liked == nil, song.emotions.contains(emotion) else { return nil }
        switch request.mode {
        case .match, .amplify, .company:
            return song.emotions.emotions.first == emotion
                ? ReasonPart("suits.first", "above all for \(emotion.traits.noun)", ["emotion": emotion.name])
                : ReasonPart("suits", "suits \(emotion.traits.noun)", ["emotion": emotion.name])
        case .lift where !emotion.traits.isUplifting:
            return ReasonPart(
                "suits.lift", "company in \(emotion.traits.noun) that lifts", ["emotion": emotion.name])
        case .lift, .path: return nil
        }
    }

    private var nearness: ReasonPart? {
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
        // It may be near the mood or brighter than it.
        case .company: return nil
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
        if song.isOwn { extras.append(ReasonPart("own", "one of your songs")) }
        let liked = song.genres.first { genre in
            GenreFamilies(genre: genre).indices.contains { profile.taste?.likes($0) ?? false }
        }
        if let liked { extras.append(ReasonPart("taste", "you often like \(liked)", ["genre": liked])) }
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
