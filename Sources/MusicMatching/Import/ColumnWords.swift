/// What columns of song tables are called: by programs that export them, and by people in their own languages.
enum ColumnWords {
    /// What a column holds.
    enum Meaning: CaseIterable {
        case title, artist, albumArtist, artistAndTitle, titleAndArtist, album, date, language, genres, emotions, mood
        case playlist, spotify, isrc, youtube, estimated, editorial, explicit, duration, valence, energy, danceability
        case acousticness, tempo, valenceTags, arousalTags, seeds, own, themes
    }

    /// The names of a meaning, the most telling first: in a table with "track" and "name" the title is "track".
    static func names(_ meaning: Meaning) -> [String] { table[meaning] ?? [] }

    /// Whether a name stands for anything at all.
    static func isKnown(_ key: String) -> Bool { all.contains(key) || key.isEmpty }

    /// Names as they are compared: without case, accents, blanks and signs. "Artist Name(s)", "artist(s)_name" and
    /// "artist_name" differ in what does not matter.
    static func key(_ name: String) -> String {
        String(String.UnicodeScalarView(NameKey.fold(name).unicodeScalars.filter { $0 != " " }))
    }

    private static let all = Set(table.values.joined())

    private static let table: [Meaning: [String]] = {
        var result: [Meaning: [String]] = [:]
        for (meaning, words) in written {
            result[meaning] = words.split(whereSeparator: { $0 == "\n" || $0 == "," }).map { key(String($0)) }
                .filter { !$0.isEmpty }
        }
        return result
    }()

    /// English and programs' names first, then German, Dutch, Swedish, Danish, Norwegian, Finnish, Spanish, Portuguese,
    /// French, Italian, Romanian, Polish, Czech, Hungarian, Turkish, Indonesian and Malay, Vietnamese, Russian, Ukrainian,
    /// Greek, Hindi, Bengali, Tamil, Telugu, Thai, Arabic, Persian, Hebrew, Chinese, Japanese, Korean.
    private static let written: [Meaning: String] = [
        .title: """
        master metadata track name, track name, title, song title, song name, track title, track, song, titre du morceau,
        titel, songtitel, liedtitel, titelname, lied, liedname, titel van nummer, nummer, låt, låttitel, låtnamn, sang, sangtitel,
        nimi, kappale, kappaleen nimi, título, título de la canción, nombre de la canción, canción, pista, tema,
        título da música, título da faixa, nome da música, nome da faixa, música, faixa, canção, titre, titre de la chanson,
        nom du titre, morceau, chanson, titolo, titolo del brano, titolo della canzone, brano, canzone, titlu, piesă, melodie, tytuł, tytuł utworu, nazwa utworu, utwór,
        piosenka, název, skladba, píseň, cím, dal, szám, dal címe, başlık, şarkı, şarkı adı, şarkı başlığı, parça, parça adı, judul, judul lagu,
        lagu, nama lagu, tajuk, tên bài hát, bài hát, tựa đề, название, название песни, название трека, название композиции, песня, трек, композиция, назва,
        пісня, τίτλος, τραγούδι, शीर्षक, गाना, गीत, गाने का नाम, শিরোনাম, গান, பாடல், தலைப்பு, పాట, శీర్షిక, ชื่อเพลง, เพลง,
        عنوان, العنوان, أغنية, الأغنية, اسم الأغنية, آهنگ, نام آهنگ, שיר, שם השיר, כותרת, 标题, 標題, 歌名, 歌曲, 歌曲名,
        歌曲名称, 曲名, タイトル, 曲, 楽曲, 楽曲名, トラック, 제목, 곡명, 곡, 노래, 노래 제목, 트랙, name, nombre, nome, nom, nama
        """,
        .artist: """
        master metadata album artist name, artist names, artist name, artists name, artists, artist, track artist,
        track artists, artist name 1, singer, singers, performer, band, künstler, künstlername, künstlernamen, künstlername 1,
        interpret 1, artist 1, artista 1, artiste 1,
        künstler name, kuenstler, interpret, interpreten, sänger, band gruppe, artiest, artiesten, namen van artiesten, uitvoerder, artister,
        kunstner, kunstnere, artisti, esittäjä, artista, artistas, nombre del artista, nombres de los artistas, nombre del artista 1, intérprete,
        intérpretes, cantante, nome do artista, nomes dos artistas, nome do artista 1, cantor, artiste, artistes, nom de l'artiste, noms des artistes,
        nom de l'artiste 1, interprète, chanteur, nome dell'artista, nomi degli artisti, nome artista, interprete, wykonawca, wykonawcy, nazwa wykonawcy, artysta, nazwa artysty, nazwy artystów,
        umělec, zpěvák, előadó, zenész, sanatçı, sanatçı adı, sanatçı adları, şarkıcı, penyanyi, nama penyanyi, artis, nama artis,
        pencipta, musisi, pemusik, nghệ sĩ, ca sĩ, исполнитель, исполнители, имя исполнителя, имена исполнителей, артист, певец, группа, виконавець,
        καλλιτέχνης, ερμηνευτής, गायक, कलाकार, गायिका, শিল্পী, গায়ক, பாடகர், கலைஞர், గాయకుడు, కళాకారుడు, ศิลปิน, นักร้อง,
        فنان, الفنان, المغني, مغني, اسم الفنان, خواننده, هنرمند, אמן, זמר, 歌手, 艺术家, 藝術家, 艺人, 藝人, 演唱者,
        アーティスト, アーティスト名, 歌手名, 가수, 아티스트, 아티스트명, creator
        """,
        .albumArtist: """
        album artist, album artists, album artist name, album artist names, albumkünstler, artista del álbum,
        artista do álbum, artiste de l'album
        """,
        .artistAndTitle: "artist title, artist and title, artist track, artist song, künstler titel, interpret titel",
        .titleAndArtist: "title artist, title and artist, track artist name title, song artist, titel künstler",
        .album: """
        master metadata album album name, album name, album, track album name, album title, albumtitel, albumname,
        release name, release, álbum, nombre del álbum, título del álbum, nome do álbum, título do álbum, titre de l'album,
        nom de l'album, titolo dell'album, titel van album, tytuł albumu, nazwa albumu, album tytuł, albüm, albüm adı, albüm başlığı, nama album, judul album, альбом, название альбома, άλμπουμ, एल्बम, আলবাম, ஆல்பம்,
        อัลบั้ม, ألبوم, الألبوم, آلبوم, אלבום, 专辑, 專輯, 专辑名, アルバム, アルバム名, 앨범, 앨범명
        """,
        .date: """
        year, released year, release year, release date, album release date, track album release date, jahr,
        erscheinungsjahr, erscheinungsdatum, jaar, år, vuosi, año, año de lanzamiento, fecha de lanzamiento, ano,
        ano de lançamento, data de lançamento, année, date de sortie, anno, anno di uscita, data di uscita, rok, év,
        yıl, tahun, tahun rilis, năm, год, год выпуска, рік, έτος, वर्ष, साल, ปี, سنة, السنة, سال, שנה, 年, 年份, 发行年份,
        リリース年, 연도, 발매일, 발매연도
        """,
        .language: """
        language, lang, song language, sprache, taal, språk, sprog, kieli, idioma, lengua, langue, língua, lingua, limbă,
        język, jazyk, nyelv, dil, bahasa, ngôn ngữ, язык, мова, γλώσσα, भाषा, ভাষা, மொழி, భాష, ภาษา, لغة, اللغة, زبان,
        שפה, 语言, 語言, 語種, 语种, 言語, 언어
        """,
        .genres: """
        genres, genre, artist genres, track genre, playlist genre, playlist subgenre, musikrichtung, género, géneros,
        gênero, gêneros, genere, generi, gatunek, žánr, műfaj, tür, aliran, genre musik, thể loại, жанр, είδος, शैली,
        ধরন, แนวเพลง, نوع, النوع, سبک, ז'אנר, 流派, 类型, 風格, ジャンル, 장르
        """,
        .emotions: """
        emotions, emotion, emotion label, dominant emotion, gefühl, gefühle, emotionen, emoción, emociones, emoção,
        emoções, émotion, émotions, emozione, emozioni, emocja, emoce, érzelem, duygu, emosi, perasaan, cảm xúc, эмоция,
        эмоции, емоція, συναίσθημα, भावना, भाव, অনুভূতি, உணர்வு, భావన, อารมณ์, عاطفة, المشاعر, شعور, احساس, רגש, 情绪,
        情緒, 情感, 感情, 감정, 정서
        """,
        .mood: """
        mood, moods, label, labels, stimmung, stimmungen, stemming, stämning, tunnelma, ánimo, estado de ánimo, humor,
        humeur, ambiance, umore, stato d'animo, nastrój, nálada, hangulat, ruh hali, suasana, suasana hati, tâm trạng,
        настроение, настрій, διάθεση, मूड, মেজাজ, மனநிலை, مزاج, المزاج, מצב רוח, 心情, 氛围, ムード, 気分, 기분, 분위기
        """,
        .playlist: "playlist name, playlist, playlists, wiedergabeliste, lista, liste de lecture, плейлист, 播放列表",
        .spotify: """
        spotify track uri, track uri, spotify uri, spotify track id, spotify id, track id, uri, spotify - id, spotify url,
        url, id
        """,
        .isrc: "isrc, isrc code",
        .youtube: "youtube id, video id, youtube video id, video-id",
        .estimated: "estimated",
        .editorial: "editorial",
        .explicit: """
        explicit, is explicit, explicit lyrics, explicit content, parental advisory, jugendfrei nein, explícito,
        explicite, esplicito
        """,
        .duration: """
        duration ms, track duration ms, duration, track duration, length, length ms, total time, time, dauer, länge,
        spieldauer, duración, duração, durée, durata, czas trwania, süre, durasi, длительность, अवधि, 时长, 時長, 長さ, 길이
        """,
        .valence:
            "valence, positiveness, positivity, valenz, valencia, valência, valenza, walencja, değerlik, валентность",
        .energy:
            "energy, energie, energía, energia, énergie, enerji, energi, энергия, энергичность, ऊर्जा, 能量, エネルギー, 에너지",
        .danceability:
            "danceability, tanzbarkeit, bailabilidad, dançabilidade, dansabilité, ballabilità, танцевальность",
        .acousticness: "acousticness, acoustic, akustik, acústica, acousticité, acusticità, акустичность",
        .tempo: "tempo, bpm, beats per minute, темп, テンポ, 템포",
        .valenceTags: "valence tags",
        .arousalTags: "arousal tags",
        .seeds: "seeds, tags, mood tags",
        .own: "own",
        .themes: "themes",
    ]
}
