// A music service of your own: a jukebox that knows a few songs by their slots. It is asked as Deezer and Spotify are, what it
// says is kept with the songs, and its lists can be imported.

import MusicMatching

struct Jukebox: MusicProvider, ListProvider {
    let service = MusicService(rawValue: "jukebox", name: "Our jukebox")
    private let slots = ["Queen - Flash": "A1", "Tom Waits - Alice": "B7"]

    // MARK: links, covers and previews of songs that were recommended

    func resolve(_ song: Song, _ query: ProviderQuery) throws(ProviderError) -> ProviderMatch? {
        guard let slot = slots["\(song.artist) - \(song.title)"] else { return nil }
        return ProviderMatch(
            identifiers: [SongIdentifier(.init(rawValue: "jukebox"), slot)], link: "https://jukebox.example/\(slot)")
    }

    func check(_ limit: CallLimit) -> [ProviderFinding] { [ProviderFinding("slots", .works, "\(slots.count) songs")] }

    // MARK: lists: `jukebox:all`

    func handles(_ place: String) -> Bool { place == "jukebox:all" }

    func list(at place: String, version: String) throws -> ProvidedList {
        .songs([SongDraft(title: "Flash", artist: "Queen"), SongDraft(title: "Alice", artist: "Tom Waits")])
    }
}

let jukebox = Jukebox()
let catalogue = try Catalogue(":memory:", builtIn: nil)
let report = try catalogue.importAndRemember("jukebox:all", from: jukebox, options: ImportOptions())
precondition(report.added == 2)

let services = try MusicServices(memory: ":memory:", credentials: Credentials(), providers: [jukebox])
let songs = try catalogue.songs(Catalogue.Filter())
let found = Enrichment(of: songs, with: services.provider(jukebox.service), within: .seconds(5))
for (song, match) in zip(songs, found.matches) {
    guard let match else { fatalError("\(found.service.name) does not know \(song.title)") }
    try catalogue.note(match, of: song.id)
    print("\(song.artist) - \(song.title): \(match.link ?? "")")
}
