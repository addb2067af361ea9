import Emotions
import JSON
import MusicMatching
import Terminal
import TextCoding

/// Songs with what a service added, if one was asked.
struct EnrichedSongs {
    let songs: [Song]
    let enrichment: Enrichment?
    let matches: [ProviderMatch?]
    var service: MusicService? { enrichment?.service }

    init(_ songs: [Song], _ enrichment: Enrichment?) {
        self.enrichment = enrichment
        matches = enrichment?.matches ?? songs.map { _ in nil }
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
        // Of filters something was said already.
        if songs.count < request.count, request.filter.isEmpty {
            try console.errors.line("the catalogue has only \(counted(songs.count, "song")) to recommend")
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
}
