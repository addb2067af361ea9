import Files
import Glibc
import MusicMatching
import StubServer
import Timing

/// Services that all live at stubs of a test, in a folder of their own.
struct StubbedServices {
    let services: MusicServices
    let folder: String

    init(
        _ folder: String, url: String, _ values: [Credentials.Name: String] = StubbedServices.app,
        now: @escaping @Sendable () -> Int = { currentTime() }
    ) throws {
        self.folder = folder
        var addresses = ServiceAddresses()
        addresses.spotifyAccounts = url
        addresses.spotify = url
        addresses.youtube = url
        addresses.deezer = url
        addresses.itunes = url
        services = try MusicServices(
            memory: folder + "/c.db", credentials: Credentials(values), addresses: addresses, tokenFolder: folder,
            now: now)
    }

    static let app: [Credentials.Name: String] = [
        .spotifyClientID: SpotifyStub.id, .spotifyClientSecret: SpotifyStub.secret, .spotifyMarket: "DE",
        .youtubeKey: "stub-youtube-key",
    ]

    /// A login as an earlier run left it; its token has ended.
    func putLogin(refresh: String = "refresh-0") throws {
        try write(
            """
            {"client_id":"\(SpotifyStub.id)","access_token":"user-old","refresh_token":"\(refresh)","expires":0,\
            "authorised":\(currentTime() - 1000),"scope":"playlist-read-private"}
            """, to: folder + "/spotify-login.json")
        chmod(folder + "/spotify-login.json", 0o600)
    }

    func resolve(
        _ song: Song, _ service: MusicService, seconds: Double = 5, needsPreview: Bool = false
    ) throws -> ProviderMatch? {
        try services.provider(service).resolve(
            song, ProviderQuery(CallLimit(.seconds(seconds)), needsPreview: needsPreview))
    }

    /// Why it does not work; `nil` if it does.
    func failure(_ song: Song, _ service: MusicService, seconds: Double = 5) -> ProviderError? {
        do {
            _ = try resolve(song, service, seconds: seconds)
            return nil
        } catch {
            return error as? ProviderError
        }
    }
}

/// A song by its names.
func song(_ title: String, _ artist: String, album: String = "", isrc: String? = nil) throws -> Song {
    var song = try catalogue("title,artist\nT,A\n").song(1)
    (song.title, song.artist, song.album) = (title, artist, album)
    if let isrc { song.identifiers = [SongIdentifier(.isrc, isrc)] }
    return song
}

/// What a service says against something; `nil` if nothing.
func problem(_ body: () throws -> Void) -> ProviderError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ProviderError
    }
}
