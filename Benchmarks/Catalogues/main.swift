// How fast catalogues are filled and songs found, on SQLite and PostgreSQL:
//
//     catalogue-benchmark [--imports] SONGS PLACE...
//
// PLACE is a new file or the address of an empty database on this machine. Makes a table of so many songs, a tenth of them
// without features, imports it into each, one after the other, and asks all of them for lists, hits, artists and pages in
// turns: medians of wall time and of the processors' time, PostgreSQL's for this database included (without its parallel
// workers'). With --imports nothing is asked.

import Emotions
import Foundation
import Glibc
import MusicMatching
import Randomness

let importsOnly = CommandLine.arguments.dropFirst().first == "--imports"
let arguments = Array(CommandLine.arguments.dropFirst(importsOnly ? 2 : 1))
guard arguments.count >= 2, let count = Int(arguments[0]), count > 0 else {
    FileHandle.standardError.write(Data("usage: catalogue-benchmark [--imports] SONGS PLACE...\n".utf8))
    exit(2)
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

/// Seconds on the wall and of the processors.
struct Cost {
    var wall = 0.0, processors = 0.0
}

/// Processors' seconds of this process and, for an address, of the connections to its database.
func processors(_ place: String) -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    var sum = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    guard Catalogue.isAddress(place) else { return sum }
    let name = place.split(separator: "?")[0].split(separator: "/").last ?? ""
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    for process in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] where Int(process) != nil {
        guard let title = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
            title.hasPrefix("postgres: "), title.contains(" \(name) "),
            let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { continue }
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        if fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) {
            sum += (user + system) / ticks
        }
    }
    return sum
}

func cost(_ place: String, _ body: () throws -> Void) rethrows -> Cost {
    let before = processors(place)
    let time = try ContinuousClock().measure(body).components
    return Cost(
        wall: Double(time.seconds) + Double(time.attoseconds) * 1e-18, processors: processors(place) - before)
}

/// At once, also into a file.
func report(_ line: String) {
    print(line)
    fflush(nil)
}

func rounded(_ value: Double, _ factor: Double = 100) -> Double { (value * factor).rounded() / factor }

func request(_ mode: MoodMode, _ languages: [String] = []) -> RecommendationRequest {
    var request = RecommendationRequest(
        EmotionVector(weights: Emotion.allCases.indices.map { Double(($0 + 2) % 5) }) ?? EmotionVector(.neutral))
    request.mode = mode
    request.languages = languages.compactMap { Language($0) }
    return request
}

func hits(_ search: String, offset: Int = 0) -> Catalogue.Filter {
    var filter = Catalogue.Filter()
    filter.search = search
    filter.offset = offset
    return filter
}

/// Asks all places in turns, a few times in a row each, as processors' time is counted in hundredths of a second.
@MainActor func measure(_ name: String, rounds: Int = 7, times: Int = 5, _ question: (Catalogue) throws -> Void)
    rethrows
{
    var costs = places.map { _ in [Cost]() }
    for _ in 0..<rounds {
        for (index, place) in places.enumerated() {
            costs[index].append(
                try cost(place) { for _ in 0..<times { try question(catalogues[index]) } })
        }
    }
    let parts = costs.map { costs in
        let wall = costs.map { $0.wall * 1000 / Double(times) }.sorted()
        let processors = costs.map { $0.processors * 1000 / Double(times) }.sorted()
        return "\(rounded(wall[rounds / 2])) ms (processors \(rounded(processors[rounds / 2])))"
    }
    report("\(name): \(parts.joined(separator: " | "))")
}

writeTable()
let places = Array(arguments.dropFirst())
var catalogues: [Catalogue] = []
report(places.map { Catalogue.shown($0) }.joined(separator: " | "))
for place in places {
    let catalogue = try Catalogue(place, builtIn: nil)
    let first = try cost(place) { _ = try catalogue.importSongs(table) }
    report(
        "import: \(rounded(first.wall)) s (processors \(rounded(first.processors))), "
            + "\(Int(Double(count) / first.wall)) songs/s")
    if !importsOnly { catalogues.append(catalogue) }
}
if importsOnly {
    unlink(table)
    exit(0)
}
for mode in MoodMode.allCases { try measure(mode.rawValue) { _ = try $0.recommend(request(mode)) } }
try measure("in Hindi") { _ = try $0.recommend(request(.match, ["hi"])) }
for search in ["words 4711", "artist 77", "song"] {
    try measure("hits for '\(search)'", rounds: 3, times: 1) { _ = try $0.songs(hits(search)) }
}
for search in ["artist 77", "art", "nobody"] {
    try measure("artists '\(search)'") { _ = try $0.artists(beginning: search, limit: 10) }
}
try measure("misspelt artist", rounds: 3, times: 1) { _ = try $0.nearestArtist(to: "artits 77") }
try measure("first page") { _ = try $0.songs(hits("")) }
try measure("page in the middle") { _ = try $0.songs(hits("", offset: count / 2)) }
for (place, catalogue) in zip(places, catalogues) where Catalogue.isAddress(place) {
    catalogue.sharesSongs = true
    let made = try cost(place) { while try !catalogue.hasSongsInMemory() { usleep(10_000) } }
    report("copy in memory: \(rounded(made.wall)) s")
}
for mode in MoodMode.allCases { try measure("\(mode.rawValue), from a copy") { _ = try $0.recommend(request(mode)) } }
// Last, as likes widen the search for songs.
try measure("like") { try $0.note(.like, of: Int.random(in: 1...count)) }
for mode in MoodMode.allCases {
    try measure("\(mode.rawValue), with likes") { _ = try $0.recommendSongBySong(request(mode)) }
}
