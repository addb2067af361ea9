/// What a playlist, an account's export or a library's index names.
struct SongList {
    /// The kind of list, in words.
    var format: String
    /// Its own name; empty if it has none.
    var name = ""
    var songs: [ListedSong] = []

    init(_ format: String) { self.format = format }
}

/// One entry of a list.
struct ListedSong {
    /// `nil` if the list only says where the file is.
    var song: SongDraft?
    /// The place of a file, as the list writes it: a path, `file://...`, a path of another computer.
    var place: String?
    /// How often it was heard, if the list says so.
    var plays = 0

    init(_ song: SongDraft?, place: String? = nil) {
        self.song = song
        self.place = place
    }

    /// Milliseconds as a list gives them; `nil` for none, and for more than a day.
    static func duration(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { (1...86_400_000).contains($0) ? $0 : nil }
    }

    /// Names as a list gives them; `nil` if one is missing or is none.
    static func draft(_ title: String?, _ artist: String?, album: String? = nil) -> SongDraft? {
        guard let title, let artist else { return nil }
        let names = [title, artist].map(SongRowReader.clean)
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.count <= SongRowReader.nameLimit }) else { return nil }
        var draft = SongDraft(title: names[0], artist: SongRowReader.credits(names[1]))
        let album = SongRowReader.clean(album ?? "")
        if album.utf8.count <= SongRowReader.nameLimit { draft.album = album }
        return draft
    }

    /// Names out of "Artist - Title"; `nil` if there is no dash.
    static func draft(dashed text: String) -> SongDraft? {
        DashedNames.parts(SongRowReader.clean(text)).flatMap { draft($0.1, $0.0) }
    }
}
