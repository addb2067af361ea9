// Compiled by Scripts/fuzz with the readers of playlists and of accounts' JSON.

import Emotions
import Files

/// Any bytes are a list, or none; whatever it is, its songs have names that can be kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLists(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    check(PlaylistText.m3u(bytes[...]))
    check(PlaylistText.pls(bytes[...]))
    if let list = try? PlaylistXML.read(bytes[...]) { check(list) }
    if let list = try? AccountJSON.read(bytes[...]) { check(list) }
    return 0
}

private func check(_ list: SongList) {
    for entry in list.songs {
        precondition(entry.song != nil || entry.place != nil)
        if let song = entry.song { precondition(!song.title.isEmpty && !song.artist.isEmpty) }
        if let place = entry.place { _ = ListPlaces.paths(place, from: "/music") }
    }
}
