import MusicMatching
import Terminal
import WebApp

/// What music services add to the songs of the page: covers, half a minute to listen to, players.
struct PageServices: Sendable {
    /// How long the page waits for one song.
    private static let patience = Duration.seconds(4)

    private let services: MusicServices
    /// Who is asked when the visitor does not say; `nil`: nobody is, and nobody learns what visitors are offered.
    let usual: MusicService?

    /// `nil` if the user wants none. Throws `MusicError`.
    init?(_ a: Arguments, memory: String) throws {
        let choice = a[ServiceOptions.provider]
        if choice == .none { return nil }
        services = try ServiceOptions.services(memory: memory)
        usual = choice.service(services)
    }

    /// Those that visitors can choose: some need no key, others have one.
    var offered: [MusicService] {
        MusicService.allCases.filter { $0 == .deezer || $0 == .itunes || $0 == services.usual || $0 == usual }
    }

    /// What a service knows of a song; nothing if it does not answer.
    func media(of song: Song, service name: String?, needsPreview: Bool) -> SongMedia {
        var media = SongMedia()
        guard let service = name == nil ? usual : offered.first(where: { $0.rawValue == name }) else { return media }
        let query = ProviderQuery(CallLimit(PageServices.patience), needsPreview: needsPreview)
        guard let match = try? services.provider(service).resolve(song, query) else { return media }
        media.cover = match.cover
        media.preview = match.preview
        media.link = match.link
        media.service = service.name
        func identifier(_ kind: SongIdentifier.Kind) -> String? {
            match.identifiers.first { $0.kind == kind }?.value
        }
        media.spotify = identifier(.spotify)
        media.youtube = identifier(.youtube)
        return media
    }
}
