import MusicMatching
import Testing

/// Lists in encodings that do not say themselves, as programs of many countries write them.
@Suite struct TextEncodingTests {
    private func names(_ text: String, _ encoding: String, _ file: String) throws -> [String] {
        let catalogue = try Catalogue(":memory:", builtIn: nil)
        _ = try withTemporaryFolder { folder in
            try catalogue.importSongs(write(encoded(text, encoding), to: "\(folder)/\(file)"))
        }
        return try catalogue.songs(Catalogue.Filter()).map { "\($0.artist) - \($0.title)" }.sorted()
    }

    @Test(
        arguments: [
            ("CP1250", "Tytuł,Wykonawca,Rok\nDziwny jest ten świat,Czesław Niemen,1967\n"),
            ("CP1250", "title,artist\nDziwny jest ten świat,Czesław Niemen\n"),
            ("CP1254", "Şarkı Adı;Sanatçı\nŞımarık;Tarkan\n"),
            ("CP1251", "Название;Исполнитель\nГруппа крови;Кино\n"),
            ("CP1251", "title,artist\nГруппа крови,Кино\nHello,Кино\n"),
            ("CP1252", "Titel;Künstler\nÜber sieben Brücken mußt du gehn;Karat\n"),
            ("CP1252", "título,artista\nÁguas de Março,Elis Regina\n"),
            ("CP1252", "title,artist\nJóga,Björk\nVæri ég þú,Sigur Rós\nÇa ira,Édith Piaf\n"),
            ("CP932", "曲名,アーティスト\n夜に駆ける,YOASOBI\nプラスティック・ラブ,竹内まりや\n"),
            ("CP932", "title,artist\n夜に駆ける,YOASOBI\nプラスティック・ラブ,竹内まりや\n"),
            ("GB18030", "歌曲,歌手\n晴天,周杰伦\n"),
            ("GB18030", "title,artist\n晴天,周杰伦\n月亮代表我的心,邓丽君\n"),
            ("CP949", "제목,가수\n좋은 날,아이유\n"),
            ("CP949", "title,artist\n좋은 날,아이유\n봄날,방탄소년단\n"),
            ("BIG5-HKSCS", "歌名,歌手\n愛人錯過,告五人\n"),
        ])
    func tablesAreReadAsTheyWereMeant(encoding: String, text: String) throws {
        let rows = text.split(separator: "\n").dropFirst()
            .map { $0.split { $0 == "," || $0 == ";" } }
        #expect(try names(text, encoding, "list.csv") == rows.map { "\($0[1]) - \($0[0])" }.sorted())
    }

    @Test(
        arguments: [
            ("CP1251", ["Кино - Группа крови", "Чайф - Ой-йо"]), ("CP1250", ["Maryla Rodowicz - Małgośka"]),
            ("CP1252", ["Édith Piaf - Non, je ne regrette rien", "Björk - Jóga"]), ("CP949", ["아이유 - 좋은 날"]),
            ("CP932", ["YOASOBI - 夜に駆ける", "竹内まりや - プラスティック・ラブ"]), ("UTF-8", ["周杰伦 - 晴天"]),
        ])
    func playlistsAreReadAsTheyWereMeant(encoding: String, songs: [String]) throws {
        let text = songs.map { "#EXTINF:200,\($0)\r\nD:\\Music\\\($0).mp3\r\n" }.joined()
        #expect(try names("#EXTM3U\r\n" + text, encoding, "list.m3u") == songs.sorted())
        // What is named by its path alone.
        let paths = songs.map { "D:\\Music\\\($0).mp3\r\n" }.joined()
        if encoding != "CP1250" { #expect(try names(paths, encoding, "list.m3u") == songs.sorted()) }
    }
}
