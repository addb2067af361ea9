import Emotions
import JSON
import MusicMatching
import Terminal

/// Songs with what a service added, if one was asked.
struct EnrichedSongs {
    let songs: [Song]
    let service: MusicService?
    let matches: [ProviderMatch?]
    let problem: ProviderError?

    init(_ songs: [Song], _ enrichment: Enrichment?) {
        matches = enrichment?.matches ?? songs.map { _ in nil }
        service = enrichment?.service
        problem = enrichment?.problem
        self.songs = zip(songs, matches).map { song, match in
            var song = song
            song.identifiers += (match?.identifiers ?? []).filter { !song.identifiers.contains($0) }
            return song
        }
    }

    /// Where a song can be heard best.
    func link(_ index: Int) -> String {
        let links = SongLinks(songs[index])
        return matches[index]?.link ?? (service == .youtube ? links.youtube : links.spotify)
    }
}

/// What is said about recommended songs.
struct RecommendAnswer {
    let songs: [Recommendation]
    let request: RecommendationRequest

    /// Songs and reasons at once; links only if no service is going to make them better.
    func print(withLinks: Bool, _ console: Console) throws {
        var text = ""
        for (index, recommendation) in songs.enumerated() {
            let song = recommendation.song, links = SongLinks(song)
            text += "\(index + 1). \(console.output.styled(SongText.title(song), .bold))  [\(song.id)]\n"
            text += indent(index) + recommendation.reason + "\n"
            if withLinks {
                text += indent(index) + console.output.styled(links.spotify, .dim) + "\n"
                text += indent(index) + console.output.styled(links.youtube, .dim) + "\n"
            }
        }
        try console.output.write(text)
        if songs.count < request.count {
            try console.errors.line("the catalogue has only \(songs.count) songs to recommend")
        }
    }

    /// The links of all songs, with the name of the service, as its terms ask.
    func printLinks(_ enriched: EnrichedSongs, _ console: Console) throws {
        var text = "\n"
        for (index, song) in enriched.songs.enumerated() {
            let links = SongLinks(song), match = enriched.matches[index]
            var lines: [String] = []
            if let link = match?.link { lines.append("\(enriched.service?.name ?? ""): \(link)") }
            if let preview = match?.preview { lines.append("preview: \(preview)") }
            lines += [links.spotify, links.youtube].filter { $0 != match?.link }
            for (number, line) in lines.enumerated() {
                text += number == 0 ? "\(index + 1). " : indent(index)
                text += console.output.styled(line, .dim) + "\n"
            }
        }
        try console.output.write(text)
    }

    private func indent(_ index: Int) -> String { String(repeating: " ", count: "\(index + 1). ".count) }

    func json(_ enriched: EnrichedSongs) -> JSONValue {
        let emotions = Dictionary(
            uniqueKeysWithValues: Emotion.allCases.map { ($0.name, JSONValue.double(request.emotions[$0])) })
        var service: JSONValue = .null
        if let asked = enriched.service {
            service = [
                "name": .string(asked.rawValue),
                "problem": enriched.problem.map {
                    ["cause": .string($0.cause.rawValue), "text": .string(Remedies.text($0))]
                } ?? .null,
            ]
        }
        return [
            "emotions": .object(emotions), "mode": .string(request.mode.rawValue), "seed": .int(Int(request.seed)),
            "service": service,
            "songs": .array(
                songs.indices.map { index in
                    let recommendation = songs[index]
                    var fields = SongText.json(enriched.songs[index])
                    fields["reason"] = .string(recommendation.reason)
                    fields["distance"] = .double((recommendation.distance * 10_000).rounded() / 10_000)
                    fields["surprise"] = .bool(recommendation.isSurprise)
                    fields["target"] = SongText.json(recommendation.target)
                    if let match = enriched.matches[index] { fields["match"] = RecommendAnswer.json(match) }
                    return .object(fields)
                }),
        ]
    }

    private static func json(_ match: ProviderMatch) -> JSONValue {
        [
            "link": match.link.map { .string($0) } ?? .null, "cover": match.cover.map { .string($0) } ?? .null,
            "preview": match.preview.map { .string($0) } ?? .null, "age": match.age.map { .int($0) } ?? .null,
        ]
    }
}
