import Emotions

extension Catalogue {
    /// The columns of `export`; `importSongs` reads them back, estimates as estimates.
    public static let exportHeader =
        "title,artist,album,year,language,genres,emotions,valence,energy,danceability,acousticness,tempo,"
        + "spotify_id,isrc,estimated,editorial,explicit,duration,own,themes"

    /// Gives the whole catalogue as CSV, piece by piece. Throws what `write` throws, and `MusicError`.
    public func export(_ write: (String) throws -> Void) throws {
        try write(Catalogue.exportHeader + "\n")
        var last = 0, rows = 0
        repeat {
            let songs = try songs(where: "id > ? ORDER BY id LIMIT 1000", [.integer(last)])
            if !songs.isEmpty { try write(songs.map { Catalogue.row($0) + "\n" }.joined()) }
            rows = songs.count
            last = songs.last?.id ?? last
        } while rows > 0
    }

    /// Some songs as such a table.
    public static func csv(_ songs: [Song]) -> String {
        exportHeader + "\n" + songs.map { row($0) + "\n" }.joined()
    }

    private static func row(_ song: Song) -> String {
        func first(_ kind: SongIdentifier.Kind) -> String {
            song.identifiers.first { $0.kind == kind }?.value ?? ""
        }
        let features = MoodAxis.allCases.map { axis -> String in
            let stored = axis.stored(song.mood[axis]), unit = Int(axis.stepsPerUnit)
            var digits = String(stored % unit + unit).dropFirst()
            while digits.count > 1, digits.last == "0" { digits.removeLast() }
            return "\(stored / unit).\(digits)"
        }
        let fields =
            [
                song.title, song.artist, song.album, song.year.map(String.init) ?? "", song.language,
                song.genres.joined(separator: ";"), song.emotions.emotions.map(\.name).joined(separator: ";"),
            ] + features + [
                first(.spotify), first(.isrc),
                // What this program heard it hears again.
                MoodAxis.allCases.filter { song.estimated.contains($0) || song.heard.contains($0) }.map(\.name)
                    .joined(separator: ";"),
                song.isEditorial ? "yes" : "", song.isExplicit.map { $0 ? "yes" : "no" } ?? "",
                song.duration.map { fixedSeconds($0) } ?? "", song.isOwn ? "yes" : "no",
                song.themes.joined(separator: ";"),
            ]
        return fields.map(quoted).joined(separator: ",")
    }

    /// "213.040s"
    private static func fixedSeconds(_ milliseconds: Int) -> String {
        "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())s"
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
