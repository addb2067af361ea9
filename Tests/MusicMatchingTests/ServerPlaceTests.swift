import MusicMatching
import Testing

/// One server, however it is written, is one source with one way to name its songs.
@Suite struct ServerPlaceTests {
    static let spellings: [(String, [String])] = [
        (
            "mpd:nas:6600",
            ["mpd:nas", "mpd://nas", "mpd://nas:6600", "MPD:NAS", "mpd://NAS:6600/", "mpd:nas:", "mpd:nas/"]
        ),
        ("mpd:localhost:6600", ["mpd:", "mpd://", "mpd:localhost"]),
        ("mpd:[::1]:6600", ["mpd://[::1]", "mpd:[::1]:6600/"]),
        ("mpd:/run/mpd/socket", ["mpd:///run/mpd/socket", "mpd:/run/mpd/socket/"]),
        ("mpd:nas:6601", ["mpd://nas:6601"]),
        (
            "subsonic:http://nas",
            [
                "navidrome:http://nas/", "gonic:HTTP://NAS", "subsonic:http://nas:80", "airsonic:http://nas:80//",
                "opensubsonic:http://nas:/",
            ]
        ),
        ("subsonic:http://nas:4533", ["Subsonic:http://NAS:4533/"]),
        ("subsonic:https://nas/Music", ["subsonic:https://NAS:443/Music/"]),
        ("subsonic:https://nas:80", ["subsonic:https://nas:80/"]),
        ("jellyfin:https://nas", ["emby:https://nas:443/", "Jellyfin:HTTPS://Nas"]),
    ]

    @Test(arguments: spellings) func oneWayToWrite(_ place: String, _ others: [String]) throws {
        #expect(ServerPlace.canonical(place) == place)
        for other in others { #expect(ServerPlace.canonical(other) == place, "\(other)") }
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        for other in others + [place] { try catalogue.remember(other) }
        #expect(try catalogue.sources().map(\.place) == [place])
        #expect(try catalogue.forget(others[0]))
        #expect(try catalogue.sources().isEmpty)
    }

    @Test func othersStayAsTheyAre() {
        for place in ["https://NAS:443/list.csv", "spotify:playlist:X", "mpd: live.csv", "/mpd:nas", "list.csv"] {
            #expect(ServerPlace.canonical(place) == nil && !ServerPlace.isOne(place))
        }
        // Refused later, in the words of whoever wrote them.
        for place in ["subsonic:nas", "subsonic:ftp://nas/", "jellyfin:http://Me:Word@nas/", "emby:"] {
            #expect(ServerPlace.canonical(place) == place)
        }
    }

    @Test func songsKeepTheirNumbers() {
        func numbers(_ server: MPDServer) -> [String?] {
            ["nas/a/b.mp3", "nas:6600/a/b.mp3", "other/a/b.mp3", "nas:6601/a/b.mp3"].map {
                server.number(among: [SongIdentifier(.init(rawValue: "mpd"), $0)])
            }
        }
        for address in ["nas", "NAS:6600", "//nas/"] {
            #expect(numbers(MPDServer(address)) == ["a/b.mp3", "a/b.mp3", nil, nil])
            #expect(MPDServer(address).identifier("x").value == "nas:6600/x")
        }
    }

    /// What older catalogues have, written in two ways, is one source for those who forget it.
    @Test func sourcesOfOlderCatalogues() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/c.db"
            try Catalogue(path, builtIn: nil).remember("mpd:nas")
            sql(path, "UPDATE sources SET place = 'mpd://nas'")
            sql(
                path,
                "INSERT INTO sources (place, language, emotion, fingerprint, refreshed) "
                    + "VALUES ('mpd:nas', '', '', '', 0)")
            let catalogue = try Catalogue(path, builtIn: nil)
            try catalogue.remember("mpd:nas:6600")
            #expect(try catalogue.sources().map(\.place) == ["mpd://nas", "mpd:nas"])
            #expect(try catalogue.forget("mpd:NAS"))
            #expect(try catalogue.sources().isEmpty)
            #expect(try !catalogue.forget("mpd:NAS"))
        }
    }

    @Test func moodsThatAreNoNumbers() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        var draft = SongDraft(title: "T", artist: "A")
        for axis in MoodAxis.allCases { draft.mood[axis] = .nan }
        #expect(draft.mood.missing == .all)
        _ = try catalogue.add(draft)
        var request = RecommendationRequest(.init(.happy))
        for share in [Double.nan, -1, 3] {
            request.surpriseShare = share
            #expect(try catalogue.recommend(request).count == 1)
        }
        request.count = -2
        #expect(try catalogue.recommend(request).isEmpty)
    }
}
