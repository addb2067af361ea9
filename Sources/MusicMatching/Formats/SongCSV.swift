import Emotions

/// Songs as a table, a row each, with all that the catalogue knows of them.
enum SongCSV {
    static let header =
        "title,artist,album,year,language,genres,emotions,valence,energy,danceability,acousticness,tempo,"
        + "spotify_id,isrc,estimated,editorial,explicit,duration,own,themes"

    static func text(_ songs: [Song]) -> String {
        songs.reduce(into: header + "\n") { text, song in text += row(song) + "\n" }
    }

    static func row(_ song: Song) -> String {
        func first(_ kind: SongIdentifier.Kind) -> String {
            song.identifiers.first { $0.kind == kind }?.value ?? ""
        }
        let features = MoodAxis.allCases.map { axis -> String in
            let stored = axis.stored(song.mood[axis]), unit = Int(axis.stepsPerUnit)
            var digits = String(stored % unit + unit).dropFirst()
            while digits.count > 1, digits.last == "0" { digits.removeLast() }
            return String(stored / unit) + "." + String(digits)
        }
        // What this program heard it hears again.
        let estimated = MoodAxis.allCases.filter { song.estimated.contains($0) || song.heard.contains($0) }
        var fields = [song.title, song.artist, song.album, song.year.map { String($0) } ?? "", song.language]
        fields.append(song.genres.joined(separator: ";"))
        fields.append(song.emotions.emotions.map { $0.name }.joined(separator: ";"))
        fields += features
        fields += [first(.spotify), first(.isrc), estimated.map { $0.name }.joined(separator: ";")]
        fields += [song.isEditorial ? "yes" : "", song.isExplicit.map { $0 ? "yes" : "no" } ?? ""]
        fields += [song.duration.map { fixedSeconds($0) } ?? "", song.isOwn ? "yes" : "no"]
        fields.append(song.themes.joined(separator: ";"))
        return fields.map { quoted($0) }.joined(separator: ",")
    }

    /// "213.040s"
    private static func fixedSeconds(_ milliseconds: Int) -> String {
        String(milliseconds / 1000) + "." + String(String(milliseconds % 1000 + 1000).dropFirst()) + "s"
    }

    private static func quoted(_ field: String) -> String {
        let mustQuote =
            field.unicodeScalars.contains {
                $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == ";"
            } || field.first == " " || field.last == " "
        guard mustQuote else { return field }
        var result = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { result += "\"\"" } else { result.unicodeScalars.append(scalar) }
        }
        return result + "\""
    }
}
