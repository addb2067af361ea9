import EmotionRecognition
import FaceVision
import Files
import JSON
import MusicMatching

/// The page as a folder of files for any web server: browsers look at pictures and choose songs themselves.
public struct StaticSite {
    /// By their places in the folder.
    private var files: [String: [UInt8]] = [:]
    /// The page's folder of engine and plans, and what `fermusic.js` looks for there.
    private static let engineFolder = "engine/", usualModel = "emotions.fmplan"
    /// What only a server's page needs.
    private static let serverOnly: Set = ["docs.js", "docs.css", "login.js"]

    /// Makes all files. Throws `WebServerError` where the page, the engine or a plan is missing.
    public init(models: ModelShelf, songs: CompactCatalogue, moodMap: MoodMap, pageFolder: String? = nil) throws {
        let assets = try AssetStore(folder: try pageFolder ?? AssetStore.standardFolder())
        let engine = EngineFiles(models, isUsualDetector: true)
        guard engine.isThere else {
            throw WebServerError.badFile(
                path: EngineFiles.module, reason: "the engine for browsers was not built: Scripts/build-wasm makes it")
        }
        var addresses: [String: JSONValue] = [:]
        for entry in models.entries {
            let name = entry.id + EngineFiles.planEnding
            guard engine.models.contains(entry.id), let plan = engine.make(name) else {
                throw WebServerError.badFile(path: entry.id, reason: "browsers cannot run this model")
            }
            let place = StaticSite.engineFolder + (addresses.isEmpty ? StaticSite.usualModel : name)
            addresses[entry.id] = .string(place)
            files[place] = plan.bytes
        }
        for name in [EngineFiles.module, EngineFiles.detector] {
            guard let asset = engine.make(name) else {
                throw WebServerError.badFile(path: name, reason: "cannot be read")
            }
            files[StaticSite.engineFolder + name] = asset.bytes
        }
        let parts: JSONValue = [
            "module": .string(StaticSite.engineFolder + EngineFiles.module),
            "detector": .string(StaticSite.engineFolder + EngineFiles.detector), "models": .object(addresses),
        ]
        for name in [EngineFiles.songsModule, EngineFiles.soundModule] {
            guard let module = engine.make(name) else {
                throw WebServerError.badFile(
                    path: name, reason: "this module for browsers was not built: Scripts/build-wasm makes it")
            }
            files[StaticSite.engineFolder + name] = module.bytes
        }
        files[StaticSite.engineFolder + SongsFile.name] = songs.bytes
        let matcher: JSONValue = [
            "module": .string(StaticSite.engineFolder + EngineFiles.songsModule),
            "songs": .string(StaticSite.engineFolder + SongsFile.name),
        ]
        let facts = PageFacts(
            shelf: models, detectors: (["auto"], "auto"), limits: AnalysisService.Limits(), engine: { _ in parts },
            matcher: { _, _ in matcher },
            sound: { _ in EngineFiles.sound(at: StaticSite.engineFolder + EngineFiles.soundModule) }, moodMap: moodMap,
            pageLanguages: assets.languages)
        for (name, asset) in assets.all where !StaticSite.serverOnly.contains(name) { files[name] = asset.bytes }
        let known = facts.json(songs: songs.songs.count, languages: songs.languageCounts, below: "")
        files["options.json"] = Array(known.text().utf8)
        if let manifest = files["manifest.webmanifest"] {
            let text = String(decoding: manifest, as: UTF8.self).replacing(
                "\"../../", with: "\"./")
            files["manifest.webmanifest"] = Array(text.utf8)
        }
        files["index.html"] = try StaticSite.index(assets)
        addWorker()
    }

    /// The page, with addresses beside it and the policy that a server would send.
    private static func index(_ assets: AssetStore) throws -> [UInt8] {
        guard let page = assets.page("index.html", below: "") else {
            throw WebServerError.badFile(path: "index.html", reason: "the page has no such file")
        }
        let policy = SecurityHeaders.policyForPages
        let text = String(decoding: page.bytes, as: UTF8.self).replacing(assets.prefix, with: ".")
            .replacing("<html lang=\"en\">", with: "<html lang=\"en\" data-static>")
            .replacing(
                "<meta charset=\"utf-8\">",
                with: "<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">")
        return Array(text.utf8)
    }

    /// The file that keeps all others in the browser, under a version that changes with any of them.
    private mutating func addWorker() {
        let script = WorkerScript(program: files[WorkerScript.name] ?? [])
        files[WorkerScript.name] = nil
        var hash = Asset.hash(script.program)
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            hash = Asset.hash(bytes, from: Asset.hash(Array(name.utf8), from: hash))
        }
        files[WorkerScript.name] = script.text(version: hash, files: ["./"] + files.keys.sorted())
    }

    /// Beside each file its packed forms, for web servers that send them (nginx's `gzip_static` and `brotli_static`,
    /// Caddy's `precompressed`).
    private var packedFiles: [(name: String, bytes: [UInt8])] {
        files.flatMap { name, bytes -> [(name: String, bytes: [UInt8])] in
            let asset = Asset(bytes, type: AssetStore.type(of: name), effort: .best)
            return [asset.gzip.map { (name + ".gz", $0) }, asset.brotli.map { (name + ".br", $0) }].compactMap { $0 }
        }
    }

    public var bytes: Int { files.values.reduce(0) { $0 + $1.count } }
    public var count: Int { files.count }

    /// Writes the folder, whole or not at all. Throws `WebServerError.badFile` for one that has something in it.
    public func write(to folder: String) throws {
        guard FolderTree.isFree(folder) else {
            throw WebServerError.badFile(path: folder, reason: "is not empty; the page is written into a new folder")
        }
        do {
            let pending = try PendingFolder(folder)
            for (name, bytes) in Array(files) + packedFiles {
                try FileBytes.write(bytes, to: "\(pending.temporaryPath)/\(name)", makesFolders: true)
            }
            try pending.commit()
        } catch let failure as FileFailure {
            throw WebServerError.badFile(path: folder, reason: failure.reason)
        }
    }
}
