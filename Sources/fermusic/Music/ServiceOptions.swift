import MusicMatching
import Terminal

/// Options about music services that several verbs have, and what they become.
enum ServiceOptions {
    static let provider = Option<ServiceChoice>(
        "provider", default: .auto,
        help: "Who adds links, covers and previews; auto asks Spotify or YouTube if you have credentials for them.")
    static let wait = Option<Duration>(
        "wait", default: .milliseconds(1500), help: "How long the service may take in all.")

    static let noScrobble = Flag(
        "no-scrobble",
        help:
            "Tell nobody what is played: neither ListenBrainz, which has LISTENBRAINZ_TOKEN, nor the servers your songs "
            + "are of.")

    /// Who is told what is played; `nil` if that is nobody.
    static func listenReports(_ a: Arguments, _ catalogue: Catalogue) -> ListenReports? {
        if a[noScrobble] { return nil }
        let places = ((try? catalogue.sources()) ?? []).map(\.place).filter(ServerPlace.isOne)
        guard !places.isEmpty || Credentials.read().has(.listenBrainzToken) else { return nil }
        return try? services(memory: catalogue.place).listenReports(places)
    }

    /// The songs of the servers that the catalogue's songs were imported from; `nil` if there are none.
    static func serverTracks(_ catalogue: Catalogue) -> ServerTracks? {
        let places = ((try? catalogue.sources()) ?? []).map(\.place).filter(ServerPlace.isOne)
        guard !places.isEmpty, let services = try? services(memory: catalogue.place) else { return nil }
        return ServerTracks(services.serverSongs(), places: places)
    }

    /// The services at hand; `memory` is the catalogue's database.
    ///
    /// `FERMUSIC_CA_FILE` names certificates to trust instead of the system's, for those behind a proxy that opens
    /// connections.
    static func services(memory: String) throws -> MusicServices {
        try MusicServices(
            memory: memory, credentials: .read(), addresses: ServiceAddresses(environment: environmentValue),
            certificates: environmentValue("FERMUSIC_CA_FILE"))
    }
}

/// A service, or how it is chosen.
enum ServiceChoice: String, ArgumentChoice {
    case auto, spotify, youtube, deezer, itunes, none

    /// `nil` if nobody is to be asked.
    func service(_ services: MusicServices) -> MusicService? {
        self == .auto ? services.usual : self == .none ? nil : MusicService(rawValue: rawValue)
    }
}
