import TextCoding

/// What people call how they feel beside the emotions' own names: for what somebody types, not for classes of data sets,
/// where "calm" is a class of its own.
public enum FeelingWords {
    /// The emotions that a feeling is made of; `nil` for words that are none. Case, accents and blanks don't count.
    public static func vector(_ word: String) -> EmotionVector? {
        if let emotion = Emotion(name: word) { return EmotionVector(emotion) }
        return known[EmotionWords.key(word)]
    }

    /// All words that are understood here, in Latin letters, for suggestions.
    public static let words: [String] = table.flatMap { entry in
        entry.words.split(whereSeparator: { $0 == " " || $0 == "\n" }).map {
            $0.split(separator: "·").joined(separator: " ")
        }
    }.filter { $0.utf8.allSatisfy { $0 < 0x80 } }

    private static let known: [String: EmotionVector] = {
        var result: [String: EmotionVector] = [:]
        for (weights, words) in table {
            guard let vector = EmotionVector(named: weights.map { ($0.key.name, $0.value) }) else { continue }
            for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                result[EmotionWords.key(word.split(separator: "·").joined(separator: " "))] = vector
            }
        }
        return result
    }()

    /// English, Spanish, Indonesian, Hindi (also in Latin letters), German. A dot joins words.
    private static let table: [(weights: [Emotion: Double], words: String)] = [
        (
            [.neutral: 1],
            """
            relaxed relax relaxing calm calmed chill chilled chilling peaceful peace serene mellow cozy cosy quiet okay ok
            fine focused focus focussed concentrated balanced easy meditative content mindful dreamy laid·back sleepy
            relajado relajada tranquilo tranquila calmado calmada sereno serena concentrado concentrada
            santai tenang rileks damai fokus biasa·saja kalem शांत शान्त सुकून आराम shant shaant sukoon sukun aaram aram
            entspannt ruhig gelassen ausgeglichen konzentriert
            """
        ),
        (
            [.happy: 1],
            """
            glad cheerful delighted delight pleased love loved loving in·love grateful thankful proud playful sunny good great
            wonderful merry festive party blissful upbeat lighthearted carefree
            animado animada enamorado enamorada orgulloso orgullosa agradecido agradecida bien contentos
            ceria riang jatuh·cinta bangga bersyukur senang·sekali girang मस्त प्यार प्रेम mast pyaar pyar prem anand आनंद
            verliebt zufrieden heiter dankbar stolz gut·gelaunt
            """
        ),
        (
            [.happy: 0.7, .surprise: 0.3],
            """
            hopeful optimistic hope esperanzado esperanzada optimista penuh·harapan optimis आशावान hoffnungsvoll
            """
        ),
        (
            [.fear: 1],
            """
            anxious anxiety nervous worried worry uneasy tense tension panic panicked insecure terrified terror horror
            overwhelmed restless
            ansioso ansiosa ansiedad nervioso nerviosa preocupado preocupada inquieto inquieta tenso tensa
            cemas gelisah khawatir gugup panik waswas was·was gundah चिंतित चिंता बेचैन घबराया घबराहट chintit chinta bechain
            ghabraya ghabrahat nervös nervoes besorgt unruhig angespannt panisch
            """
        ),
        (
            [.fear: 0.6, .angry: 0.4],
            "stressed stress stressful estresado estresada estrés stres tertekan तनाव tanav tanaav gestresst"
        ),
        (
            [.sad: 1],
            """
            lonely alone loneliness heartbroken broken·hearted heartbreak depressed depression down blue melancholy melancholic
            gloomy dark grief grieving miserable hurt crying tearful homesick hopeless
            solo sola solitario solitaria deprimido deprimida melancólico melancólica desanimado desanimada
            desconsolado roto
            kesepian galau patah·hati murung sendu rindu pilu depresi melankolis kangen
            अकेला अकेली निराश मायूस तन्हा akela akeli nirash mayus mayoos tanha
            einsam niedergeschlagen melancholisch deprimiert liebeskummer
            """
        ),
        (
            [.sad: 0.6, .neutral: 0.4],
            """
            nostalgic nostalgia wistful tired exhausted nostálgico nostálgica cansado cansada nostalgia lelah
            capek letih थका थकान thaka thakan müde muede erschöpft nostalgisch
            """
        ),
        (
            [.sad: 0.6, .disgust: 0.4],
            """
            disappointed disappointment betrayed decepcionado decepcionada kecewa dikhianati enttäuscht
            """
        ),
        (
            [.angry: 1],
            """
            mad annoyed irritated aggressive hate hateful outraged pissed pissed·off rebellious rebel
            molesto molesta irritado irritada furioso furiosa agresivo agresiva
            kesal jengkel geram sebal emosi नाराज़ नाराज चिढ़ naraz naaraz chidh genervt gereizt sauer aggressiv
            """
        ),
        (
            [.angry: 0.6, .sad: 0.4],
            """
            frustrated frustration jealous jealousy frustrado frustrada celoso celosa frustrasi cemburu
            frustriert eifersüchtig
            """
        ),
        (
            [.surprise: 1],
            """
            excited excitement amazed amazing astonished shocked thrilled pumped hyped euphoric euphoria ecstatic energetic
            energized adventurous epic curious inspired motivated
            emocionado emocionada entusiasmado entusiasmada eufórico eufórica asombrado asombrada energético energética
            semangat antusias kagum takjub terpesona bersemangat उत्साहित उत्साह जोश utsahit utsah josh
            aufgeregt begeistert euphorisch energiegeladen neugierig
            """
        ),
        (
            [.disgust: 1],
            """
            fed·up sick·of·it revolted repelled harto harta muak sebel ऊबा ueberdruss satt
            """
        ),
        (
            [.neutral: 0.7, .disgust: 0.3],
            """
            bored boredom boring aburrido aburrida bosan jenuh ऊब oob gelangweilt
            """
        ),
        (
            [.contempt: 1],
            """
            scornful cynical sarcastic disdain sinis cínico cínica desdén zynisch sarkastisch
            """
        ),
    ]
}

extension EmotionVector {
    /// Reads what somebody feels: as `init(_:)` does, and also words such as relaxed and anxious, alone or with weights.
    public init?(feelings text: some StringProtocol) {
        if let vector = EmotionVector(text) {
            self = vector
            return
        }
        var weights = Emotion.allCases.map { _ in 0.0 }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let weight = pieces.count == 2 ? Double(pieces[1].trimmingBlanks) : 1,
                weight >= 0, weight <= 1e6, let vector = FeelingWords.vector(pieces[0].trimmingBlanks)
            else { return nil }
            for emotion in Emotion.allCases { weights[emotion.rawValue] += weight * vector[emotion] }
        }
        self.init(weights: weights)
    }

    /// What a text with a typing error in it most likely means, as a text; `nil` if that is not clear.
    public static func suggestion(_ text: String) -> String? {
        var isNew = false
        let parts = text.split(separator: ",").map { part -> String? in
            let pieces = part.split(separator: "=", maxSplits: 1)
            guard let first = pieces.first else { return nil }
            let word = first.trimmingBlanks
            if FeelingWords.vector(word) != nil { return String(part) }
            guard let near = EmotionWords.nearEmotion(word) else { return nil }
            isNew = true
            return ([near.name] + pieces.dropFirst().map(\.trimmingBlanks)).joined(separator: "=")
        }
        let known = parts.compactMap { $0 }
        return isNew && known.count == parts.count ? known.joined(separator: ",") : nil
    }
}
