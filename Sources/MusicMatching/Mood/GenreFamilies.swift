/// Families of genres: what "grunge", "hard rock" and "classic rock" have in common. A song may be of several.
struct GenreFamilies: OptionSet, Hashable, Sendable {
    let rawValue: Int

    static let count = names.count

    /// The families of a song's genres; an unknown word is of none.
    init(_ genres: [String]) {
        self = genres.reduce(into: []) { $0.formUnion(GenreFamilies(genre: $1)) }
    }

    init(rawValue: Int) { self.rawValue = rawValue & (1 << GenreFamilies.count - 1) }

    /// The family with this name; `nil` if there is none.
    init?(name: String) {
        let folded = NameKey.fold(name)
        guard let index = GenreFamilies.names.firstIndex(of: folded) else { return nil }
        rawValue = 1 << index
    }

    /// The families of one genre: of all runs of words in it that are known.
    init(genre: String) {
        let words = NameKey.fold(genre).split(separator: " ").prefix(8)
        var bits = 0
        for length in 1...3 where length <= words.count {
            for start in 0...words.count - length {
                let run = length == 1 ? String(words[start]) : words[start..<start + length].joined(separator: " ")
                bits |= GenreFamilies.byWord[run] ?? 0
            }
        }
        rawValue = bits
    }

    /// The numbers of the families.
    var indices: [Int] { (0..<GenreFamilies.count).filter { rawValue & 1 << $0 != 0 } }
    var names: [String] { indices.map { GenreFamilies.names[$0] } }

    static let names = table.map { $0.name }

    private static let byWord: [String: Int] = {
        var result: [String: Int] = [:]
        for (index, family) in table.enumerated() {
            for word in family.words { result[word, default: 0] |= 1 << index }
        }
        return result
    }()

    /// Name, and words that mean it. New families come behind: their numbers are stored.
    private static let table: [(name: String, words: [String])] = [
        (
            "rock",
            [
                "rock", "grunge", "britpop", "rockabilly", "alternative", "madchester", "krautrock", "shoegaze", "emo",
                "rock and roll", "rock n roll", "j rock", "jrock", "post rock", "visual kei", "new wave",
            ]
        ),
        ("metal", ["metal", "metalcore", "deathcore", "djent", "grindcore", "thrash", "nu metal"]),
        ("punk", ["punk", "hardcore", "ska punk", "post punk", "riot grrrl", "post hardcore", "emo"]),
        (
            "pop",
            [
                "pop", "synthpop", "electropop", "europop", "schlager", "dance pop", "k pop", "kpop", "j pop", "jpop",
                "city pop", "britpop", "teen pop", "idol", "cantopop", "mandopop", "c pop", "indipop", "kayokyoku",
            ]
        ),
        (
            "electronic",
            [
                "electronic", "electronica", "electro", "edm", "house", "techno", "trance", "dubstep", "synthwave",
                "synth pop", "synthpop", "electropop", "drum and bass", "dnb", "big beat", "downtempo", "trip hop",
                "eurodance", "breakbeat", "garage", "hardstyle", "phonk", "idm", "jungle", "big room", "dance",
                "vocaloid", "psytrance",
                "hyperpop", "lo fi", "lofi", "future bass", "electroclash", "industrial",
            ]
        ),
        (
            "hip hop",
            [
                "hip hop", "hiphop", "rap", "trap", "drill", "grime", "gangsta", "crunk", "boom bap", "phonk",
                "trip hop",
                "bongo flava", "rap rock", "k hip hop",
            ]
        ),
        (
            "soul",
            [
                "soul", "r and b", "rnb", "rhythm and blues", "motown", "neo soul", "new jack swing", "quiet storm",
                "doo wop",
                "gospel",
            ]
        ),
        ("funk", ["funk", "disco", "boogie", "nu disco", "funk rock"]),
        ("blues", ["blues", "rhythm and blues"]),
        (
            "jazz",
            ["jazz", "swing", "big band", "bossa nova", "bebop", "lounge", "easy listening", "crooner", "fusion"]
        ),
        (
            "folk",
            [
                "folk", "singer songwriter", "acoustic", "americana", "bluegrass", "nueva cancion", "trova", "celtic",
                "ballad", "cantautor", "fado", "nueva trova", "chanson",
            ]
        ),
        ("country", ["country", "americana", "honky tonk", "bluegrass"]),
        (
            "classical",
            [
                "classical", "opera", "orchestral", "piano", "baroque", "neoclassical", "choral", "minimalism",
                "symphony",
                "chamber", "operatic pop",
            ]
        ),
        ("ambient", ["ambient", "new age", "downtempo", "sleep", "meditation", "drone", "chillout", "chill"]),
        (
            "soundtrack",
            [
                "soundtrack", "score", "film", "filmi", "musical", "show tune", "anime", "bollywood", "kollywood",
                "tollywood", "mollywood", "sandalwood", "disney", "ost", "video game", "k drama", "tamil film",
                "telugu film", "game",
            ]
        ),
        (
            "latin",
            [
                "latin", "salsa", "reggaeton", "bachata", "cumbia", "bolero", "merengue", "mariachi", "ranchera",
                "tango",
                "flamenco", "dembow", "plena", "nortena", "norteno", "banda", "rumba", "corrido", "corridos",
                "vallenato", "son", "cuban",
                "mambo", "tejano", "regional mexican", "regional mexicano", "latin pop", "rumba flamenca",
            ]
        ),
        (
            "brazilian",
            [
                "brazilian", "samba", "mpb", "bossa nova", "sertanejo", "forro", "pagode", "axe", "tropicalia",
                "funk carioca",
                "baiao", "piseiro", "manguebeat", "choro",
            ]
        ),
        ("reggae", ["reggae", "ska", "dancehall", "dub", "rocksteady", "roots reggae"]),
        (
            "african",
            [
                "afrobeat", "afrobeats", "afropop", "highlife", "amapiano", "kwaito", "soukous", "african",
                "bongo flava",
                "mbalax", "rumba congolaise", "gnawa", "jit", "desert blues",
            ]
        ),
        (
            "south asian",
            [
                "bollywood", "filmi", "bhangra", "ghazal", "qawwali", "sufi", "bhajan", "hindustani", "carnatic",
                "kollywood",
                "tollywood", "indipop", "gaana", "gana", "mollywood", "sandalwood", "kuthu", "baul", "rabindra sangeet",
                "devotional", "dandiya", "garba",
                "indian", "melody", "tamil film", "telugu film", "punjabi",
            ]
        ),
        (
            "arabic",
            [
                "arabic", "rai", "shaabi", "khaleeji", "tarab", "dabke", "mahraganat", "maqam", "arab pop",
                "arabic pop",
                "levantine", "egyptian", "lebanese", "tunisian", "iraqi", "jordanian", "chaabi", "maghreb", "gulf",
            ]
        ),
        (
            "southeast asian",
            [
                "dangdut", "kroncong", "keroncong", "campursari", "koplo", "dangdut koplo", "pop sunda", "opm",
                "gamelan",
                "pop melayu", "pop kreatif", "luk thung",
            ]
        ),
        (
            "east asian",
            [
                "k pop", "kpop", "j pop", "jpop", "c pop", "mandopop", "cantopop", "enka", "trot", "kayokyoku",
                "city pop",
                "j rock", "anime", "vocaloid", "k indie", "k hip hop", "k ballad", "visual kei", "k rock", "korean",
                "japanese",
                "chinese", "p pop",
            ]
        ),
        (
            "indie",
            ["indie", "alternative", "shoegaze", "dream pop", "lo fi", "bedroom pop", "k indie", "college rock"]
        ),
    ]
}
