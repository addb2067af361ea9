// Compiled by Scripts/fuzz with the readers of music files' tags.

/// Any bytes are a music file with tags, or none; its texts are clean.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTags(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = TextRepair.text(bytes)
    precondition(TextRepair.repaired(text) == TextRepair.repaired(TextRepair.repaired(text)) || !text.isEmpty)
    guard let tags = try? TagReader.read(bytes: bytes, name: "input") else { return 0 }
    for text in [tags.title, tags.artist, tags.album, tags.genre] {
        precondition(!text.unicodeScalars.contains { $0.value < 0x20 })
    }
    precondition(tags.duration.map { $0 > 0 } ?? true)
    return 0
}
