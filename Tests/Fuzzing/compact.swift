// Compiled by Scripts/fuzz with the sources of MusicMatching.

import Emotions

/// Any bytes with a right checksum are a compact catalogue or an error; what is read is written and read as the same, and
/// gives lists.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCompact(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // Without it hardly anything would be read.
    if bytes.count >= 24 {
        let sum = CompactCatalogue.checksum(bytes[24...])
        for index in 0..<8 { bytes[16 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index)) }
    }
    func read(_ bytes: [UInt8]) -> CompactCatalogue? { try? bytes.withUnsafeBytes { try CompactCatalogue($0) } }
    guard let catalogue = read(bytes) else { return 0 }
    guard let again = read(catalogue.bytes), again.songs == catalogue.songs, again.files.count == catalogue.files.count
    else { fatalError("what was written is not what was read") }
    var request = RecommendationRequest(EmotionVector(.sad))
    request.count = 7
    request.like = catalogue.songs.first?.id
    for mode in MoodMode.allCases {
        request.mode = mode
        let songs = catalogue.recommend(request)
        precondition(Set(songs.map(\.song.id)).count == songs.count, "a song twice")
    }
    _ = catalogue.artists(beginning: catalogue.songs.first?.artist ?? "", limit: 5)
    return 0
}
