import MusicMatching
import Testing

@Suite struct MatchingTests {
    private func track(_ title: String, _ artists: String..., album: String = "") -> ProviderTrack {
        var track = ProviderTrack(title: title, artists: artists, identifiers: [SongIdentifier(.spotify, title)])
        track.album = album
        return track
    }

    /// What one searches for, and what a service calls the same.
    @Test(arguments: [
        ("Yesterday", "The Beatles", "Yesterday - Remastered 2009", "The Beatles"),
        ("Yesterday", "Beatles", "Yesterday", "The Beatles"),
        ("Tum Hi Ho", "Mithoon, Arijit Singh", "Tum Hi Ho (From \"Aashiqui 2\")", "Arijit Singh"),
        ("Señorita", "Shawn Mendes & Camila Cabello", "Senorita", "Shawn Mendes"),
        (
            "(I Can't Get No) Satisfaction", "The Rolling Stones", "(I Can't Get No) Satisfaction - Mono",
            "The Rolling Stones"
        ),
        ("Don't Stop Me Now", "Queen", "Dont Stop Me Now", "Queen"),
        ("Umbrella", "Rihanna feat. JAY-Z", "Umbrella", "Rihanna"),
        ("Dil Se Re", "A.R. Rahman", "Dil Se Re", "A. R. Rahman"),
        ("봄날", "BTS", "봄날", "BTS"),
        ("Simon Says", "Simon & Garfunkel", "Simon Says", "Simon & Garfunkel"),
        ("Live and Let Die", "Wings", "Live and Let Die", "Wings"),
        ("Hurt (Live)", "Johnny Cash", "Hurt - Live", "Johnny Cash"),
        ("Piano Man", "Billy Joel", "Piano Man", "Billy Joel"),
        ("Get Lucky", "Daft Punk", "Get Lucky (feat. Pharrell Williams & Nile Rodgers)", "Daft Punk"),
    ])
    func sameSongs(_ title: String, _ artist: String, _ theirs: String, _ theirArtist: String) throws {
        let matcher = SongMatcher(try song(title, artist))
        #expect(matcher.best([track(theirs, theirArtist)]) != nil)
    }

    @Test(arguments: [
        ("Yesterday", "The Beatles", "Yesterday (Karaoke Version)", "The Beatles Karaoke Band"),
        ("Yesterday", "The Beatles", "Yesterday", "Karaoke All Stars"),
        ("Yesterday", "The Beatles", "Yesterday (Made Famous by The Beatles)", "The Beatles"),
        ("Yesterday", "The Beatles", "Yesterday", "Boyz II Men"),
        ("Yesterday", "The Beatles", "Yesterday (Tribute to The Beatles)", "The Beatles Revival"),
        ("Yesterday", "The Beatles", "Yesterday Once More", "The Beatles"),
        ("Someone Like You", "Adele", "Someone Like You - Live at the Royal Albert Hall", "Adele"),
        ("Someone Like You", "Adele", "Someone Like You (Sped Up)", "Adele"),
        ("Someone Like You", "Adele", "Someone Like You - Instrumental", "Adele"),
        ("Blinding Lights", "The Weeknd", "Blinding Lights (Remix)", "The Weeknd"),
        ("Blinding Lights", "The Weeknd", "Blinding Lights (Piano Cover)", "The Weeknd Piano"),
        ("Hello", "Adele", "Hello", "Lionel Richie"),
        ("First Love", "宇多田ヒカル", "First Love カラオケ", "宇多田ヒカル"),
        ("Hurt (Live)", "Johnny Cash", "Hurt", "Johnny Cash"),
    ])
    func otherSongs(_ title: String, _ artist: String, _ theirs: String, _ theirArtist: String) throws {
        let matcher = SongMatcher(try song(title, artist))
        #expect(matcher.best([track(theirs, theirArtist)]) == nil, "\(matcher.score(track(theirs, theirArtist)))")
    }

    @Test func theOriginalWinsWhereverItIs() throws {
        let tracks = [
            track("Shape of You (Karaoke)", "Sing King", album: "Karaoke Hits"),
            track("Shape of You", "J.Fla", album: "Covers"),
            track("Shape of You - Live", "Ed Sheeran"),
            track("Shape of You (Acoustic)", "Ed Sheeran"),
            track("Shape of You", "Ed Sheeran", album: "÷ (Deluxe)"),
            track("Shape of You", "Ed Sheeran", album: "A compilation"),
        ]
        #expect(SongMatcher(try song("Shape of You", "Ed Sheeran")).best(tracks)?.album == "÷ (Deluxe)")
        #expect(
            SongMatcher(try song("Shape of You", "Ed Sheeran", album: "A Compilation")).best(tracks)?.album
                == "A compilation")
        var unplayable = tracks[4]
        unplayable.isPlayable = false
        #expect(
            SongMatcher(try song("Shape of You", "Ed Sheeran")).best([unplayable, tracks[5]])?.album == "A compilation")
    }

    @Test func theRecordingCodeSettlesIt() throws {
        var theirs = track("形をした君", "エド・シーラン")
        theirs.identifiers.append(SongIdentifier(.isrc, "GBAHS1600463"))
        // Another script cannot be compared, and a wrong code cannot be excluded.
        #expect(SongMatcher(try song("Shape of You", "Ed Sheeran", isrc: "GBAHS1600463")).best([theirs]) == nil)
        theirs.title = "Shape of You (エド)"
        #expect(SongMatcher(try song("Shape of You", "Ed Sheeran", isrc: "gbahs1600463")).best([theirs]) != nil)
        #expect(SongMatcher(try song("Shape of You", "Ed Sheeran", isrc: "GBAHS1600000")).best([theirs]) == nil)
    }

    @Test func titlesInAnotherScript() throws {
        let album = "You Never Walk Alone"
        let theirs = track("봄날", "BTS", album: album), ours = try song("Spring Day", "BTS", album: album)
        #expect(SongMatcher(ours).best([theirs]) != nil)
        let native = SongMatcher(try song("봄날", "BTS", album: album))
        #expect(native.best([track("Spring Day", "BTS", album: album)]) != nil)
        let film = track("तुम ही हो (From \"Aashiqui 2\")", "Arijit Singh", album: "Aashiqui 2 (Original Soundtrack)")
        #expect(SongMatcher(try song("Tum Hi Ho", "Mithoon, Arijit Singh", album: "Aashiqui 2")).best([film]) != nil)
        // Without the album it could be any of theirs, and so could what was not found first.
        #expect(SongMatcher(try song("Spring Day", "BTS")).best([theirs]) == nil)
        #expect(SongMatcher(ours).best([track("Not Today", "BTS", album: album), theirs]) == nil)
        let others = [
            track("봄날", "Karaoke BTS", album: album), track("봄날 (Live)", "BTS", album: album),
            track("봄날 (커버)", "BTS", album: album), track("Dynamite 봄날", "BTS", album: album),
            track("봄날", "방탄소년단", album: album),
        ]
        for other in others { #expect(SongMatcher(ours).best([other]) == nil, "\(other.title)") }
        let coded = try song("Spring Day", "BTS", isrc: "KRA381700011")
        var same = theirs
        same.identifiers.append(SongIdentifier(.isrc, "KRA381700011"))
        #expect(SongMatcher(coded).best([same]) != nil)
    }

    @Test func videos() throws {
        let videos = [
            track("Coldplay - Yellow (Karaoke Version)", "Sing King"), track("Yellow - Coldplay (cover by Me)", "Me"),
            track("Coldplay - Yellow (Live in Madrid)", "ColdplayVEVO"), track("yellow paint drying", "Paint TV"),
            track("Yellow lyrics coldplay", "Somebody"), track("Coldplay - Yellow (Official Video)", "Coldplay"),
        ]
        let matcher = VideoMatcher(try song("Yellow", "Coldplay"))
        #expect(matcher.best(videos)?.title == "Coldplay - Yellow (Official Video)")
        #expect(matcher.best(Array(videos.prefix(2)) + [videos[3]]) == nil)
        #expect(matcher.best([track("Yellow", "Coldplay - Topic")]) != nil)
        #expect(
            HTMLText.decoded("Tom &amp; Jerry&#39;s &quot;x&quot; &#x1F600; &nope; & &#xD800; &lt;")
                == "Tom & Jerry's \"x\" 😀 &nope; & &#xD800; <")
    }
}
