import Files
import Glibc
import JSON

/// All files of the page, read once: at run time no request reaches the file system.
///
/// What pages refer to lives at an address that changes with any of them (`/assets/HASH/...`), so that browsers keep
/// it for ever; the pages themselves are asked for each time, which mostly ends with "not modified".
struct AssetStore: Sendable {
    /// By name: `app.js`, `texts/en.json`.
    private let files: [String: Asset]
    /// The folder in addresses.
    let prefix: String
    /// As texts, with a mark where the base path belongs.
    private let pages: [String: String]
    /// Ready to be sent, for the base path that most ask with.
    private let usualPages: [String: Asset]
    private let usualBase: String
    /// The languages that the page can speak, with what they call themselves: there is a file of texts for each.
    let languages: [(code: String, name: String)]

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "json": "application/json", "svg": "image/svg+xml", "png": "image/png",
        "webmanifest": "application/manifest+json", "ts": "text/plain; charset=utf-8",
        "ico": "image/x-icon", "opus": "audio/ogg", "wasm": "application/wasm",
    ]

    /// The media type of a file by its name.
    static func type(of name: String) -> String { types[ending(name)] ?? "application/octet-stream" }

    /// Where the page's files are: beside the installed program or in the checkout. Throws `WebServerError.badFile`.
    static func standardFolder() throws -> String {
        guard let index = ProgramFile.path("web/index.html", checkoutFolder: "Sources/WebApp") else {
            throw WebServerError.badFile(
                path: "share/fermusic/web/index.html", reason: "the page was not found beside the program")
        }
        return index.parentFolder
    }

    /// Reads a folder and the folders in it, for a server whose page is below `base`. Throws `WebServerError.badFile`.
    init(folder: String, base: String = "") throws {
        var read: [String: [UInt8]] = [:]
        for name in try AssetStore.names(in: folder) {
            do {
                read[name] = try FileBytes.read("\(folder)/\(name)", limit: 4 << 20)
            } catch let failure as FileFailure {
                throw WebServerError.badFile(path: "\(folder)/\(name)", reason: failure.reason)
            }
        }
        var hash: UInt64 = Asset.hash([])
        for (name, bytes) in read.sorted(by: { $0.key < $1.key }) {
            hash = Asset.hash(bytes, from: Asset.hash(Array(name.utf8), from: hash))
        }
        prefix = "/assets/\(String(hash, radix: 16))"
        let languages = AssetStore.languages(in: read)
        let codes = languages.map { $0.code }.joined(separator: " ")
        var files: [String: Asset] = [:], pages: [String: String] = [:]
        for (name, bytes) in read {
            let type = AssetStore.type(of: name)
            if name.hasSuffix(".html") || name == "openapi.json" {
                pages[name] = String(decoding: bytes, as: UTF8.self).replacing("{{assets}}", with: "{{base}}" + prefix)
                    .replacing("{{languages}}", with: codes)
            } else {
                files[name] = Asset(bytes, type: type)
            }
        }
        self.files = files
        self.pages = pages
        usualBase = base
        usualPages = Dictionary(
            uniqueKeysWithValues: pages.map { ($0, AssetStore.page($0, $1, below: base)) })
        self.languages = languages
    }

    private static func languages(in files: [String: [UInt8]]) -> [(code: String, name: String)] {
        files.keys.filter { $0.hasPrefix("texts/") && $0.hasSuffix(".json") }.sorted().map { file in
            let code = String(file.dropFirst(6).dropLast(5))
            let texts = try? JSONValue(parsing: String(decoding: files[file] ?? [], as: UTF8.self))
            return (code: code, name: texts?["_name"]?.stringValue ?? code)
        }
    }

    /// What pages refer to, by name.
    var all: [String: Asset] { files }

    /// A page such as `index.html`, or the description of the interface, whose addresses begin with `base`.
    func page(_ name: String, below base: String) -> Asset? {
        base == usualBase ? usualPages[name] : pages[name].map { AssetStore.page(name, $0, below: base) }
    }

    private static func page(_ name: String, _ text: String, below base: String) -> Asset {
        Asset(Array(text.replacing("{{base}}", with: base).utf8), type: types[ending(name)]!)
    }

    /// The file at an address below `/assets/`; the part with the hash may be an old one's, since pages that are open
    /// keep asking for it.
    func file(at path: String) -> Asset? {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard path.hasPrefix("/assets/"), parts.count == 3 else { return nil }
        let rest = parts[2].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return rest.count == 2 ? files[String(rest[1])] : nil
    }

    /// The service worker of a server whose pages have the engine at these addresses, from the page.
    func worker(engine: [String], hasSongs: Bool) -> Asset? {
        guard let script = files[WorkerScript.name].map({ WorkerScript(program: $0.bytes) }) else { return nil }
        let kept = files.keys.filter { !AssetStore.unkept.contains($0) }.sorted().map { "\(prefix.dropFirst())/\($0)" }
        let songs = hasSongs && !engine.isEmpty ? [String(EngineFiles.folder.dropFirst()) + SongsFile.name] : []
        let fresh = ["./", "api/v1/options"] + songs
        // Files of one version are kept under its name: another list is another version.
        let version = Asset.hash(Array((fresh + kept + engine).joined(separator: " ").utf8))
        let text = script.text(version: version, files: fresh + kept + engine, fresh: fresh, mark: prefix + "/")
        return Asset(text, type: AssetStore.types["js"]!)
    }

    /// What pages without a server, or a visit, do without.
    private static let unkept: Set = [
        "docs.js", "docs.css", "login.js", WorkerScript.name, "fermusic.d.ts",
    ]

    /// Whether the address has the hash of what there is now.
    func isCurrent(_ path: String) -> Bool { path.hasPrefix(prefix + "/") }

    func file(named name: String) -> Asset? { files[name] }

    /// Bytes of all that a visit loads before anything is played: the page itself, with the texts of one language.
    func visitBytes(compressed: Bool) -> Int {
        func size(_ asset: Asset) -> Int { compressed ? asset.gzip?.count ?? asset.bytes.count : asset.bytes.count }
        // Icons are for those who install it, the rest for those who pick a folder or open a dialog.
        let later: Set = [
            "own.js", "folder.js", "tags.js", "heard.js", "listen.js", "listen-worker.js", "excerpt.js", "history.js",
            "playlists.js",
        ]
        return files.filter { name, _ in
            !AssetStore.unkept.union(later).contains(name) && !name.hasSuffix(".opus") && !name.hasSuffix(".png")
                && (!name.hasPrefix("texts/") || name == "texts/en.json")
        }.reduce(usualPages["index.html"].map(size) ?? 0) { $0 + size($1.value) }
    }

    private static func ending(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? ""
    }

    private static func names(in folder: String) throws -> [String] {
        var result: [String] = []
        for name in FolderTree.names(in: folder) where !name.hasPrefix(".") {
            var status = stat()
            guard stat("\(folder)/\(name)".cPath, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                result += FolderTree.names(in: "\(folder)/\(name)").filter { types[ending($0)] != nil }
                    .map { "\(name)/\($0)" }
            } else if types[ending(name)] != nil {
                result.append(name)
            }
        }
        guard result.contains("index.html"), result.count < 500 else {
            throw WebServerError.badFile(path: folder, reason: "this is not the page's folder")
        }
        return result.sorted()
    }
}
