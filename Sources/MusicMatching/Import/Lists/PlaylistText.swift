import Files
import TextCoding

/// Playlists that are lines of text: M3U, M3U8 and PLS.
enum PlaylistText {
    /// A line as text, and as the path that its bytes are: names of files are in any encoding, or in none.
    private struct Line {
        var text: String
        var path: String
    }

    /// M3U with or without `#EXTINF` lines. Both encodings are told apart by their bytes, whatever the file is called.
    static func m3u(_ bytes: ArraySlice<UInt8>) -> SongList {
        var list = SongList("M3U playlist")
        var about: SongDraft?, artist: String?, album: String?
        for line in lines(bytes) {
            let (line, place) = (line.text, line.path)
            if let value = value(line, "#EXTINF:") {
                // "#EXTINF:213 key="value",Artist - Title"; the first comma outside of quotes ends the numbers.
                var isQuoted = false
                let comma = value.firstIndex { character in
                    if character == "\"" { isQuoted.toggle() }
                    return character == "," && !isQuoted
                }
                guard let comma else { continue }
                about = names(String(value[value.index(after: comma)...]), artist, album)
                let seconds = value.prefix { $0 != "," && $0 != " " }
                about?.duration = SongRowReader.duration(String(seconds))
            } else if let value = value(line, "#EXTART:") {
                artist = String(value)
                if let title = about?.title { about = ListedSong.draft(title, artist, album: album) }
            } else if let value = value(line, "#EXTALB:") {
                album = String(value)
                about?.album = String(value)
            } else if let value = value(line, "#PLAYLIST:") {
                list.name = String(value)
            } else if !line.hasPrefix("#") {
                list.songs.append(ListedSong(about, place: place))
                (about, artist, album) = (nil, nil, nil)
            }
        }
        return list
    }

    /// PLS: `File1=`, `Title1=`, `Length1=`.
    static func pls(_ bytes: ArraySlice<UInt8>) -> SongList {
        var list = SongList("PLS playlist")
        var entries: [Int: (place: String?, title: String?, length: String?)] = [:]
        for line in lines(bytes) {
            guard let (name, value) = divided(line.text), let place = divided(line.path)?.value else { continue }
            let key = name.trimmingBlanks.lowercased()
            for kind in ["file", "title", "length"] where key.hasPrefix(kind) {
                guard let number = Int(key.dropFirst(kind.count)), (0...10_000_000).contains(number) else { continue }
                switch kind {
                case "file": entries[number, default: (nil, nil, nil)].place = place
                case "title": entries[number, default: (nil, nil, nil)].title = value
                default: entries[number, default: (nil, nil, nil)].length = value.trimmingBlanks
                }
            }
        }
        for (_, entry) in entries.sorted(by: { $0.key < $1.key }) {
            var song = entry.title.flatMap { ListedSong.draft(dashed: $0) }
            song?.duration = entry.length.flatMap(SongRowReader.duration)
            if song != nil || entry.place != nil { list.songs.append(ListedSong(song, place: entry.place)) }
        }
        return list
    }

    private static func names(_ text: String, _ artist: String?, _ album: String?) -> SongDraft? {
        if let artist { return ListedSong.draft(text, artist, album: album) }
        return ListedSong.draft(dashed: text)
    }

    private static func value(_ line: String, _ key: String) -> Substring? {
        line.uppercased().hasPrefix(key) ? line.dropFirst(key.count) : nil
    }

    /// What is before and behind the first "="; bytes are looked at, since an accent may follow it.
    private static func divided(_ line: String) -> (name: Substring, value: String)? {
        line.utf8.firstIndex(of: UInt8(ascii: "=")).map {
            (line[..<$0], String(line[line.utf8.index(after: $0)...]))
        }
    }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> [Line] {
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        let encoding = TextEncoding.of(bytes.prefix(1 << 16))
        return bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).compactMap { line in
            let text = encoding.string(line).trimmingBlanks
            return text.isEmpty ? nil : Line(text: text, path: String(pathBytes: Array(line)))
        }
    }
}
