import EmotionRecognition
import Terminal
import WebApp

/// `fermusic export-site`
enum ExportSiteCommand {
    private static let folder = Argument<Path>("folder", help: "A new folder, for any web server.")
    private static let models = Option<[Path]>(
        "model", short: "m", help: "A model that visitors can choose; the one that comes with fermusic by default.")

    static let command = Command(
        "export-site", summary: "The page as a folder of files, without a server.",
        discussion: """
            Browsers look at pictures and choose songs themselves, and nothing of them is sent. The page has the built-in \
            songs, or those of --catalogue without what is said and heard in it. After the first visit it works without a network. Addresses \
            are relative: the folder can be at any path.
            """,
        examples: [Example("fermusic export-site site && python3 -m http.server -d site", "try it out")],
        parameters: [folder, models, MusicOptions.catalogue, MusicOptions.moodMap]
    ) { a, console in
        let paths = try a[models].map { try ShippedModels.path($0.string) }
        let catalogue = try a[MusicOptions.catalogue] == nil ? MusicOptions.builtIn(a) : MusicOptions.openCatalogue(a)
        let site = try StaticSite(
            models: try ModelShelf(paths.isEmpty ? Array(ModelShelf.standardPaths().prefix(1)) : paths),
            songs: catalogue.compact(), moodMap: try MusicOptions.readMoodMap(a))
        try site.write(to: a[folder].string)
        try console.errors.line("wrote \(a[folder]), \(site.count) files, \(site.bytes) bytes")
        return .done
    }
}
