import Emotions
import JSON
import MusicMatching
import Terminal
import TextCoding

/// What is said about an import.
enum ImportText {
    static func print(_ report: ImportReport, _ path: String, _ asJSON: Bool, _ console: Console) throws {
        for note in report.notes.prefix(asJSON ? 0 : 10) {
            try console.errors.line("\(printable(path)): \(SongText.line(note)); left out")
        }
        for problem in report.problems.prefix(asJSON ? 0 : 10) {
            try console.errors.line(
                "\(printable(path)): row \(problem.row): \(SongText.line(problem.reason)); left out")
        }
        if !asJSON, report.badRows > 10 {
            try console.errors.line("\(printable(path)): \(report.badRows - 10) more rows left out; --json lists them")
        }
        for problem in report.fieldProblems.prefix(asJSON ? 0 : 3) {
            try console.errors.line(
                "\(printable(path)): row \(problem.row): \(SongText.line(problem.reason)); left empty")
        }
        if !asJSON, report.badFields > 3 {
            try console.errors.line(
                "\(printable(path)): \(counted(report.badFields - 3, "more field")) left empty; --json lists them")
        }
        if asJSON {
            try console.output.line(SongText.jsonLine(json(report, path)))
        } else {
            try console.output.line(
                "\(printable(path)): \(report.format): \(counted(report.added, "song")) added, \(report.merged) known better now, "
                    + "\(report.unchanged) as before, \(counted(report.badRows, "bad row"))"
                    + (report.matchedFiles > 0
                        ? "; \(counted(report.matchedFiles, "is a file", "are files")) here" : ""))
        }
    }

    static func json(_ report: ImportReport, _ path: String) -> JSONValue {
        [
            "file": .string(path), "format": .string(report.format), "added": .int(report.added),
            "merged": .int(report.merged), "unchanged": .int(report.unchanged), "badRows": .int(report.badRows),
            "notes": .array(report.notes.map(JSONValue.string)), "badFields": .int(report.badFields),
            "matchedFiles": .int(report.matchedFiles),
            "fieldProblems": .array(
                report.fieldProblems.map { ["row": .int($0.row), "reason": .string($0.reason)] }),
            "problems": .array(
                report.problems.map { ["row": .int($0.row), "reason": .string($0.reason)] }),
        ]
    }
}

/// What is said about a whole catalogue.
enum StatisticsText {
    static func text(_ statistics: CatalogueStatistics, _ path: String) -> String {
        var text = "catalogue  \(printable(path)) (schema \(statistics.schema))\n"
        text +=
            "songs      \(statistics.songs) by \(counted(statistics.artists, "artist")), \(statistics.identified) with identifiers\n"
        text += "features   \(statistics.measured) measured, \(statistics.editorial) editorial, "
        text += "\(statistics.estimated) with estimates\n"
        text += "feedback   \(statistics.liked) liked, \(statistics.disliked) disliked, "
        text += "\(counted(statistics.recommendations, "recommendation"))\n"
        text += "sources    \(statistics.sources) read again by 'catalogue refresh'\n\n"
        var emotions = TextTable([.left("suits"), .right("songs")])
        for emotion in Emotion.allCases { emotions.add(emotion.name, "\(statistics.emotions[emotion.rawValue])") }
        var languages = TextTable([.left("language"), .right("songs")])
        for (code, songs) in statistics.languages {
            languages.add(code.isEmpty ? "unknown" : Language(code)?.name ?? code, "\(songs)")
        }
        return text + emotions.render() + "\n" + languages.render()
    }

    static func json(_ statistics: CatalogueStatistics, _ path: String) -> JSONValue {
        let languages = statistics.languages.map { ($0.code.isEmpty ? "unknown" : $0.code, JSONValue.int($0.songs)) }
        let emotions = Emotion.allCases.map { ($0.name, JSONValue.int(statistics.emotions[$0.rawValue])) }
        return [
            "path": .string(path), "schema": .int(statistics.schema), "songs": .int(statistics.songs),
            "artists": .int(statistics.artists), "identified": .int(statistics.identified),
            "measured": .int(statistics.measured), "editorial": .int(statistics.editorial),
            "estimated": .int(statistics.estimated), "liked": .int(statistics.liked),
            "disliked": .int(statistics.disliked), "recommendations": .int(statistics.recommendations),
            "sources": .int(statistics.sources),
            "languages": .object(Dictionary(languages, uniquingKeysWith: { $1 })),
            "emotions": .object(Dictionary(emotions, uniquingKeysWith: { $1 })),
        ]
    }
}
