import Files
import MusicMatching
import Testing

/// Lists as people have them: playlists, what services export of accounts, tables in other languages.
@Suite struct SongListTests {
    private func take(
        _ text: String, name: String, into given: Catalogue? = nil, options: ImportOptions = ImportOptions()
    ) throws -> (songs: [Song], report: ImportReport) {
        try take(Array(text.utf8), name: name, into: given, options: options)
    }

    private func take(
        _ bytes: [UInt8], name: String, into given: Catalogue? = nil, options: ImportOptions = ImportOptions()
    ) throws -> (songs: [Song], report: ImportReport) {
        let catalogue = try given ?? Catalogue(":memory:", builtIn: nil)
        let report = try withTemporaryFolder {
            try catalogue.importSongs(write(bytes, to: "\($0)/\(name)"), options: options)
        }
        return (try catalogue.songs(Catalogue.Filter()), report)
    }

    private func names(_ text: String, _ name: String) throws -> [String] {
        try take(text, name: name).songs.map { "\($0.artist) - \($0.title)" }
    }

    @Test(
        arguments: [
            "Titel;Künstler;Album", "Canción,Artista,Álbum", "judul,penyanyi,album", "Titre;Interprète;Album",
            "Título\tArtista\tÁlbum", "शीर्षक,गायक,एल्बम", "Название,Исполнитель,Альбом", "曲名,アーティスト,アルバム",
            "제목,가수,앨범", "歌名,歌手,专辑", "Şarkı,Sanatçı,Albüm", "Titel,Interpret,Album", "Titel,Interpret 1,Albumtitel",
            "Otsikko,Nimi,Esittäjä",
            "TITLE, ARTIST, ALBUM", "Song Name|Performer|Album",
        ])
    func headersInOtherLanguages(_ header: String) throws {
        let separator = header.first { ";\t|,".contains($0) }.map(String.init) ?? ","
        let isFinnish = header.hasPrefix("Otsikko")
        let row = isFinnish ? ["x", "Joga", "Björk"] : ["Joga", "Björk", "Homogenic"]
        #expect(try names("\(header)\n\(row.joined(separator: separator))\n", "list.csv") == ["Björk - Joga"])
    }

    @Test func aHeaderIsNeverASong() throws {
        for text in [
            "Video ID,Playlist Video Creation Timestamp\nabcdefghij0,2024-01-01T00:00:00+00:00\n",
            "Genre,Year\nRock,1990\n", "Foo,Bar\nSong,Somebody\n", "Pieśń,Ktoś\nA,B\n", "id\n1\n",
        ] {
            #expect { try take(text, name: "list.csv") } throws: { "\($0)".contains("list.csv") }
        }
    }

    @Test func columnsWithoutHeader() throws {
        // The artist comes again, so that it is known which of the two is which.
        #expect(try names("Bjork,Joga\nBjork,Hunter\n", "a.csv") == ["Bjork - Joga", "Bjork - Hunter"])
        #expect(try names("Joga,Bjork\nHunter,Bjork\n", "a.csv") == ["Bjork - Joga", "Bjork - Hunter"])
        let known = try catalogue("title,artist\nAlice,Tom Waits\n")
        let report = try take("Tom Waits,Martha\nSomebody,Something\n", name: "b.csv", into: known).report
        #expect(report.added == 2)
        #expect(try known.song(named: "Martha").artist == "Tom Waits")
        var options = ImportOptions()
        options.columns = ["", "artist", "title"]
        let named = try take("1,Me,Song\n2,You,Other\n", name: "c.csv", options: options).songs
        #expect(named.map(\.artist) == ["Me", "You"])
        // Last.fm's users: artist, album, title, time.
        let scrobbles = try take("Queen,Hot Space,Under Pressure,01 Jan 2024 10:05\n", name: "u.csv").songs
        #expect(scrobbles.map(\.title) == ["Under Pressure"] && scrobbles[0].album == "Hot Space")
    }

    @Test func titlesAboveAndNotesInTables() throws {
        #expect(
            try names("Shazam Library\nIndex,TagTime,Title,Artist,URL\n1,2024,Joga,Björk,x\n", "s.csv") == [
                "Björk - Joga"
            ])
        #expect(try names("sep=;\ntitle;artist\nA;B\n", "s.csv") == ["B - A"])
        #expect(try names("# by me\ntitle,artist\n# more\nA,B\n", "s.csv") == ["B - A"])
        #expect(try names("title,artist,,\nA,B,,\nC,D,,,\nE\n", "s.csv") == ["B - A", "D - C"])
        #expect(
            try names("TITLE, ARTIST\n\"Hi, you\", \"Me\"\n \"Heroes\" live, X\n", "s.csv") == [
                "Me - Hi, you", "X - \"Heroes\" live",
            ])
        // An unquoted comma moves names into wrong columns.
        let shifted = try take("title,artist,album\nHello, Goodbye,The Beatles,Album\n", name: "s.csv")
        #expect(shifted.songs.isEmpty && shifted.report.badRows == 1)
        #expect(shifted.report.failure == "its only row could not be used")
    }

    @Test func numbersAsPeopleWriteThem() throws {
        let comma = try take("name;artist;valence;energy;tempo\nA;B;0,587;0,438;193,1\n", name: "de.csv").songs
        #expect(
            comma[0].mood.valence == 0.587 && comma[0].mood.tempo == 193.1 && comma[0].estimated.contains(.danceability)
        )
        let percent = try take(
            "artist,song,energy,danceability,positiveness,acousticness,tempo\nA,S,83,71,87,11,0.43\nB,T,40,30,0,1,0.5\n",
            name: "p.csv")
        #expect(percent.songs.map(\.mood.energy) == [0.83, 0.4] && percent.songs[1].mood.acousticness == 0.01)
        // Tempo from 0 to 1 tells no beats.
        #expect(percent.songs.allSatisfy { $0.estimated.contains(.tempo) } && percent.report.badFields == 1)
        let scores = try take("title,artist,valence,energy\nA,B,-1.1,0.3\nC,D,0.2,2.4\nE,F,-0.9,-2\n", name: "z.csv")
        #expect(scores.songs.count == 3 && scores.songs.allSatisfy { $0.estimated.contains(.valence) })
        // One bad field costs that field.
        let one = try take("title,artist,valence,energy,tempo\nA,B,7,0.5,fast\nC,D,0.1,0.2,90\n", name: "o.csv")
        #expect(one.songs[0].mood.energy == 0.5 && one.songs[0].estimated.contains(.valence))
        #expect(one.report.added == 2 && one.report.badFields == 2 && one.report.badRows == 0)
        let tags = try take(
            "track,artist,seeds,valence_tags,arousal_tags,genre\nS,A,\"['sad', 'melancholy']\",2.6,3.4,pop\n",
            name: "m.csv"
        ).songs
        #expect(abs(tags[0].mood.valence - 0.2) < 0.001 && tags[0].emotions.emotions == [.sad] && tags[0].isEditorial)
    }

    @Test func otherColumns() throws {
        let songs = try take(
            "title,artist,Explicit,Duration (ms)\nA,B,true,213040\nC,D,No,\nE,F,,03:47\nG\u{0}H,I,maybe,12x\n",
            name: "x.csv"
        ).songs
        #expect(songs.map(\.isExplicit) == [true, false, nil, nil])
        #expect(songs.map(\.duration) == [213_040, nil, 227_000, nil])
        #expect(songs[3].title == "GH")
        let takeout = try take(
            "Video ID,Song Title,Album Title,Artist Name 1,Artist Name 2\nabcdefghijk,Tusa,Tusa,KAROL G,Nicki Minaj\n",
            name: "music library songs.csv"
        ).songs
        #expect(
            takeout[0].artist == "KAROL G, Nicki Minaj"
                && takeout[0].identifiers == [SongIdentifier(.youtube, "abcdefghijk")])
    }

    @Test func artistAndTitleInOneColumn() throws {
        #expect(
            try names("song\nTom Waits - Alice\nSimon, Garfunkel - America\n", "c.csv") == [
                "Tom Waits - Alice", "Simon, Garfunkel - America",
            ])
        #expect(
            try names("1. Tom Waits - Alice\n2. Queen – Flash\n", "c.txt") == ["Tom Waits - Alice", "Queen - Flash"])
        let row = "Track name,Artist name,Album\nRiptide,Vance Joy,\nFIFTY FIFTY - Cupid,,\nCupid - Remastered 2011,,\n"
        let mixed = try take(row, name: "tmm.csv")
        #expect(mixed.songs.map(\.artist) == ["Vance Joy", "FIFTY FIFTY"] && mixed.report.badRows == 1)
        let known = try catalogue("title,artist\nMartha,Tom Waits\n")
        _ = try take("song\nAlice - Tom Waits\n", name: "r.csv", into: known)
        #expect(try known.song(named: "Alice").artist == "Tom Waits")
    }

    @Test func playlistsOfPlayers() throws {
        let m3u =
            "#EXTM3U\n#EXTINF:213,Björk - Joga\n/nowhere/a.mp3\n#EXTINF:-1 tvg=\"a,b\",Queen - Flash\nb.mp3\nC:\\M\\Tom Waits - Alice.mp3\nhttp://radio/x\n"
        let list = try take(m3u, name: "list.m3u8")
        #expect(list.songs.map(\.title) == ["Joga", "Flash", "Alice"] && list.songs[0].duration == 213_000)
        #expect(list.report.format == "M3U playlist" && list.report.badRows == 1)
        #expect(
            try take(
                [0x23, 0x45, 0x58, 0x54, 0x4D, 0x33, 0x55, 10] + Array("#EXTINF:1,Bj".utf8) + [0xF6]
                    + Array("rk - X\na\n".utf8), name: "l.m3u"
            ).songs.map(\.artist) == ["Björk"])
        #expect(
            try names(
                "[playlist]\nFile1=/x/a.mp3\nTitle1=A - B\nLength1=200\nFile2=/x/C - D.ogg\nNumberOfEntries=2\n",
                "l.pls") == ["A - B", "C - D"])
        let xspf = """
            <?xml version="1.0" encoding="UTF-8"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Sad songs</title>
            <trackList><track><location>file:///x.mp3</location><creator>Simon &amp; Garfunkel</creator><title>America</title>
            <duration>215000</duration></track><track><location>file:///m/A%20-%20B.mp3</location></track></trackList></playlist>
            """
        let shared = try take(xspf, name: "l.xspf").songs
        #expect(shared.map(\.artist) == ["Simon & Garfunkel", "A"] && shared[0].emotions.emotions == [.sad])
        let entity = "<?xml version=\"1.0\"?><!DOCTYPE playlist [<!ENTITY a \"x\">]><playlist><trackList/></playlist>"
        #expect { try take(entity, name: "e.xspf") } throws: { "\($0)".contains("entities of its own") }
        #expect { try take("<?xml version=\"1.0\"?><rss><a>", name: "e.xml") } throws: { "\($0)".contains("<rss>") }
    }

    @Test func theLibraryOfITunes() throws {
        func track(_ number: Int, _ fields: String) -> String {
            "<key>\(number)</key><dict><key>Track ID</key><integer>\(number)</integer>\(fields)</dict>"
        }
        let names = "<key>Name</key><string>Joga</string><key>Artist</key><string>Björk</string>"
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\"><plist version=\"1.0\"><dict><key>Major Version</key><integer>1</integer><key>Tracks</key><dict>"
            + track(
                1,
                names
                    + "<key>Total Time</key><integer>305000</integer><key>Play Count</key><integer>7</integer><key>Explicit</key><true/>"
            )
            + track(
                2, "<key>Name</key><string>Talk</string><key>Artist</key><string>X</string><key>Podcast</key><true/>")
            + "</dict><key>Playlists</key><array><dict><key>Name</key><string>P</string><key>Playlist Items</key><array><dict><key>Track ID</key><integer>1</integer></dict></array></dict></array></dict></plist>"
        let songs = try take(text, name: "Library.xml").songs
        #expect(songs.map(\.title) == ["Joga"])
        #expect(songs[0].duration == 305_000 && songs[0].plays == 7 && songs[0].isExplicit == true && songs[0].isOwn)
    }

    @Test(
        arguments: [
            (
                #"{"tracks":[{"artist":"A","album":"L","track":"T","uri":"spotify:track:4PTG3Z6ehGkBFwjybzWkR8"}],"albums":[{"artist":"X","album":"Y"}],"shows":[{"name":"S","publisher":"P"}],"bannedTracks":[{"artist":"No","track":"No"}]}"#,
                ["A - T"]
            ),
            (
                #"{"playlists":[{"name":"Sad","items":[{"track":{"trackName":"T","artistName":"A","albumName":"L","trackUri":"x"},"episode":null}]}]}"#,
                ["A - T"]
            ),
            (
                #"[{"endTime":"2024-01-01 10:00","artistName":"A","trackName":"T","msPlayed":212000},{"endTime":"x","artistName":"A","trackName":"T","msPlayed":90000},{"artistName":"B","trackName":"U","msPlayed":1000}]"#,
                ["A - T"]
            ),
            (
                #"[{"ts":"2024","ms_played":60000,"master_metadata_track_name":"T","master_metadata_album_artist_name":"A","episode_name":null},{"ms_played":60000,"master_metadata_track_name":null,"episode_name":"E","episode_show_name":"S"}]"#,
                ["A - T"]
            ),
            (
                #"{"items":[{"added_at":"x","track":{"name":"T","type":"track","artists":[{"name":"A"},{"name":"B"}],"album":{"name":"L","album_type":"album","artists":[{"name":"A"}]},"explicit":true}}]}"#,
                ["A, B - T"]
            ),
            (
                "{\"listened_at\":1,\"track_metadata\":{\"artist_name\":\"A\",\"track_name\":\"T\",\"additional_info\":{}}}\n{\"listened_at\":2,\"track_metadata\":{\"artist_name\":\"A\",\"track_name\":\"T\"}}\n",
                ["A - T"]
            ),
            (##"{"recenttracks":{"track":[{"artist":{"#text":"A"},"name":"T","album":{"#text":"L"}}]}}"##, ["A - T"]),
            (#"{"playlist":{"title":"P","track":[{"title":"T","creator":"A","album":"L"}]}}"#, ["A - T"]),
            (
                #"[{"header":"YouTube Music","title":"Watched T","titleUrl":"https://music.youtube.com/watch?v=abcdefghijk","subtitles":[{"name":"A - Topic"}]},{"header":"YouTube","title":"Watched A film","subtitles":[{"name":"C"}]}]"#,
                ["A - T"]
            ),
            (
                #"[{"header":"YouTube Music","title":"T angesehen","subtitles":[{"name":"A - Thema"}]},{"header":"YouTube Music","title":"U を視聴しました","subtitles":[{"name":"A - トピック"}]}]"#,
                ["A - T", "A - U"]
            ),
            (#"[{"Title":"T","Artist":"A","Album":"L","Genre":"Pop"}]"#, ["A - T"]),
            (
                #"[{"trackName":"T\ud83c\udfb5","artistName":"A"},{"trackName":"U\ud83c","artistName":"A\\u"},{"trackName":"\udfb5V","artistName":"A"}]"#,
                ["A - T🎵", "A\\u - U\u{FFFD}", "A - \u{FFFD}V"]
            ),
        ] as [(String, [String])])
    func accountsInJSON(_ text: String, _ expected: [String]) throws {
        let (songs, _) = try take(text, name: "data.json")
        #expect(songs.map { "\($0.artist) - \($0.title)" } == expected)
    }

    @Test func playsAreCountedOnce() throws {
        let text =
            #"[{"artistName":"A","trackName":"T","msPlayed":212000},{"artistName":"A","trackName":"T","msPlayed":90000}]"#
        let known = try Catalogue(":memory:", builtIn: nil)
        _ = try take(text, name: "StreamingHistory0.json", into: known)
        let again = try take(text, name: "StreamingHistory0.json", into: known)
        #expect(again.songs.map(\.plays) == [2] && again.report.unchanged == 1)
        #expect { try take(#"{"a":[1,2]}"#, name: "x.json") } throws: { "\($0)".contains("no songs in it") }
        #expect { try take(#"{"a":[1,2"#, name: "x.json") } throws: { "\($0)".contains("no JSON") }
    }

    @Test func otherEncodingsAndPackedLists() throws {
        let text = "Name\tArtist\nJoga\tBjörk\n"
        let wide: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try take(wide, name: "itunes.txt").songs.map(\.artist) == ["Björk"])
        // "title,artist\nS,T\n" by gzip.
        let packed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x2B, 0xC9, 0x2C, 0xC9, 0x49, 0xD5, 0x49, 0x2C, 0x2A, 0xC9, 0x2C, 0x2E,
            0xE1,
            0x0A, 0xD6, 0x09, 0xE1, 0x02, 0x00,
        ]
        #expect { try take(packed, name: "a.csv.gz") } throws: { "\($0)".contains("damaged, or cut off") }
        #expect { try take(Array("%PDF-1.4".utf8), name: "a.csv") } throws: { "\($0)".contains("PDF") }
    }

    @Test(
        arguments: [
            ("Sad Songs", "sad"), ("happy_songs", "happy"), ("my_sad_playlist", "sad"), ("Bollywood Sad", "sad"),
            ("sedih", "sad"), ("Canciones Tristes", ""), ("Lagu Sedih 2023", "sad"), ("Happy Mondays", ""),
            ("Rage Against The Machine", ""), ("Fear Factory", ""), ("sad happy", ""), ("Angry Birds Soundtrack", ""),
        ])
    func namesOfLists(_ name: String, _ emotion: String) throws {
        let songs = try take("title,artist\nA,B\n", name: name + ".csv").songs
        #expect(songs[0].emotions.emotions.map(\.name).joined() == emotion)
    }

    @Test func partsOfNamesAreFound() throws {
        let songs = try catalogue(
            "title,artist\n夜に駆ける,YOASOBI\nThunderstruck,AC/DC\nDon't Know Why,Norah Jones\nЁлка,Звери\n")
        func found(_ text: String) throws -> [Int] {
            var filter = Catalogue.Filter()
            filter.search = text
            return try songs.songs(filter).map(\.id)
        }
        #expect(try found("駆ける") == [1])
        #expect(try found("ACDC") == [2])
        #expect(try found("dont know why") == [3])
        #expect(try found("елка") == [4])
        #expect(try found("zzz") == [])
        #expect(try songs.song(named: "acdc thunder").id == 2)
    }
}
