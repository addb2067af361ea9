import Emotions
import MusicMatching
import Testing

/// Artists are found however they are spelt.
@Suite struct ArtistTests {
    private func sad(_ artists: [String] = []) -> RecommendationRequest {
        var request = RecommendationRequest(EmotionVector(.sad))
        request.surpriseShare = 0
        request.artists = artists
        return request
    }

    @Test(arguments: [
        ("Simon & Garfunkel", "simon and garfunkel"), ("Simon and Garfunkel", "Simon & Garfunkel"),
        ("Destiny's Child", "Destinys Child"), ("Sinéad O'Connor", "Sinead O\u{2019}Connor"),
        ("Barış Manço", "Baris Manco"), ("Earth, Wind & Fire", "earth wind and fire"), ("MØ", "Mo"),
        ("Bob Marley & The Wailers", "Bob Marley"), ("Bob Marley & The Wailers", "The Wailers"),
        ("L'Arc-en-Ciel", "L'Arc~en~Ciel"), ("D'MASIV", "d masiv"), ("Ben&Ben", "Ben and Ben"),
        ("The Beatles", "Beatles"), ("Police", "The Police"), ("AC/DC", "ACDC"), ("A.R. Rahman", "AR Rahman"),
        ("Łona", "lona"), ("!!!", "!!!"), ("Pritam feat. Arijit Singh", "ARIJIT SINGH"),
        ("Mithoon, Arijit Singh", "arijit"), ("宇多田ヒカル", "宇多田ヒカル"),
    ])
    func askedFor(_ credit: String, _ name: String) throws {
        let songs = try catalogue(
            "title,artist,valence,energy\nNear,Somebody,0.25,0.39\nFar,\"\(credit)\",0.45,0.39\n")
        for spelling in [credit, name, name.uppercased(), name.lowercased()] {
            let list = try songs.recommend(sad([spelling]))
            #expect(list.map(\.song.title) == ["Far", "Near"], "\(spelling)")
            #expect(list[0].reason.contains("an artist you asked for"), "\(spelling): \(list[0].reason)")
            #expect(try songs.artist(named: spelling).meant != nil)
        }
        #expect(try songs.recommend(sad(["Somebody else"])).first?.song.title == "Near")
    }

    @Test(arguments: ["Destiny's Child", "Simon & Garfunkel", "MØ", "Barış Manço", "Earth, Wind & Fire", "Ben&Ben"])
    func likedAndDisliked(_ artist: String) throws {
        let songs = try catalogue(
            "title,artist,valence,energy\nNear,Somebody,0.22,0.43\nSurvivor,\"\(artist)\",0.9,0.9\n"
                + "Say My Name,\"\(artist)\",0.17,0.43\nFar,Else,0.10,0.43\n")
        #expect(try songs.recommend(sad()).first?.song.title == "Near")
        try songs.note(.like, of: 2)
        let lifted = try songs.recommend(sad())
        #expect(lifted.first?.song.title == "Say My Name")
        #expect(lifted.first?.reason.contains("you liked this artist") == true)
        try songs.note(.dislike, of: 2)
        #expect(try songs.recommend(sad()).map(\.song.title) == ["Near", "Far", "Say My Name"])
    }

    @Test func theArtistGapKnowsSpellingsToo() throws {
        let songs = try catalogue(
            "title,artist,valence,energy\nA,The Beatles,0.25,0.39\nB,Beatles,0.25,0.39\nC,BEATLES,0.25,0.39\n"
                + "D,X,0.9,0.9\n")
        var request = sad()
        request.count = 2
        #expect(try songs.recommend(request).map(\.song.title) == ["A", "D"])
    }

    @Test func everyArtistInTheirOwnScript() throws {
        let songs = try Catalogue(":memory:", builtIn: builtInSongs)
        for (latin, own) in ArtistNames.all {
            for name in own { #expect(try songs.artist(named: name).meant == latin, "\(name)") }
        }
        #expect(try songs.artist(named: "周杰").meant == nil)
    }

    @Test func partsOfNamesAndNearNames() throws {
        let songs = try catalogue(
            "title,artist\nA,Arijit Singh\nB,\"Pritam, Arijit Singh\"\nC,Honey Singh\nD,The Beatles\n"
                + "E,Michael Jackson\nF,George Michael\nG,Coldplay\n")
        #expect(try songs.artist(named: "arijit").meant == "Arijit Singh")
        #expect(try songs.artist(named: "Jackson").meant == "Michael Jackson")
        // It could be either.
        #expect(try songs.artist(named: "Michael").meant == nil)
        #expect(try songs.artist(named: "Coldpaly").meant == nil)
        #expect(try songs.nearestArtist(to: "Coldpaly") == "Coldplay")
        #expect(try songs.nearestArtist(to: "Beetles") == "The Beatles")
        #expect(try songs.nearestArtist(to: "arjit sing") == "Arijit Singh")
        #expect(try songs.nearestArtist(to: "Zzyzx") == nil)
        for odd in ["", " ", "\u{0}", "'; DROP TABLE song_artists", "\"", "\u{10FFFF}", "\u{D7FF}"] {
            #expect(try songs.artist(named: odd).meant == nil)
            #expect(try songs.nearestArtist(to: odd) == nil)
        }
    }
}
