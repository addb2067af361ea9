import Emotions

extension CompactCatalogue {
    private static let magic: [UInt8] = Array("FMSONGS\n".utf8)
    private static let version: UInt64 = 3
    /// Magic, version, checksum of all that follows.
    private static let headerSize = 24

    /// As a file's content, with a checksum.
    public var bytes: [UInt8] {
        var body = CompactWriter()
        map.write(to: &body)
        var genres = Names(), themes = Names(), credits = Names(), albums = Names(), languages = Names(),
            kinds = Names()
        for song in songs {
            genres.add(song.genres)
            themes.add(song.themes)
            credits.add([song.artist])
            albums.add([song.album])
            languages.add([song.language])
            kinds.add(song.identifiers.map { $0.kind.rawValue })
        }
        for names in [genres, themes, credits, albums, languages, kinds] { names.write(to: &body) }
        body.write(otherNames.count)
        for (name, key) in otherNames.sorted(by: { $0.key < $1.key }) {
            body.write(name)
            body.write(key)
        }
        body.write(songs.count)
        // What is alike stands together, so that packing finds it.
        for song in songs { body.write(song.title) }
        for song in songs { body.write(credits.place(of: song.artist)) }
        for song in songs { body.write(albums.place(of: song.album)) }
        for song in songs { body.write(languages.place(of: song.language)) }
        for song in songs { genres.write(song.genres, to: &body) }
        for song in songs { themes.write(song.themes, to: &body) }
        for axis in MoodAxis.allCases { for song in songs { body.write(axis.stored(song.mood[axis])) } }
        for song in songs { body.write(song.emotions.rawValue) }
        for song in songs { body.write(song.marks) }
        for song in songs { body.write(song.year.map { max($0, 0) + 1 } ?? 0) }
        for song in songs { body.write(song.duration.map { max($0, 0) + 1 } ?? 0) }
        for song in songs { body.write(max(song.plays, 0)) }
        var last = 0
        for song in songs {
            body.write(song.id - last)
            last = song.id
        }
        for song in songs {
            body.write(song.identifiers.count)
            for identifier in song.identifiers {
                body.write(kinds.place(of: identifier.kind.rawValue))
                body.write(identifier.value)
            }
        }
        write(files, to: &body)
        body.write(gains.count)
        for (song, gain) in gains.sorted(by: { $0.key < $1.key }) {
            body.write(song)
            body.write(Self.stored(gain))
        }
        var file = CompactWriter()
        file.append(Self.magic)
        file.write(word: Self.version)
        file.write(word: Self.checksum(body.bytes))
        file.append(body.bytes)
        return file.bytes
    }

    /// Each with its song, its number, its type and how loud it is: 0 where nobody knows, or one more than the hundredths
    /// of a decibel above `-mostGain`.
    private func write(_ files: [Int: PlayableSong], to body: inout CompactWriter) {
        var types = Names()
        let sorted = files.sorted { $0.key < $1.key }
        for (_, file) in sorted { types.add([file.type]) }
        types.write(to: &body)
        body.write(sorted.count)
        for (song, file) in sorted {
            body.write(song)
            body.write(file.file)
            body.write(types.place(of: file.type))
            body.write(Self.stored(file.gain))
        }
    }

    private static func stored(_ gain: Double?) -> Int {
        guard let gain else { return 0 }
        return Int((max(-mostGain, min(mostGain, gain)) * 100).rounded()) + Int(mostGain) * 100 + 1
    }

    private static func readGain(_ reader: inout CompactReader) throws(CompactError) -> Double? {
        let stored = try reader.number(upTo: Int(mostGain) * 200 + 1)
        return stored == 0 ? nil : Double(stored - 1) / 100 - mostGain
    }

    private static func readGains(_ reader: inout CompactReader) throws(CompactError) -> [Int: Double] {
        var gains: [Int: Double] = [:]
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let song = try reader.number(upTo: Int(Int32.max))
            gains[song] = try readGain(&reader)
        }
        return gains
    }

    /// Decibels.
    private static let mostGain = 200.0

    private static func readFiles(_ reader: inout CompactReader) throws(CompactError) -> [Int: PlayableSong] {
        let types = try reader.texts()
        var files: [Int: PlayableSong] = [:]
        for _ in 0..<(try reader.count(ofSize: 4)) {
            let song = try reader.number(upTo: Int(Int32.max)), number = try reader.number(upTo: Int(Int32.max))
            let type = try reader.member(of: types)
            files[song] = PlayableSong(file: number, type: type, gain: try readGain(&reader))
        }
        return files
    }

    /// Reads what `bytes` gave. Throws `CompactError`.
    public init(_ bytes: UnsafeRawBufferPointer) throws(CompactError) {
        guard bytes.count >= Self.headerSize, bytes.prefix(8).elementsEqual(Self.magic) else {
            throw .invalid("they do not begin as such a file does")
        }
        var header = CompactReader(UnsafeRawBufferPointer(rebasing: bytes[8..<Self.headerSize]))
        let version = try header.word(), checksum = try header.word()
        guard version <= Self.version else { throw .newerVersion(Int(truncatingIfNeeded: version)) }
        let body = UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...])
        guard Self.checksum(body) == checksum else { throw .invalid("they were cut off or changed") }
        var reader = CompactReader(body)
        let map = try MoodMap(from: &reader)
        let genres = try reader.texts(), themes = try reader.texts(), credits = try reader.texts()
        let albums = try reader.texts(), languages = try reader.texts(), kinds = try reader.texts()
        var otherNames: [String: String] = [:]
        for _ in 0..<(try reader.count(ofSize: 2)) {
            let name = try reader.text()
            otherNames[name] = try reader.text()
        }
        // Each song has a byte at least in every column.
        let count = try reader.count(ofSize: 18)
        guard count <= Self.mostSongs else { throw .invalid("more songs than fit") }
        var songs: [Song] = []
        for _ in 0..<count { songs.append(Song(title: try reader.text(), artist: "")) }
        for index in songs.indices { songs[index].artist = try reader.member(of: credits) }
        for index in songs.indices { songs[index].album = try reader.member(of: albums) }
        for index in songs.indices { songs[index].language = try reader.member(of: languages) }
        for index in songs.indices { songs[index].genres = try reader.members(of: genres) }
        for index in songs.indices { songs[index].themes = try reader.members(of: themes) }
        for axis in MoodAxis.allCases {
            let limit = axis.stored(axis.range.upperBound)
            for index in songs.indices { songs[index].mood[axis] = axis.value(stored: try reader.number(upTo: limit)) }
        }
        for index in songs.indices {
            songs[index].emotions = EmotionSet(rawValue: StoredInt(truncatingIfNeeded: try reader.wide()))
        }
        for index in songs.indices { songs[index].marks = try reader.number(upTo: 1 << 14 - 1) }
        for index in songs.indices { songs[index].year = try reader.optionalNumber() }
        for index in songs.indices { songs[index].duration = try reader.optionalNumber() }
        for index in songs.indices { songs[index].plays = try reader.number(upTo: Int(Int32.max)) }
        var last = 0
        for index in songs.indices {
            last += try reader.number(upTo: Int(Int32.max) - last)
            guard index == 0 || last > songs[index - 1].id else { throw .invalid("songs without an order") }
            songs[index].id = last
        }
        for index in songs.indices {
            for _ in 0..<(try reader.count(ofSize: 2)) {
                let kind = SongIdentifier.Kind(rawValue: try reader.member(of: kinds))
                songs[index].identifiers.append(SongIdentifier(kind, try reader.text()))
            }
        }
        let files = version < 2 ? [:] : try Self.readFiles(&reader)
        let gains = version < 3 ? [:] : try Self.readGains(&reader)
        guard reader.rest == 0 else { throw .invalid("something follows their end") }
        self.init(songs: songs, map: map, otherNames: otherNames, files: files, gains: gains)
    }

    /// FNV-1a, 64 bits.
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension CompactReader {
    /// One less than what is written; 0 stands for nothing.
    fileprivate mutating func optionalNumber() throws(CompactError) -> Int? {
        let number = try number(upTo: Int(Int32.max))
        return number == 0 ? nil : number - 1
    }
}

extension Song {
    /// Which axes are estimated and which were heard, then the rest that is yes or no, in bits.
    fileprivate var marks: Int {
        get {
            estimated.rawValue | heard.rawValue << 5 | (isEditorial ? 1 << 10 : 0) | (isOwn ? 1 << 11 : 0)
                | (isExplicit.map { $0 ? 2 << 12 : 1 << 12 } ?? 0)
        }
        set {
            estimated = MoodAxes(rawValue: newValue & 31)
            heard = MoodAxes(rawValue: newValue >> 5 & 31)
            isEditorial = newValue & 1 << 10 != 0
            isOwn = newValue & 1 << 11 != 0
            isExplicit = newValue >> 12 == 0 ? nil : newValue >> 12 == 2
        }
    }
}

/// Texts, each once, in the order in which they come.
private struct Names {
    private var texts: [String] = []
    private var places: [String: Int] = [:]

    mutating func add(_ more: [String]) {
        for text in more where places[text] == nil {
            places[text] = texts.count
            texts.append(text)
        }
    }

    func place(of text: String) -> Int { places[text]! }

    func write(to writer: inout CompactWriter) {
        writer.write(texts.count)
        for text in texts { writer.write(text) }
    }

    func write(_ own: [String], to writer: inout CompactWriter) {
        writer.write(own.count)
        for text in own { writer.write(place(of: text)) }
    }
}
