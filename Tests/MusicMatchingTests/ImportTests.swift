import Emotions
import Files
import MusicMatching
import Testing

@Suite struct ImportTests {
    private func all(_ catalogue: Catalogue) throws -> [Song] {
        var filter = Catalogue.Filter()
        filter.limit = 1_000_000
        return try catalogue.songs(filter)
    }

    private func take(_ csv: String, into catalogue: Catalogue, name: String = "list.csv") throws -> ImportReport {
        try withTemporaryFolder { try catalogue.importSongs(write(csv, to: "\($0)/\(name)")) }
    }

    @Test func oneSongFromManySources() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let id = "2H7PHVdQ3mXqEHXcvclTB0"
        _ = try take("title,artist\nBeyoncé Song (feat. X),Beyoncé\n", into: catalogue)
        let sources = [
            // The same title after normalisation; brings an identifier.
            "name,artist,id\nBEYONCE SONG,beyonce,\(id)\n",
            // Another title with the same identifier.
            "Track Name,Artist Name(s),Album Name,Track URI,Release Date\nThat Song,Somebody,Album,spotify:track:\(id),1999-01-02\n",
            // A link as identifier; features.
            "title,artist,spotify_id,valence,energy\nX,Y,https://open.spotify.com/track/\(id)?si=1,0.25,0.75\n",
            "title,artist\nBeyoncé Song - Remastered 2011,\"Beyoncé, Jay-Z\"\n",
        ]
        let reports = try sources.map { try take($0, into: catalogue) }
        #expect(reports.map(\.added) == [0, 0, 0, 0])
        #expect(reports.map(\.merged) == [1, 1, 1, 0])
        let songs = try all(catalogue)
        #expect(songs.count == 1)
        let song = try #require(songs.first)
        #expect(song.title == "Beyoncé Song (feat. X)" && song.album == "Album" && song.year == 1999)
        #expect(song.identifiers == [SongIdentifier(.spotify, id)])
        #expect(song.mood.valence == 0.25 && song.mood.energy == 0.75)
        #expect(song.estimated == [MoodAxes(.danceability), MoodAxes(.acousticness), MoodAxes(.tempo)])
        for source in sources { #expect(try take(source, into: catalogue).unchanged == 1) }
        #expect(try all(catalogue) == songs)
    }

    @Test func whatSoundsDifferentStaysApart() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try take(
            "title,artist\nHurt,Nine Inch Nails\nHurt,Johnny Cash\nHurt (Live),Johnny Cash\nHurt - Acoustic,Johnny Cash\n"
                + "Hurt (Remix),Johnny Cash\n!!!,Band\n???,Band\nहर्ट,Band\nहार्ट,Band\n🎵,Band\n", into: catalogue)
        #expect(report.added == 10)
    }

    @Test func playlistsPerEmotion() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try take(",Name,Album,Artist\n0,Song,Album,Artist\n", into: catalogue, name: "disgusted.csv")
        #expect(report.format == "numbered playlist")
        _ = try take(",Name,Album,Artist\n0,Song,Album,Artist\n", into: catalogue, name: "sad.csv")
        let song = try #require(try all(catalogue).first)
        #expect(song.emotions.emotions == [.disgust, .sad])
        #expect(song.estimated == .all)
        // Between where songs for the two emotions are, nearer to the first.
        for axis in [MoodAxis.valence, .energy] {
            let middle = (2 * center(.disgust, axis) + center(.sad, axis)) / 3
            #expect(abs(song.mood[axis] - middle) < 0.001)
        }
    }

    /// The middle of an emotion's songs.
    private func center(_ emotion: Emotion, _ axis: MoodAxis) -> Double {
        let points = MoodMap.standard.match[emotion.rawValue]
        return points.map { $0[axis] }.reduce(0, +) / Double(points.count)
    }

    @Test func estimatesComeFromLabelThenGenre() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        _ = try take(
            "title,artist,genres,mood\nA,a,heavy metal,\nB,b,,Calm\nC,c,jazz,Sad\nD,d,,\nE,e,\"['pop', 'rock']\",\n",
            into: catalogue)
        let songs = try all(catalogue)
        #expect(songs.allSatisfy { $0.estimated == .all })
        #expect(songs[0].mood.energy == 0.92)
        // "Calm" is a neutral face's label and a mood of its own: the mean of both.
        #expect(abs(songs[1].mood.energy - (center(.neutral, .energy) + 0.16) / 2) < 0.001)
        // Valence from the label, tempo from the genre.
        #expect(abs(songs[2].mood.valence - center(.sad, .valence)) < 0.001 && songs[2].mood.tempo == 112)
        #expect(songs[3].mood.valence == 0.5)
        #expect(songs[4].mood.energy == 0.66 && songs[4].genres == ["pop", "rock"])
    }

    /// Somebody known plays what only the mood map knows; other names of artists tell the same.
    @Test func artistsTellWhatNothingElseDoes() throws {
        let catalogue = try Catalogue(":memory:", builtIn: builtInSongs)
        _ = try take(
            "title,artist\nZyxa,Harold Budd\nZyxb,Headhunterz\nZyxc,周杰倫\nZyxd,Tomppabeats\n", into: catalogue)
        let quiet = try catalogue.song(named: "Zyxa"), loud = try catalogue.song(named: "Zyxb")
        #expect(quiet.genres == ["ambient"] && quiet.mood.energy < 0.4, "\(quiet.mood)")
        #expect(loud.genres == ["hardstyle"] && loud.mood.energy > 0.8, "\(loud.mood)")
        #expect(try catalogue.song(named: "Zyxc").genres == ["mandopop"])
        #expect(try catalogue.song(named: "Zyxd").mood.energy < 0.4)
    }

    @Test func aListsNameTellsAMood() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        _ = try take("title,artist\nA,a\n", into: catalogue, name: "My Workout.csv")
        _ = try take("title,artist\nB,b\n", into: catalogue, name: "tracks.csv")
        _ = try take(
            "title,artist,valence,energy,danceability,acousticness,tempo\nC,c,0.1,0.2,0.3,0.4,100\n", into: catalogue,
            name: "party.csv")
        let songs = try all(catalogue)
        #expect(songs.map(\.mood.energy) == [0.88, 0.5, 0.2])
        #expect(songs[0].mood.tempo == 132 && songs[0].estimated == .all)
        // What told nothing was not kept either: the list is the same under another name.
        #expect(try take("title,artist\nB,b\n", into: catalogue, name: "list.csv").unchanged == 1)
        #expect(try take("title,artist\nA,a\n", into: catalogue, name: "my workout.csv").unchanged == 1)
    }

    @Test func percentAndEditorialFeatures() throws {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let report = try take(
            "track_name,artist(s)_name,released_year,bpm,danceability_%,valence_%,energy_%,acousticness_%\n"
                + "Seven,\"Latto, Jung Kook\",2023,125,80,89,83,31\n", into: catalogue)
        #expect(report.format == "feature table in percent")
        let song = try #require(try all(catalogue).first)
        #expect(song.mood == MoodPoint(valence: 0.89, energy: 0.83, danceability: 0.8, acousticness: 0.31, tempo: 125))
        #expect(song.estimated == .none && !song.isEditorial && song.year == 2023)
    }

    /// Tables with numbers of other songs are common; what an editor did not say is taken from them.
    @Test func measuredFeaturesDoNotReplaceEditorialOnes() throws {
        try withTemporaryFolder { folder in
            let list = try write("title,artist,valence,energy,tempo\nA,B,0.5,0.5,100\n", to: folder + "/songs.csv")
            let catalogue = try Catalogue(folder + "/c.db", builtIn: list)
            #expect(try all(catalogue).first?.isEditorial == true)
            _ = try take("title,artist,valence,danceability\nA,B,0.1,0.2\n", into: catalogue)
            let song = try #require(try all(catalogue).first)
            #expect(song.mood.valence == 0.5 && song.mood.danceability == 0.2 && song.mood.tempo == 100)
            #expect(song.isEditorial)
            _ = try take("title,artist,valence,danceability\nA,B,0.9,0.9\n", into: catalogue)
            #expect(try all(catalogue).first?.mood.danceability == 0.2)
        }
    }

    @Test func theBuiltInListIsReadAgainWhenItChanges() throws {
        try withTemporaryFolder { folder in
            let header = "title,artist,album,language,emotions,valence,energy\n"
            let list = try write(
                header + "A,B,X,ta,sad,0.5,0.5\nLiked,D,X,en,sad,0.5,0.5\nRecommended,E,X,en,sad,0.5,0.5\n"
                    + "Linked,F,X,en,sad,0.5,0.5\nMeasured,G,X,en,sad,0.5,0.5\nUnused,H,X,en,sad,0.5,0.5\n",
                to: folder + "/songs.csv")
            let path = folder + "/c.db"
            do {
                let catalogue = try Catalogue(path, builtIn: list)
                #expect(try catalogue.count == 6)
                try catalogue.note(.like, of: catalogue.song(named: "Liked").id)
                var request = RecommendationRequest(EmotionVector(.sad))
                request.artists = ["E"]
                request.count = 1
                request.surpriseShare = 0
                let recommended = try catalogue.recommend(request)
                #expect(recommended.map(\.song.title) == ["Recommended"])
                try catalogue.note(recommended, for: request)
                let match = ProviderMatch(identifiers: [SongIdentifier(.deezer, "1")])
                try catalogue.note(match, of: catalogue.song(named: "Linked").id)
                _ = try take("title,artist,energy\nA,B,0.9\nMeasured,G,0.1\n", into: catalogue)
            }
            try write(header + "A,B,Y,te,happy,0.7,0.1\nNew,Z,X,en,sad,0.5,0.5\n", to: list)
            do {
                let catalogue = try Catalogue(path, builtIn: list)
                let corrected = try catalogue.song(named: "A")
                #expect(corrected.language == "te" && corrected.album == "Y")
                #expect(corrected.emotions.emotions == [.happy] && corrected.mood.valence == 0.7)
                #expect(corrected.mood.energy == 0.1)
                let titles = try all(catalogue).map(\.title)
                #expect(titles == ["A", "Liked", "Recommended", "Linked", "Measured", "New"])
                #expect(try catalogue.artist(named: "H").meant == nil)
                #expect(try catalogue.song(named: "New").isEditorial)
            }
            #expect(try Catalogue(path, builtIn: nil).count == 6)
            // Nothing changes without a change of the list.
            #expect(try Catalogue(path, builtIn: list).count == 6)
        }
    }

    @Test func anErrorInTheMiddleLeavesEverythingAsItWas() throws {
        struct Stop: Error {}
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        let csv = "title,artist\n" + (0..<5000).map { "Song \($0),Artist\n" }.joined()
        try withTemporaryFolder { folder in
            let path = try write(csv, to: folder + "/list.csv")
            #expect(throws: Stop.self) {
                try catalogue.importSongs(path) { _, songs in if songs >= 3000 { throw Stop() } }
            }
            #expect(try catalogue.count == 0)
            #expect(try catalogue.importSongs(path).added == 5000)
        }
    }

    @Test func exportComesBack() throws {
        let original = try catalogue(
            """
            title,artist,album,year,language,genres,emotions,valence,energy,danceability,acousticness,tempo,id,isrc
            "A ""quoted"", title","Ä; B",C,1999,hi,pop;rock,sad;angry,0.1234,0.5,0,1,99.9,2H7PHVdQ3mXqEHXcvclTB0,usrc17607839
            "Two
            lines",B,,,,,happy,,,,,,,
            '=1+1,D,,,xx,jazz,,0.5,,,,,,
            """)
        var text = ""
        try original.export { text += $0 }
        let copy = try catalogue(text)
        var filter = Catalogue.Filter()
        filter.limit = 100
        #expect(try copy.songs(filter) == original.songs(filter))
        #expect(try copy.songs(filter).count == 3)
        #expect(try original.songs(filter)[0].identifiers.contains(SongIdentifier(.isrc, "USRC17607839")))
    }

    @Test func searchTakesAnythingAsText() throws {
        let songs = try catalogue(
            "title,artist,album\nCafé del Mar,Energy 52,Dreams\nDon't Stop,Queen,Jazz\nतुम ही हो,Arijit Singh,Aashiqui 2\n"
        )
        func found(_ text: String) throws -> [Int] {
            var filter = Catalogue.Filter()
            filter.search = text
            return try songs.songs(filter).map(\.id)
        }
        #expect(try found("cafe") == [1])
        #expect(try found("DREAM café") == [1])
        #expect(try found("queen jazz") == [2])
        #expect(try found("तुम") == [3])
        #expect(try found("arijit sin") == [3])
        for hostile in ["\"", "title:x", "a OR b", "NEAR(", "*", "' OR 1=1 --", "(", "\u{0}", "-queen\"", "AND", "^"] {
            _ = try found(hostile)
        }
        #expect(try found("\"") == [])
    }

    @Test func songsAreFoundByTheirNames() throws {
        let songs = try catalogue("title,artist\nHurt,Johnny Cash\nHurt,Nine Inch Nails\nHurts so good,X\n")
        #expect(try songs.song(named: "2").artist == "Nine Inch Nails")
        #expect(try songs.song(named: "hurt cash").id == 1)
        #expect(try songs.song(named: "Hurts So Good").id == 3)
        #expect(throws: MusicError.noSuchSong("yesterday")) { try songs.song(named: "yesterday") }
        #expect { try songs.song(named: "hurt") } throws: { "\($0)".contains("Johnny Cash") }
    }
}
