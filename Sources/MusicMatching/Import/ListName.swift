import Emotions

/// What the name of a list says.
enum ListName {
    /// The emotion for which a list was made: "sad", "Sad Songs", "my_happy_playlist", "Bollywood Sad 2023". Only if all
    /// other words say nothing else: "Happy Mondays" is a band, "Rage Against the Machine" another.
    static func emotion(_ name: String, _ map: MoodMap) -> Emotion? {
        if let whole = Emotion(name: name) { return whole }
        // Names of weather, people and bands are known by more words than these.
        guard name.utf8.count <= 100 else { return nil }
        var found: Set<Emotion> = []
        for word in NameKey.fold(name).split(separator: " ").map(String.init) {
            if let emotion = Emotion(name: word) {
                found.insert(emotion)
            } else if !fillers.contains(word), Int(word) == nil, Language(word) == nil,
                map.point(ofWords: [word]) == nil
            {
                return nil
            }
        }
        return found.count == 1 ? found.first : nil
    }

    private static let fillers: Set<String> = {
        let words = """
            song songs playlist playlists music musik musica musique my mine our mix mixes mixtape list lists hits hit hot vibe
            vibes mood moods best top of the for and when you i im am feel feeling feels time times day days night nights only
            all old new good very some most favorite favorites favourite favourites fav favs liked tracks track tunes tune
            collection compilation vol volume part spotify youtube itunes apple deezer tidal export exported csv data set
            dataset bollywood kollywood tollywood hollywood lieder songs meine lied canciones cancion mis mi lista de del para
            la las los el chansons chanson ma mes pour le les canzoni mie musicas minhas lagu lagu2 saya daftar untuk gaane gana
            geet गाने गीत песни музыка мой моя плейлист wiedergabeliste emotion emotions label train test es un una a e y und
            et ed da do das dos com con avec mit with to in on at
            """
        return Set(words.split { $0 == " " || $0 == "\n" }.map(String.init))
    }()
}
