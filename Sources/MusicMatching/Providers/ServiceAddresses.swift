/// Where services are. Tests put servers of their own in their places with environment variables; files such as `.env`
/// cannot, so that a folder that somebody else made leads no secrets elsewhere.
public struct ServiceAddresses: Sendable {
    public var spotifyAccounts = "https://accounts.spotify.com"
    public var spotify = "https://api.spotify.com/v1"
    public var youtube = "https://www.googleapis.com/youtube/v3"
    public var deezer = "https://api.deezer.com"
    public var itunes = "https://itunes.apple.com"
    public var listenBrainz = "https://api.listenbrainz.org"

    public init() {}

    /// The usual addresses with those that the environment gives: `FERMUSIC_SPOTIFY_ACCOUNTS_URL`,
    /// `FERMUSIC_SPOTIFY_URL`, `FERMUSIC_YOUTUBE_URL`, `FERMUSIC_DEEZER_URL`, `FERMUSIC_ITUNES_URL`,
    /// `FERMUSIC_LISTENBRAINZ_URL`.
    public init(environment: (String) -> String?) {
        func given(_ name: String, _ usual: String) -> String {
            guard var address = environment("FERMUSIC_\(name)_URL"), !address.isEmpty else { return usual }
            while address.hasSuffix("/") { address.removeLast() }
            return address
        }
        spotifyAccounts = given("SPOTIFY_ACCOUNTS", spotifyAccounts)
        spotify = given("SPOTIFY", spotify)
        youtube = given("YOUTUBE", youtube)
        deezer = given("DEEZER", deezer)
        itunes = given("ITUNES", itunes)
        listenBrainz = given("LISTENBRAINZ", listenBrainz)
    }
}
