import MusicMatching
import Testing

@Suite struct LanguageTests {
    @Test(arguments: [
        ("hi", "hi"), ("Hindi", "hi"), ("हिन्दी", "hi"), ("hin", "hi"), ("Deutsch", "de"), ("ger", "de"), ("español", "es"),
        ("Espanol", "es"), ("ESPAÑOL", "es"), ("pt-BR", "pt"), ("pt_BR", "pt"), ("Português (Brasil)", "pt"),
        ("en_US.UTF-8", "en"), ("eng", "en"), ("zh-TW", "zh"), ("zh-Hant-HK", "zh"), ("中文", "zh"),
        ("Bahasa Indonesia", "id"), ("in", "id"), ("nb-NO", "no"), ("Français", "fr"), ("русский", "ru"),
        ("한국어", "ko"), ("日本語", "ja"), ("العربية", "ar"), ("xx", "xx"),
    ])
    func isFoundByAllItsNames(text: String, code: String) { #expect(Language(text)?.code == code) }

    @Test(arguments: ["", "klingonish", "hindi-ish words", "12", "e", "--", "c_de"])
    func nothingIsGuessed(text: String) { #expect(Language(text) == nil) }

    @Test func noNameStandsForTwo() {
        let names = Language.known.flatMap { [$0.code, $0.name.lowercased()] }
        #expect(Set(names).count == names.count)
        for language in Language.known {
            #expect(Language(language.code) == language && Language(language.name) == language)
        }
    }
}
