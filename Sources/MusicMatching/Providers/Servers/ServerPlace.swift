/// Places of servers as users write them: `subsonic:http://nas:4533`, `jellyfin:https://...`, `mpd:localhost:6600`.
public enum ServerPlace {
    /// Who speaks what.
    private enum Speech: String { case subsonic, jellyfin, mpd }

    private static let names: [String: Speech] = [
        "subsonic": .subsonic, "navidrome": .subsonic, "gonic": .subsonic, "airsonic": .subsonic,
        "opensubsonic": .subsonic, "jellyfin": .jellyfin, "emby": .jellyfin, "mpd": .mpd,
    ]

    /// What is behind the name of a kind of server; nil for other places, also for "mpd: live.csv", a file's name.
    private static func parts(_ place: String) -> (speech: Speech, address: String)? {
        guard let colon = place.firstIndex(of: ":"), let speech = names[place[..<colon].lowercased()] else {
            return nil
        }
        let address = place[place.index(after: colon)...]
        return address.first == " " ? nil : (speech, String(address))
    }

    /// The server at a place; `nil` if it is none. Plain `http` is used where the user writes it. Throws `ProviderError` if
    /// credentials are missing or the address is none.
    public static func server(
        _ place: String, _ credentials: Credentials, _ http: HTTPClient
    ) throws(ProviderError) -> (any MusicServer)? {
        guard let (speech, address) = parts(place) else { return nil }
        switch speech {
        case .subsonic: return try SubsonicServer(base(address, "Subsonic"), credentials, http)
        case .jellyfin: return try JellyfinServer(base(address, "Jellyfin"), credentials, http)
        case .mpd: return MPDServer(address, password: credentials.text(.mpdPassword))
        }
    }

    /// Whether a place is that of a server.
    public static func isOne(_ place: String) -> Bool { parts(place) != nil }

    /// The one way to write a place, of all that name the same server: `mpd:nas:6600` for `mpd://NAS`,
    /// `subsonic:http://nas` for `navidrome:HTTP://nas:80/`. `nil` if it is no server's.
    public static func canonical(_ place: String) -> String? {
        guard let (speech, address) = parts(place) else { return nil }
        if speech == .mpd { return "mpd:" + self.place(ofMPD: address) }
        // What is no address is refused later, as it was written.
        guard let scheme = scheme(address), let authority = WebAddress.authority(address), !authority.contains("@")
        else { return place }
        return "\(speech.rawValue):\(scheme)://\(self.place(ofBase: address))"
    }

    /// A server below a path is another one than its neighbours.
    static func place(ofBase base: String) -> String {
        guard var authority = WebAddress.authority(base) else { return base }
        let usual = scheme(base) == "https" ? ":443" : ":80"
        for port in [usual, ":"] where authority.hasSuffix(port) { authority.removeLast(port.utf8.count) }
        var path = base.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
        while path.hasSuffix("/") { path.removeLast() }
        return authority + path
    }

    /// `host:port`, or the path of a socket.
    static func place(ofMPD address: String) -> String {
        var address = address
        while address.hasSuffix("/"), address.utf8.count > 1 { address.removeLast() }
        if address.hasPrefix("//") { address.removeFirst(2) }
        if address.isEmpty || address == "/" { return "localhost:6600" }
        if address.hasPrefix("/") { return address }
        address = address.lowercased()
        if address.hasSuffix(":") { address.removeLast() }
        // The colons of "[::1]" are none before a port.
        return address.contains(":") && !address.hasSuffix("]") ? address : address + ":6600"
    }

    /// What catalogues may have as the beginning of its songs' identifiers: its place, and the same with the usual port, or
    /// without.
    static func spellings(of place: String, _ kind: SongIdentifier.Kind) -> [String] {
        switch Speech(rawValue: kind.rawValue) {
        case .mpd: return [place] + (place.hasSuffix(":6600") ? [String(place.dropLast(5))] : [])
        case .subsonic, .jellyfin:
            let authority = place.prefix { $0 != "/" }, path = place.dropFirst(authority.count)
            return [place] + [":80", ":443"].map { "\(authority)\($0)\(path)" }
        case nil: return [place]
        }
    }

    /// `http` or `https`; nil for another address.
    private static func scheme(_ address: String) -> String? {
        let scheme = address.prefix { $0 != ":" }.lowercased()
        return ["http", "https"].contains(scheme) && address.dropFirst(scheme.count).hasPrefix("://") ? scheme : nil
    }

    private static func base(_ address: String, _ name: String) throws(ProviderError) -> String {
        var address = address
        while address.hasSuffix("/") { address.removeLast() }
        guard scheme(address) != nil, let authority = WebAddress.authority(address),
            address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !address.contains("?"), !address.contains("#")
        else { throw ProviderError(named: name, .refused, "'\(address)' is no address such as http://nas:4533") }
        guard !authority.contains("@") else {
            throw ProviderError(named: name, .refused, "names and passwords are no part of the address")
        }
        return address
    }
}
