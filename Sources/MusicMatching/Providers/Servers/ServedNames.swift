import Files
import MediaFiles

extension ListedSong {
    /// Names as servers read them out of tags, made those of the file itself, see `FileSong`: mended where a server took
    /// one encoding for another; by somebody unknown where it says that nobody sings. `nil` without a title.
    static func draft(served title: String?, _ artist: String?, album: String?) -> SongDraft? {
        guard let title else { return nil }
        var names = TextRepair.texts([title, artist ?? "", album ?? ""].map { Array($0.utf8) })
        if FileSong.isNobody(names[1]) {
            names[1] = ArtistKey.unknown
            // What has no tags is called as its file is.
            if MusicFile.isOne(names[0]) { names[0] = names[0].withoutPathExtension }
        }
        return draft(names[0], names[1], album: noAlbum.contains(NameKey.fold(names[2])) ? "" : names[2])
    }

    /// What servers call an album of songs that have none (Supysonic, Navidrome, Airsonic), folded.
    private static let noAlbum: Set<String> = ["non album tracks", "unknown album", "unknown", "no album"]
}
