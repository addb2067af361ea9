/// The words for the emotions: the one vocabulary of data sets, models' outputs, song lists and the command line.
public enum EmotionWords {
    /// The emotion that a word means, in any of the languages below; case, accents and blanks don't count.
    public static func emotion(_ word: String) -> Emotion? { known[key(word)] }

    /// The one emotion that a word is a typing error away from (a letter too many, too few, another one, or two
    /// swapped). Only for words of five letters and more, and `nil` for words that are known.
    public static func nearEmotion(_ word: String) -> Emotion? {
        let word = Array(key(word))
        guard word.count >= 4, known[String(word)] == nil else { return nil }
        var found: Set<Emotion> = []
        for (candidate, emotion) in near where isOneEditAway(word, candidate) { found.insert(emotion) }
        return found.count == 1 ? found.first : nil
    }

    /// A word as it is compared: lower case, without accents, blanks and joining signs.
    static func key(_ word: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in word.lowercased().unicodeScalars {
            switch scalar {
            case " ", "-", "_", "\t", "\u{A0}", "\u{200C}", "\u{200D}", "\u{FEFF}", "\u{300}"..."\u{36F}": continue
            case "й": result.append("и")
            case "ё": result.append("е")
            default:
                if let plain = LatinLetters.plain(scalar) {
                    result.append(contentsOf: plain.unicodeScalars)
                } else {
                    result.append(scalar)
                }
            }
        }
        return String(result)
    }

    private static func isOneEditAway(_ a: [Character], _ b: [Character]) -> Bool {
        guard abs(a.count - b.count) <= 1 else { return false }
        let start = zip(a, b).prefix { $0 == $1 }.count
        let a = a[start...], b = b[start...]
        if a.count == b.count {
            if a.dropFirst().elementsEqual(b.dropFirst()) { return true }
            return a.count >= 2 && a.first == b[b.startIndex + 1] && b.first == a[a.startIndex + 1]
                && a.dropFirst(2).elementsEqual(b.dropFirst(2))
        }
        return a.count < b.count ? b.dropFirst().elementsEqual(a) : a.dropFirst().elementsEqual(b)
    }

    private static let known: [String: Emotion] = {
        var result: [String: Emotion] = [:]
        for (emotion, words) in table {
            for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                // A joining dot stands for the blank in words of two parts.
                let key = key(word.replacingDots)
                assert(result[key] == nil || result[key] == emotion, "\(word) means two emotions")
                result[key] = emotion
            }
        }
        return result
    }()

    /// What typing errors are looked for in: English words that nothing else is near to.
    private static let near: [([Character], Emotion)] = [
        "angry", "anger", "disgust", "disgusted", "fearful", "happy", "happiness", "sadness", "surprise", "surprised",
        "neutral", "neutrality", "contempt", "contemptuous",
    ].map { (Array($0), known[$0]!) }

    /// English first, then German, Spanish, French, Italian, Portuguese, Dutch, Indonesian, Hindi, Turkish, Polish,
    /// Russian, Chinese, Japanese, Korean, Arabic.
    private static let table: [(Emotion, String)] = [
        (
            .angry,
            """
            angry anger angered enraged rage furious
            wütend wuetend wut ärger aerger ärgerlich zornig zorn verärgert enojado enojada enojo enfadado enfadada enfado
            ira rabia colère colere en·colère fâché fâchée furieux furieuse arrabbiato arrabbiata rabbia arrabbiati
            raiva zangado zangada boos woede marah kemarahan गुस्सा ग़ुस्सा क्रोध क्रोधित gussa krodh
            kızgın öfke öfkeli kızgınlık zły złość gniew злой злость гнев сердитый 愤怒 憤怒 生气 生氣 怒 怒り 怒る
            분노 화남 화 화난 غضب غاضب
            """
        ),
        (
            .disgust,
            """
            disgust disgusted disgusting
            ekel angeekelt angewidert eklig asco asqueado asqueada disgusto dégoût degout dégoûté dégoûtée disgustato
            disgustata nojo desgosto repulsa walging jijik kejijikan घृणा घिन घिनौना ghrina ghin iğrenme tiksinti
            iğrenmiş wstręt obrzydzenie отвращение 厌恶 厭惡 恶心 噁心 嫌悪 혐오 역겨움 اشمئزاز مشمئز قرف
            """
        ),
        (
            .fear,
            """
            fear fearful fearfull scared afraid frightened scare
            angst ängstlich aengstlich furcht verängstigt miedo asustado asustada temor peur effrayé effrayée apeuré paura
            impaurito impaurita spaventato spaventata medo assustado assustada angstig bang takut ketakutan डर भय डरा·हुआ
            dar bhay korku korkmuş korkulu strach przestraszony страх испуг испуганный 恐惧 恐懼 害怕 恐怖 恐れ 공포 두려움 خوف خائف
            """
        ),
        (
            .happy,
            """
            happy happiness joy joyful joyous
            glücklich gluecklich glück freude fröhlich froehlich freudig feliz felicidad alegre alegría contento contenta
            heureux heureuse joie joyeux joyeuse bonheur felice felicità gioia felicidade alegria blij blijdschap
            bahagia senang gembira kebahagiaan खुश ख़ुश खुशी ख़ुशी प्रसन्न khush khushi prasann mutlu mutluluk szczęśliwy
            szczęście радость счастье счастливый радостный 高兴 高興 快乐 快樂 开心 開心 幸せ 喜び 嬉しい 행복 기쁨 행복한
            سعادة سعيد فرح
            """
        ),
        (
            .sad,
            """
            sad sadness sorrow sorrowful unhappy
            traurig traurigkeit trauer triste tristeza tristesse tristezza verdriet verdrietig droevig sedih kesedihan
            दुखी दुःखी दुख दुःख उदास उदासी dukhi dukh udaas udas üzgün üzüntü mutsuz smutny smutek грусть печаль грустный
            печальный 悲伤 悲傷 伤心 傷心 难过 難過 悲しみ 悲しい 슬픔 슬픈 حزن حزين
            """
        ),
        (
            .surprise,
            """
            surprise surprised astonished astonishment amazed
            überraschung überrascht ueberraschung ueberrascht erstaunt sorpresa sorprendido sorprendida surpris sorpreso
            surpreso surpresa surpreendido verrast verrassing terkejut kaget keterkejutan आश्चर्य हैरान हैरानी aashcharya
            ashcharya hairan şaşkın şaşırmış şaşkınlık sürpriz zaskoczony zaskoczenie zdziwienie удивление удивленный
            惊讶 驚訝 惊喜 驚喜 吃惊 吃驚 驚き 놀람 놀란 مفاجأة متفاجئ دهشة مندهش
            """
        ),
        (
            .neutral,
            """
            neutral neutrality calm
            neutrale neutre neutro neutra neutraal netral तटस्थ सामान्य tatasth nötr notr neutralny нейтральный нейтрально
            нейтральное спокойный 中性 中立 平静 平靜 無表情 ニュートラル 중립 무표정 محايد حيادي
            """
        ),
        (
            .contempt,
            """
            contempt contemptuous scorn scornful disdain disdainful
            verachtung verächtlich veraechtlich geringschätzung desprecio despectivo despectiva mépris mepris méprisant
            méprisante disprezzo sprezzante desprezo desdém minachting minachtend meremehkan hinaan तिरस्कार अवमानना
            tiraskar küçümseme hor·görme pogarda pogardliwy презрение презрительный 轻蔑 輕蔑 蔑视 蔑視 鄙视 鄙視 軽蔑 侮蔑 경멸
            احتقار ازدراء
            """
        ),
    ]
}

extension Substring {
    fileprivate var replacingDots: String { String(map { $0 == "·" ? " " : $0 }) }
}
