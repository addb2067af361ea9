// What a page calls for songs. Compiled for WebAssembly with MusicMatching's matcher by Scripts/build-wasm, as a module of
// its own: it needs no vectors, no network and no worker.

// One module has one thread.
private nonisolated(unsafe) var catalogue: CompactCatalogue?
private nonisolated(unsafe) var answer: [UInt8] = []

/// Room for `count` bytes that the page fills; given back by `fermusic_free`.
@_cdecl("fermusic_allocate")
public func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
    count >= 0 ? UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 16) : nil
}

@_cdecl("fermusic_free")
public func free(_ memory: UnsafeMutableRawPointer?) { memory?.deallocate() }

/// Takes a compact catalogue: how many songs it has, or -1, with a line of so many bytes as `fermusic_answer_size` says
/// in `fermusic_answer`.
@_cdecl("fermusic_songs_open")
public func openSongs(_ bytes: UnsafeRawPointer, _ count: Int) -> Int32 {
    do throws(CompactError) {
        let read = try CompactCatalogue(UnsafeRawBufferPointer(start: bytes, count: count))
        catalogue = read
        return Int32(read.songs.count)
    } catch {
        answer = Array(error.description.utf8)
        return -1
    }
}

@_cdecl("fermusic_answer")
public func lastAnswer() -> UnsafeMutablePointer<UInt8>? { answer.withUnsafeMutableBufferPointer { $0.baseAddress } }

@_cdecl("fermusic_answer_size")
public func lastAnswerSize() -> Int32 { Int32(answer.count) }

/// The answer of `POST /api/v1/recommendations` to the same question as JSON: its length, or -1 for no such question.
@_cdecl("fermusic_recommend")
public func recommend(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    guard let catalogue, let fields = read(text, count), let request = RecommendationRequest(fields) else { return -1 }
    return give(withFiles(RecommendationJSON.value(catalogue.recommend(request), for: request), catalogue))
}

/// The answer of `POST /api/v1/songs`.
@_cdecl("fermusic_songs")
public func songs(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    guard let catalogue, let numbers = read(text, count)?["songs"]?.arrayValue else { return -1 }
    let songs = numbers.compactMap { number in number.intValue.flatMap { catalogue.song($0) } }
    return give(withFiles(["songs": .array(songs.map { SongJSON.value($0) })], catalogue))
}

/// The answer of `GET /api/v1/catalogue/search?kind=artists&q=...`.
@_cdecl("fermusic_artists")
public func artists(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    guard let catalogue, let fields = read(text, count), let wanted = fields["q"]?.stringValue else { return -1 }
    let found = catalogue.artists(beginning: wanted, limit: fields["limit"]?.intValue ?? 20)
    return give([
        "artists": .array(found.map { ["name": .string($0.name), "songs": .int($0.songs)] }), "songs": [],
    ])
}

/// The text of `POST /api/v1/playlist-file`'s answer, as JSON.
@_cdecl("fermusic_playlist_file")
public func playlistFile(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    guard let catalogue, let fields = read(text, count), let name = fields["name"]?.stringValue,
        let numbers = fields["songs"]?.arrayValue, let format = fields["format"]?.stringValue
    else { return -1 }
    let songs = numbers.compactMap { number in number.intValue.flatMap { catalogue.song($0) } }
    switch format {
    case "csv": return give(["text": .string(SongCSV.text(songs))])
    case "xspf":
        let tracks = songs.reduce(into: "") { $0 += XSPF.track($1, address: nil, duration: $1.duration) }
        return give(["text": .string(XSPF.head(name) + tracks + XSPF.tail)])
    default: return -1
    }
}

/// An answer whose songs say how their files are played, as a server has it, and how loud those without a file are;
/// unchanged where nothing is known of either.
private func withFiles(_ answer: JSONValue, _ catalogue: CompactCatalogue) -> JSONValue {
    guard !catalogue.files.isEmpty || !catalogue.gains.isEmpty, var fields = answer.objectValue else { return answer }
    fields["songs"] = .array(
        (answer["songs"]?.arrayValue ?? []).map { song in
            var own = song.objectValue ?? [:]
            own["file"] = song["id"]?.intValue.flatMap { catalogue.files[$0] }.map { SongJSON.value($0) } ?? .null
            if let gain = song["id"]?.intValue.flatMap({ catalogue.gains[$0] }) { own["gain"] = .double(gain) }
            return .object(own)
        })
    return .object(fields)
}

private func read(_ text: UnsafePointer<UInt8>, _ count: Int) -> JSONValue? {
    let text = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    do throws(JSONError) { return try JSONValue(parsing: text) } catch { return nil }
}

private func give(_ value: JSONValue) -> Int32 {
    answer = Array(value.text().utf8)
    return Int32(answer.count)
}
