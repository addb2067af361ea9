extension Language {
    /// What languages are called besides their English names: their own names, codes of ISO 639-2, older codes and
    /// names, written languages of one spoken. (ISO 639-2: terminological and bibliographic codes.)
    static let otherNames: [String: [String]] = [
        "af": ["afr"], "am": ["amh", "አማርኛ"], "ar": ["ara", "العربية", "عربي", "عربى"],
        "az": ["aze", "azərbaycan", "azərbaycanca"], "bg": ["bul", "български"], "bn": ["ben", "bangla", "বাংলা"],
        "bs": ["bos", "bosanski"], "ca": ["cat", "català", "valencian"], "cs": ["ces", "cze", "čeština", "český"],
        "cy": ["cym", "wel", "cymraeg"], "da": ["dan", "dansk"], "de": ["deu", "ger", "deutsch"],
        "el": ["ell", "gre", "ελληνικά"], "en": ["eng"], "es": ["spa", "español", "castellano", "castilian"],
        "et": ["est", "eesti"], "eu": ["eus", "baq", "euskara"], "fa": ["fas", "per", "farsi", "فارسی"],
        "fi": ["fin", "suomi"], "fr": ["fra", "fre", "français"], "ga": ["gle", "gaeilge"], "gl": ["glg", "galego"],
        "gu": ["guj", "ગુજરાતી"], "ha": ["hau"], "he": ["heb", "iw", "עברית"], "hi": ["hin", "हिन्दी", "हिंदी"],
        "hr": ["hrv", "hrvatski"], "ht": ["hat", "kreyòl"], "hu": ["hun", "magyar"], "hy": ["hye", "arm", "հայերեն"],
        "id": ["ind", "in", "bahasa", "bahasa indonesia", "indonesia"], "ig": ["ibo"],
        "is": ["isl", "ice", "íslenska"], "it": ["ita", "italiano"], "ja": ["jpn", "日本語"],
        "jv": ["jav", "jw", "basa jawa"], "ka": ["kat", "geo", "ქართული"], "kk": ["kaz", "қазақша"],
        "km": ["khm", "ខ្មែរ"], "kn": ["kan", "ಕನ್ನಡ"], "ko": ["kor", "한국어"], "ku": ["kur", "kurdî"],
        "la": ["lat", "latina"], "ln": ["lin"], "lt": ["lit", "lietuvių"], "lv": ["lav", "latviešu"],
        "mk": ["mkd", "mac", "македонски"], "ml": ["mal", "മലയാളം"], "mn": ["mon", "монгол"], "mr": ["mar", "मराठी"],
        "ms": ["msa", "may", "bahasa melayu", "melayu"], "my": ["mya", "bur", "burmese", "myanmar"],
        "ne": ["nep", "नेपाली"], "nl": ["nld", "dut", "nederlands", "flemish"],
        "no": ["nor", "nob", "nno", "nb", "nn", "norsk", "bokmål", "nynorsk"], "or": ["ori", "oriya", "ଓଡ଼ିଆ"],
        "pa": ["pan", "panjabi", "ਪੰਜਾਬੀ"], "pl": ["pol", "polski"], "ps": ["pus", "پښتو"],
        "pt": ["por", "português", "brazilian", "brasileiro"], "ro": ["ron", "rum", "română", "moldavian"],
        "ru": ["rus", "русский"], "sa": ["san", "संस्कृतम्"], "si": ["sin", "සිංහල"], "sk": ["slk", "slo", "slovenčina"],
        "sl": ["slv", "slovenščina"], "so": ["som"], "sq": ["sqi", "alb", "shqip"], "sr": ["srp", "српски", "srpski"],
        "su": ["sun", "basa sunda"], "sv": ["swe", "svenska"], "sw": ["swa", "kiswahili"], "ta": ["tam", "தமிழ்"],
        "te": ["tel", "తెలుగు"], "th": ["tha", "ไทย", "ภาษาไทย"], "tl": ["tgl", "fil", "filipino"],
        "tr": ["tur", "türkçe"], "uk": ["ukr", "українська"], "ur": ["urd", "اردو"], "uz": ["uzb", "oʻzbek", "o'zbek"],
        "vi": ["vie", "tiếng việt"], "wo": ["wol"], "xh": ["xho"], "yi": ["yid"], "yo": ["yor"],
        "zh": ["zho", "chi", "cmn", "yue", "mandarin", "cantonese", "中文", "汉语", "漢語", "普通话", "國語", "粵語"],
        "zu": ["zul"],
    ]

    /// What the main languages are called in English beside their names, and in Spanish, Indonesian, German, French and
    /// Hindi.
    static let foreignNames: [String: [String]] = [
        "ar": ["árabe", "bahasa arab", "arab", "arabisch", "arabe", "अरबी"],
        "bn": ["bengalí", "benggala", "bengalisch", "बंगाली", "bangladeshi"],
        "de": ["alemán", "jerman", "bahasa jerman", "allemand", "जर्मन"],
        "el": ["griego", "yunani", "griechisch", "grec", "यूनानी", "ellinika"],
        "en": ["inglés", "ingles", "inggris", "bahasa inggris", "englisch", "anglais", "अंग्रेज़ी", "अंग्रेजी"],
        "es": ["spanyol", "bahasa spanyol", "spanisch", "espagnol", "स्पेनिश", "spain", "latin american spanish"],
        "fr": [
            "francés", "perancis", "prancis", "bahasa prancis", "französisch", "franzoesisch", "फ़्रेंच", "french canadian",
        ],
        "hi": ["hindustani", "bahasa hindi", "हिन्दुस्तानी", "हिंदुस्तानी"],
        "id": ["indonesio", "indonesisch", "indonésien", "इंडोनेशियाई", "bahasa indo"],
        "it": ["italia", "bahasa italia", "italienisch", "italien", "इतालवी"],
        "ja": ["japonés", "jepang", "bahasa jepang", "japanisch", "japonais", "जापानी", "nihongo"],
        "ko": ["coreano", "korea", "bahasa korea", "koreanisch", "coréen", "कोरियाई", "hangugeo"],
        "nl": [
            "neerlandés", "holandés", "belanda", "niederländisch", "hollandsk", "néerlandais", "hollands", "vlaams",
        ],
        "pa": ["punyabí", "पंजाबी", "پنجابی"], "pl": ["polaco", "polandia", "polnisch", "polonais"],
        "pt": [
            "portugués", "portugis", "bahasa portugis", "portugiesisch", "portugais", "पुर्तगाली", "brazilian portuguese",
            "português brasileiro", "brasil",
        ],
        "ru": ["ruso", "rusia", "bahasa rusia", "russisch", "russe", "रूसी", "russkij", "russkiy"],
        "sv": ["sueco", "swedia", "schwedisch", "suédois"], "ta": ["tamilisch", "तमिल", "tamoul"],
        "te": ["telugú", "तेलुगु"], "th": ["tailandés", "thailändisch", "thaï", "siamese"],
        "tr": ["turco", "turki", "bahasa turki", "türkisch", "tuerkisch", "turc", "turkce"],
        "uk": ["ucraniano", "ukraina", "ukrainisch"], "ur": ["उर्दू"],
        "vi": ["vietnamita", "vietnam", "vietnamesisch"],
        "zh": [
            "chino", "tionghoa", "cina", "mandarín", "chinesisch", "chinois", "चीनी", "taiwanese mandarin", "putonghua",
            "zhongwen", "hokkien", "cantonés",
        ],
    ]
}
