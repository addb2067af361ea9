// How fast catalogues are filled and songs found, on SQLite and PostgreSQL:
//
//     catalogue-benchmark SONGS PLACE...
//
// PLACE is a new file or the address of an empty database. Makes a table of so many songs, a tenth of them without
// features, imports it into each, imports it again, and asks for lists and hits.

import Emotions
import Glibc
import MusicMatching
import Randomness

guard CommandLine.arguments.count >= 3, let count = Int(CommandLine.arguments[1]), count > 0 else {
    fatalError("usage: catalogue-benchmark SONGS PLACE...")
}
let table = "/tmp/catalogue-benchmark-\(getpid()).csv"
defer { unlink(table) }

func writeTable() {
    var generator = SplitMix64(seed: 11)
    func crowded() -> Int { (0..<3).map { _ in Int.random(in: 0...333, using: &generator) }.reduce(0, +) }
    let languages = ["en", "en", "en", "es", "hi", "ko", "", "", "ta", "id"]
    let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    guard let file = fopen(table, "w") else { fatalError("cannot write \(table)") }
    fputs("id,title,artist,album,language,valence,energy,danceability,acousticness,tempo\n", file)
    for number in 0..<count {
        let id = String((0..<22).map { _ in digits[Int.random(in: 0..<62, using: &generator)] })
        var line = "\(id),Song \(number) of words,Artist \(number % 30_011),Album \(number % 997),"
        line += languages[Int.random(in: 0..<10, using: &generator)]
        if number % 10 == 0 {
            line += ",,,,,\n"
        } else {
            for _ in 0..<4 { line += ",0.\(String(crowded() + 1000).dropFirst())" }
            line += ",\(60 + Int.random(in: 0...1200, using: &generator) / 10)\n"
        }
        fputs(line, file)
    }
    fclose(file)
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
}

func rounded(_ value: Double, _ factor: Double = 100) -> Double { (value * factor).rounded() / factor }

/// The median and the largest of some runs, in milliseconds.
func milliseconds(_ runs: Int = 15, _ body: () throws -> Void) rethrows -> String {
    let times = try (0..<runs).map { _ in try seconds(body) * 1000 }.sorted()
    return "\(rounded(times[runs / 2])) ms (\(rounded(times[runs - 1])))"
}

func request(_ mode: MoodMode, _ languages: [String] = []) -> RecommendationRequest {
    var request = RecommendationRequest(
        EmotionVector(weights: Emotion.allCases.indices.map { Double(($0 + 2) % 5) }) ?? EmotionVector(.neutral))
    request.mode = mode
    request.languages = languages.compactMap { Language($0) }
    return request
}

func lists(_ catalogue: Catalogue) throws {
    for mode in MoodMode.allCases {
        print("  \(mode.rawValue): \(try milliseconds { _ = try catalogue.recommend(request(mode)) })")
    }
    print("  in Hindi: \(try milliseconds { _ = try catalogue.recommend(request(.match, ["hi"])) })")
}

writeTable()
for place in CommandLine.arguments.dropFirst(2) {
    print(Catalogue.shown(place))
    let catalogue = try Catalogue(place, builtIn: nil)
    let first = try seconds { _ = try catalogue.importSongs(table) }
    print("  import: \(rounded(first)) s, \(Int(Double(count) / first)) songs/s")
    let again = try seconds { _ = try catalogue.importSongs(table) }
    print("  again: \(rounded(again)) s, \(Int(Double(count) / again)) songs/s")
    try lists(catalogue)
    var filter = Catalogue.Filter()
    for search in ["artist 77", "song", "words 4711"] {
        filter.search = search
        print("  hits for '\(search)': \(try milliseconds(5) { _ = try catalogue.songs(filter) })")
    }
    if Catalogue.isAddress(place) {
        print("  with a copy in memory")
        catalogue.sharesSongs = true
        let made = try seconds { while try !catalogue.hasSongsInMemory() { usleep(10_000) } }
        print("  made in \(rounded(made)) s")
        try lists(catalogue)
    }
    // Last, as likes widen the search for songs.
    print("  like: \(try milliseconds { try catalogue.note(.like, of: Int.random(in: 1...count)) })")
}
