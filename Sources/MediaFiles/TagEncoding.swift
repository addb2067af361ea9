/// Old encodings of tags, which name none, or Latin-1 instead: told by what the texts of a file would say in each.
enum TagEncoding: String, CaseIterable {
    case cyrillic = "CP1251", greek = "CP1253"
    case japanese = "CP932", korean = "CP949", chinese = "GBK", traditionalChinese = "BIG5-HKSCS"

    /// How well texts must read in an encoding, from 0 to 1, and how much better than in all others.
    private static let least = 0.55, lead = 0.1

    /// The encoding of texts that are not written in Latin letters, if one reads clearly best: what is in doubt stays.
    static func of(_ texts: [[UInt8]]) -> TagEncoding? {
        let scores = allCases.map { ($0, $0.score(texts)) }.sorted { $0.1 > $1.1 }
        return scores[0].1 >= least && scores[0].1 - scores[1].1 >= lead ? scores[0].0 : nil
    }

    /// `nil` for bytes that it has no letters for. ID3v1 cuts names off after 30 bytes, in the middle of a letter too.
    func text(_ bytes: [UInt8]) -> String? {
        EncodedText.text(bytes, in: rawValue)
            ?? (isAlphabet || bytes.count < 29 ? nil : EncodedText.text(bytes.dropLast(), in: rawValue))
    }

    /// Whether bytes are words in Latin letters, of Windows-1252 or 1250: letters with accents stand among others without,
    /// hardly ever three in a row.
    static func isLatin(_ bytes: [UInt8]) -> Bool {
        var likely = 0, all = 0
        for word in bytes.split(whereSeparator: { !isLetter($0) }) {
            // A letter alone stands between blanks and signs, not between bytes of other letters.
            let isAlone =
                word.count == 1
                && [word.startIndex - 1, word.endIndex].allSatisfy { !bytes.indices.contains($0) || bytes[$0] < 0x80 }
            let high = word.count { $0 >= 0x80 }
            if high == 0 { continue }
            let longest = word.split { $0 < 0x80 }.map(\.count).max() ?? 0
            if longest <= 2 && (word.count - high) * 2 >= high || isAlone { likely += high }
        }
        for byte in bytes where byte >= 0x80 && !signs.contains(byte) { all += 1 }
        return likely * 2 >= all
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80 || byte >= 0xC0 && byte != 0xD7 && byte != 0xF7
            || [0x8A, 0x8C, 0x8E, 0x9A, 0x9C, 0x9E, 0x9F, 0xA3, 0xA5, 0xB3, 0xB9, 0xBC, 0xBE, 0xBF]
                .contains(byte)
    }

    /// Quotes, dashes and the like, which stand beside words in all languages.
    private static let signs: Set<UInt8> = [
        0x80, 0x84, 0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0xA0, 0xA1, 0xA7, 0xA9,
        0xAB,
        0xAE, 0xB0, 0xB4, 0xB7, 0xBB, 0xBF,
    ]

    /// Whether Latin letters are those of Central Europe: signs of Windows-1252 within words are letters in Windows-1250
    /// (ł, ą, ż, ľ, ť), as are pairs that no language has (ř beside ě would be ø beside ì).
    static func isCentralEuropean(_ texts: [[UInt8]]) -> Bool {
        var stroke = false, caron = false
        for bytes in texts {
            for (index, byte) in bytes.enumerated() {
                func isASCIILetter(_ place: Int) -> Bool {
                    bytes.indices.contains(place) && bytes[place] < 0x80 && (0x41...0x5A).contains(bytes[place] & 0xDF)
                }
                switch byte {
                case 0xB3, 0xB9, 0xBC, 0xBE, 0xBF:
                    if isASCIILetter(index - 1), isASCIILetter(index + 1) { return true }
                case 0x8D, 0x8F, 0x9D: if isASCIILetter(index - 1) || isASCIILetter(index + 1) { return true }
                case 0xD8, 0xF8: stroke = true
                case 0xCC, 0xEC: if isASCIILetter(index + 1) { caron = true }
                default: break
                }
            }
        }
        return stroke && caron
    }

    /// How much texts read like the language, from below 0 to 1 for letters that are all among the usual ones.
    private func score(_ texts: [[UInt8]]) -> Double {
        var sum = 0.0, count = 0
        for bytes in texts {
            guard let text = text(bytes) else {
                let wrong = bytes.count { $0 >= 0x80 }
                sum -= 0.6 * Double(wrong)
                count += wrong
                continue
            }
            let scalars = Array(text.unicodeScalars)
            for (index, scalar) in scalars.enumerated() where scalar.value >= 0x80 {
                guard let value = value(scalar, behind: index > 0 ? scalars[index - 1] : nil) else { continue }
                sum += value
                count += 1
            }
        }
        // A letter or two may be anything.
        guard count >= (isAlphabet ? 3 : 2) else { return -1 }
        let mean = sum / Double(count)
        return isAlphabet && count < 5 && mean < 0.7 ? -1 : mean
    }

    private var isAlphabet: Bool { self == .cyrillic || self == .greek }

    /// `nil` for signs that say nothing.
    private func value(_ scalar: Unicode.Scalar, behind last: Unicode.Scalar?) -> Double? {
        let value = scalar.value
        switch self {
        case .cyrillic, .greek:
            if (0x2010...0x2026).contains(value) || [0xA0, 0xA9, 0xAB, 0xAE, 0xB7, 0xBB, 0x2122].contains(value) {
                return nil
            }
            if let last, last.properties.isAlphabetic {
                // "Motцrhead", and a capital behind a small letter.
                if last.value < 0x80 { return -1 }
                if last.properties.isLowercase, scalar.properties.isUppercase { return -1.5 }
            }
            let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            let (usual, other, rare) = self == .cyrillic ? TagEncoding.russian : TagEncoding.modernGreek
            return usual.contains(small) ? 1 : other.contains(small) ? 0.6 : rare.contains(small) ? 0.1 : -0.6
        case .korean:
            if (0xAC00...0xD7A3).contains(value) { return TagEncoding.syllables.contains(scalar) ? 1 : 0.4 }
        case .japanese:
            // Not those of half the width, whose bytes are Latin-1's letters.
            if (0x3041...0x30FE).contains(value) { return 1 }
            if (0x4E00...0x9FFF).contains(value) { return TagEncoding.characters.contains(scalar) ? 1 : 0.3 }
        case .chinese, .traditionalChinese:
            if (0x4E00...0x9FFF).contains(value) { return TagEncoding.characters.contains(scalar) ? 1 : 0.3 }
        }
        if (0x3000...0x3020).contains(value) || (0xFF01...0xFF5E).contains(value) { return nil }
        return -0.6
    }

    /// Letters by how usual they are, the rarest with those of Ukrainian.
    private static let russian = (
        Set("оеаинтсрвлк".unicodeScalars), Set("мдпуяыьгзбчй".unicodeScalars), Set("хжшюцщэфъёіїєґў".unicodeScalars)
    )
    private static let modernGreek = (
        Set("αοιετσνηυρπκμλς".unicodeScalars), Set("όίάέήγδύώω".unicodeScalars), Set("χθφβξζψϊϋΐΰ".unicodeScalars)
    )

    /// The syllables that names and titles mostly consist of.
    private static let syllables = Set(
        """
        이스아리김로비라지미드하에현소즈진브정레인기재트키원영투우더나시보박오타신크연호태도모제씨수마치자티민플카어니사프디유동가엔들걸
        버와베임블선세승윤용송노식케애일러슈림클운코퍼빅터백예성데너장은국조주화달녀쉬다거산경필희효훈철얼종래상환권최전서위여구피먼온그악문언
        울포양야무심대한별중파해안살말알내날눈봄밤꽃길집맘음람랑사는을를의고게만못없있었했않된될할줄것때던려면해요죠네까잖잊울웃슬픈좋잠꿈빛바
        """.unicodeScalars)

    /// Characters that names and titles mostly consist of, in Japan, China and Taiwan.
    private static let characters = Set(
        """
        一子你大年之愛人林陈陳张張我天田山小中美王李文周少安情水心生女真光家野不月雨在花有香風风平宇黄黃明妹原歌夢梦杰傑慧蔡苏蘇吴吳音藤井郎坂想日新第
        說说青二志火刘劉健由木海都可對对星無无黑最樹友高勇唯里和乎凡許许郑鄭本川時时拉流地派手上場孤希好幸傳传名惠南而八成兒儿神春橋北代京华華冠卢琪梁
        正松五依飞飛來来要以特起若孩空與与容吉旅行意義冬长長征路偏朋車车白下多得已葉叶夜江作如城舞當当熱热加也戀恋同知甜燕姿影島岛蜜散英芳罗羅徐廷关關
        彭琳祖杨楊千卓霆敬柏何凯峰云雲晓曉东東崎奈三村嘉沢佳玉力佑戴潘似陽阳命運运樂乐自魚鱼初紅红雪陶動动十易思分快遠远跳外話话就蘭兰堂曹因為为看變变
        帶带事然吹奇細细未那石亮民族太國国蓮莲倫伦麗丽孫孙福電电回唐朝永是学學百汪队秀谢謝的了这這个個他她们們到着著去会會能没沒过過还還把给給让讓爱只
        想念忘记記离離开開别別走遇见見等待哭笑泪淚痛伤傷吻抱手眼睛脸臉世界生活故事城市街灯燈窗门門酒烟煙火车車船鸟鳥蝴蝶玫瑰叶草树河湖浪潮沙漠阳光太空
        星期早晨晚昨今明后後前又再更很都才曾经經如果所有什么麼怎样樣谁誰哪里裡从從头頭发發老师師父母亲親朋姐弟兄哥姑娘男孩邓鄧君菲霞迷费費莫蔚魏罗翔
        任贤賢齐齊信哲伟偉强強娜静靜婷怡萱欣妍晴俊敏刚剛涛濤磊鹏鵬飞宁寧波海涵薇茜雯倩莹瑩孟庭苇韋韦朱朴鲁魯毛不宽寬
        竹内宇多椎名林檎米津玄師夜駆君僕私恋歌声夏秋空桜花火涙道風海町部屋窓雨虹光闇夢未来世界永遠瞳翼鳥雪
        代表我月亮半岛铁鐵盒稻告白气氣球简簡單单双雙截棍菊台七里东破曲青瓷错錯误亂乱世间間轮輪
        """.unicodeScalars)
}
