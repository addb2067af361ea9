import Emotions
import Files
import MusicMatching
import Testing

/// Headers, scales and separators that are easily taken for something else.
@Suite struct SongTableTests {
    private func take(_ text: String, name: String = "list.csv") throws -> (songs: [Song], report: ImportReport) {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try withTemporaryFolder { try catalogue.importSongs(write(text, to: "\($0)/\(name)")) }
        return (try catalogue.songs(Catalogue.Filter()), report)
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func aHeaderMayBeginWithANumberSign(_ sign: String) throws {
        let rows = [["#", "Title", "Artist"], ["1", "Song", "Me"], ["2", "Other", "You"]]
        let text = rows.map { $0.joined(separator: sign) }.joined(separator: "\n") + "\n"
        #expect(try take(text).songs.map(\.title) == ["Song", "Other"])
        #expect(try take("#Title\(sign)Artist\nSong\(sign)Me\n").songs.map(\.artist) == ["Me"])
    }

    @Test func notesAreStillNotes() throws {
        let text = "# made by a program - 2024\n# title, artist\n#\ntitle,artist\n# more\nSong,Me\n"
        #expect(try take(text).songs.map(\.title) == ["Song"])
        #expect(
            try take(String(repeating: "# a note\n", count: 20_000 / 3) + "title;artist\nA, B;C\n").songs.count == 1)
    }

    @Test(arguments: ["list.txt", "list.csv"])
    func songsMayBeginWithANumberSign(_ name: String) throws {
        let songs = "#SELFIE - The Chainsmokers\n#Beautiful - Mariah Carey\nHalo - Beyoncé\n"
        #expect(try take(songs, name: name).songs.count == 3)
        #expect(try take("Song\n" + songs, name: name).songs.count == 3)
        #expect(
            try take("Song\n" + songs.split(separator: "\n").map { "\"\($0)\"\n" }.joined(), name: name).songs.count
                == 3)
    }

    /// Marks from 0 to 10 are no percent, and nothing says what they are.
    @Test(arguments: ["7,8\n3,9\n", "5,1\n4,2\n", "7.5,8.25\n2,10\n"])
    func marksAreNoPercent(_ rows: String) throws {
        var number = 0
        let lines = rows.split(separator: "\n").map { row in
            number += 1
            return "Song \(number),A,\(row)\n"
        }
        let (songs, report) = try take("Title,Artist,Energy,Valence\n" + lines.joined())
        #expect(
            songs.count == 2 && songs.allSatisfy { $0.estimated.contains(.energy) && $0.estimated.contains(.valence) })
        #expect(report.fieldProblems.count == 2, "\(report)")
    }

    @Test func percentIsStillPercent() throws {
        let small = try take("Title,Artist,Energy,Acousticness\nA,B,70,2\nC,D,80,3\n").songs
        #expect(small.map(\.mood.energy) == [0.7, 0.8] && small.map(\.mood.acousticness) == [0.02, 0.03])
        #expect(try take("Title,Artist,Energy\nA,B,7%\nC,D,9%\n").songs.map(\.mood.energy) == [0.07, 0.09])
    }

    @Test func numbersOfTracksAreNoTitles() throws {
        let english = try take("Track,Name,Artist\n1,Song,Me\n02,Other,You\n3/12,Third,We\n").songs
        #expect(english.map(\.title) == ["Song", "Other", "Third"])
        #expect(try take("Nummer;Name;Interpret\n1;Lied;Ich\n").songs.map(\.title) == ["Lied"])
        #expect(try take("Track,Name,Artist\nSong,12,Me\n").songs.map(\.title) == ["Song"])
        #expect(
            try take("Title,Artist\n1979,Smashing Pumpkins\n22,Taylor Swift\n").songs.map(\.title) == ["1979", "22"])
    }

    /// Lines that end as they did on old Macs.
    @Test(arguments: ["\n", "\r\n", "\r"])
    func brokenLinesCostThemselvesOnly(_ end: String) throws {
        let lines = [
            "sep=,", "# a note", "title,artist", "One,A", "\"stray\" quote,B", "", "\"open,C", "\"Two\(end)lines\",D",
            "Three,E",
        ]
        let (songs, report) = try take(lines.joined(separator: end))
        #expect(songs.map(\.title) == ["One", "Two lines", "Three"], "\(report)")
        #expect(report.problems.map(\.row) == [5, 7])
    }

    /// The music library of Takeout, in the account's language.
    @Test(
        arguments: [
            "Song URL,Song Title,Album Title,Artist Names", "Titel-URL,Titelname,Albumtitel,Künstlernamen",
            "URL de la canción,Título de la canción,Título del álbum,Nombres de los artistas",
            "URL da música,Título da música,Título do álbum,Nomes dos artistas",
            "URL du titre,Titre de la chanson,Titre de l'album,Noms des artistes",
            "Adres URL utworu,Tytuł utworu,Tytuł albumu,Nazwy artystów",
            "URL трека,Название трека,Название альбома,Имена исполнителей",
            "Şarkı URL'si,Şarkı Başlığı,Albüm Başlığı,Sanatçı Adları",
        ])
    func librariesOfYouTubeMusic(_ header: String) throws {
        let song = try #require(
            try take(header + "\nhttps://music.youtube.com/watch?v=abc,Song,Album,Me\n").songs.first)
        #expect(song.title == "Song" && song.artist == "Me" && song.album == "Album")
    }

    @Test func videosByNumberAreNoSongs() {
        for text in [
            "Video ID,Time Added\nabc,2020\n", "Playlist ID,Time Created,Title\nPL1,2020,Mix\n\nVideo ID,Time\nabc,2\n",
        ] {
            #expect { try take(text) } throws: { "\($0)".contains("names videos by their numbers") }
        }
    }

    /// What portable players write for Last.fm.
    @Test func logsOfPlayers() throws {
        let lines = [
            "#AUDIOSCROBBLER/1.1", "#TZ/UNKNOWN", "#CLIENT/Rockbox 1.1",
            "Nina Simone\tPastel Blues\tSinnerman\t10\t622\tL\t1262300000\t", "Me\t\tSong\t\t200\tL\t1262300900",
            "Me\tonly this",
        ]
        let (songs, report) = try take(lines.joined(separator: "\n") + "\n", name: ".scrobbler.log")
        #expect(
            songs.map { "\($0.artist) - \($0.album) - \($0.title)" } == [
                "Nina Simone - Pastel Blues - Sinnerman", "Me -  - Song",
            ])
        #expect(songs.map(\.duration) == [622_000, 200_000] && report.problems.count == 1)
    }

    @Test func pagesAreNoLists() {
        for text in ["<!DOCTYPE html><html><body>Sign in, please</body></html>", "\n<HTML>\n<p>a, b</p>\n</HTML>\n"] {
            #expect { try take(text) } throws: { "\($0)".contains("is a web page") }
        }
    }

    /// A header that names both says in which order they are; else what is known of the names does.
    @Test func whoSingsOfTwoDashedNames() throws {
        func take(_ text: String, artists: String = "Tom Waits,,\nThe Beatles,,\nQueen,,\n") throws -> [String] {
            try withTemporaryFolder { folder in
                try write("artist,genre,names\n" + artists.replacing(",,", with: ",rock,"), to: folder + "/artists.csv")
                let builtIn = try write("title,artist\nSomething,Alice\nOther,Angie\n", to: folder + "/songs.csv")
                let catalogue = try Catalogue(folder + "/c.db", builtIn: builtIn)
                let known = try Set(catalogue.songs(Catalogue.Filter()).map(\.id))
                _ = try catalogue.importSongs(write(text, to: folder + "/list.csv"))
                return try catalogue.songs(Catalogue.Filter()).filter { !known.contains($0.id) }
                    .map { "\($0.artist): \($0.title)" }.sorted()
            }
        }
        #expect(
            try take("song\nTom Waits - Alice\nRick Astley - Together Forever\n")
                == ["Rick Astley: Together Forever", "Tom Waits: Alice"])
        #expect(
            try take("song\nAlice - Tom Waits\nYesterday - The Beatles\n") == [
                "The Beatles: Yesterday", "Tom Waits: Alice",
            ])
        #expect(try take("Artist - Title\nTom Waits - Alice\n", artists: "") == ["Tom Waits: Alice"])
        #expect(try take("Title - Artist\nAlice - Tom Waits\n", artists: "") == ["Tom Waits: Alice"])
        // One title that is somebody's name says nothing of a whole list.
        let others = (0..<9).map { "Nobody \($0) - Song \($0)\n" }.joined()
        #expect(try take("song\n" + others + "Somebody - Angie\n").contains("Somebody: Angie"))
    }

    /// Words for feelings tell moods in tables as they do when somebody types them.
    @Test func wordsForFeelingsAreMoods() throws {
        let words = [
            "anxious", "relaxed", "cheerful", "nostalgic", "melancholic", "gloomy", "dark", "peaceful", "upbeat",
            "aggressive", "tense", "dreamy", "mellow",
        ]
        let rows = words.map { "\($0),Somebody,\($0)\n" }.joined()
        let (songs, report) = try take("title,artist,mood\n" + rows)
        #expect(songs.count == words.count && report.badFields == 0)
        for song in songs {
            let mood = song.mood
            #expect(abs(mood.valence - 0.5) + abs(mood.energy - 0.5) > 0.05, "\(song.title): \(mood)")
        }
        let moods = Dictionary(uniqueKeysWithValues: songs.map { ($0.title, $0) })
        #expect(moods["anxious"]?.emotions.emotions == [.fear] && moods["nostalgic"]?.emotions.isEmpty == true)
        #expect((moods["cheerful"]?.mood.valence ?? 0) > (moods["gloomy"]?.mood.valence ?? 1))
    }

    @Test func whatIsNotUnderstoodIsSaid() throws {
        let text =
            "title,artist,year,language,emotions\nA,X,19999,klingon,hungry\nB,X,1999,en,sad\nC,X,,,\nD,X,0,und,\n"
        let (songs, report) = try take(text)
        #expect(songs.count == 4 && report.badFields == 3)
        #expect(report.fieldProblems.map(\.row) == [2, 2, 2])
        #expect(
            ["19999", "klingon", "hungry"].allSatisfy { word in
                report.fieldProblems.contains { $0.reason.contains("'\(word)'") }
            })
    }
}
