import MediaFiles
import MusicMatching
import Testing

/// Tags in encodings that they do not name, as programs of many countries wrote them.
@Suite struct TagEncodingTests {
    @Test(
        arguments: [
            ("CP1251", ["Группа крови", "Кино"]), ("CP1251", ["Чайка", "Чайф", "Дети гор"]),
            ("CP1251", ["КУКУШКА", "КИНО"]), ("CP1251", ["Обійми", "Океан Ельзи", "Земля"]),
            ("CP1253", ["Το Ζεϊμπέκικο της Ευδοκίας", "Μάνος Λοΐζος"]), ("CP1253", ["Θάλασσα", "Χάρις Αλεξίου"]),
            ("CP1250", ["Dziwny jest ten świat", "Czesław Niemen"]), ("CP1250", ["Příběh", "Karel Plíhal"]),
            ("CP932", ["夜に駆ける", "YOASOBI"]), ("CP932", ["プラスティック・ラブ", "竹内まりや"]),
            ("CP932", ["丸ノ内サディスティック", "椎名林檎", "無罪モラトリアム"]),
            ("CP949", ["좋은 날", "아이유"]), ("CP949", ["봄날", "방탄소년단"]),
            ("GBK", ["晴天", "周杰伦"]), ("GBK", ["月亮代表我的心", "邓丽君"]), ("GBK", ["红豆", "王菲", "唱游"]),
            ("BIG5-HKSCS", ["愛人錯過", "告五人"]), ("BIG5-HKSCS", ["雙截棍", "周杰倫", "范特西"]),
        ])
    func namesAreReadAsTheyWereMeant(encoding: String, names: [String]) throws {
        let bytes = try names.map { try encoded($0, encoding) }
        // Without a word on the encoding, and declared as Latin-1, which FFmpeg turns into UTF-8.
        #expect(TextRepair.texts(bytes) == names)
        let declared = bytes.map { bytes in
            Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
        }
        #expect(TextRepair.texts(declared) == names)
    }

    @Test(
        arguments: [
            ["Jóga", "Björk"], ["Hoppípolla", "Sigur Rós", "Takk..."], ["Ace of Spades", "Motörhead"],
            ["Le temps de l'amour", "Françoise Hardy"], ["Halo", "Beyoncé"], ["Kickstart My Heart", "Mötley Crüe"],
            ["Für Elise", "Ludwig van Beethoven"], ["MÖTLEY CRÜE", "GIRLS, GIRLS, GIRLS"], ["Þú", "Þú ert"],
            ["Væri ég þú", "Ágætis byrjun"], ["Ça ira", "Édith Piaf"], ["Où", "Çà et là"], ["ÆØÅ", "Dansk"], ["ÅÄÖ"],
            ["Água de Março", "João Gilberto"], ["Così più", "Møme"], ["Føroyar", "Eivør Pálsdóttir"], ["Ñandú", "Ñ"],
            ["Don\u{2019}t \u{201C}go\u{201D} \u{2013} now", "A"], ["½", "±"], ["Öö", "Üürike"],
        ])
    func latinNamesStay(names: [String]) throws {
        #expect(TextRepair.texts(try names.map { try encoded($0, "CP1252") }) == names)
        #expect(TextRepair.texts(names.map { Array($0.utf8) }) == names)
    }

    @Test func eachTextOfAFileMayBeOfAnotherKind() throws {
        let written = try [
            encoded("Группа крови", "CP1251"), encoded("Motörhead", "CP1252"), Array("Кино".utf8), Array("Björk".utf8),
        ]
        #expect(TextRepair.texts(written) == ["Группа крови", "Motörhead", "Кино", "Björk"])
        #expect(TextRepair.texts([[0x61, 0x81, 0x62], [0x41, 0xC2, 0x85, 0x42]]) == ["a b", "A\u{2026}B"])
    }

    @Test func aFilesTagsAreJudgedTogether() throws {
        let names = [("TIT2", "晴天"), ("TPE1", "周杰伦"), ("TALB", "叶惠美")]
        var frames: [UInt8] = []
        for (name, text) in names {
            let value = try [0] + encoded(text, "GBK")
            frames += Array(name.utf8) + [0, 0, 0, UInt8(value.count), 0, 0] + value
        }
        let tag = Array("ID3".utf8) + [3, 0, 0, 0, 0, 0, UInt8(frames.count)] + frames
        let tags = try withTemporaryFolder {
            try TagReader.read(write(MusicFiles.mp3(id3v2: tag), to: $0 + "/song.mp3"))
        }
        #expect(tags.title == "晴天" && tags.artist == "周杰伦" && tags.album == "叶惠美", "\(tags)")
    }
}
