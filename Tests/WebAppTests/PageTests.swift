import Emotions
import Foundation
import JSON
import Testing
import WebApp

/// The page and its files.
@Suite struct PageTests {
    let server = Result { try TestServer() }

    @Test func comesWithWhatProtectsIt() throws {
        let page = try server.get().get("/")
        #expect(page.status == 200)
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        let policy = try #require(page.headers["content-security-policy"])
        // A browser that looks itself needs WebAssembly, and nothing else.
        #expect(policy.contains("script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';"))
        #expect(!policy.replacing("'wasm-unsafe-eval'", with: "").contains("unsafe"))
        #expect(page.headers["x-content-type-options"] == "nosniff")
        #expect(page.headers["x-frame-options"] == "DENY")
        #expect(page.headers["permissions-policy"]?.contains("camera=(self)") == true)
        // "no-referrer" would make browsers send forms with "Origin: null".
        #expect(page.headers["referrer-policy"] == "same-origin")
        #expect(page.headers["set-cookie"] == nil)
    }

    @Test func hasNothingInline() throws {
        for name in ["index.html", "docs.html", "login.html"] {
            let text = try String(contentsOfFile: TestServer.page + "/" + name, encoding: .utf8)
            for tag in text.components(separatedBy: "<script").dropFirst() {
                #expect(tag.prefix { $0 != ">" }.contains("src="), "\(name)")
            }
            #expect(!text.contains("<style") && !text.contains(" style=") && !text.contains("javascript:"), "\(name)")
            #expect(text.range(of: #"\son[a-z]+="#, options: .regularExpression) == nil, "\(name)")
            // Everything is from here.
            #expect(!text.contains("http://") && !text.contains("https://"), "\(name)")
        }
    }

    /// Each emotion has its words in each language, its colours for day and night, and its face.
    @Test func knowsEveryEmotion() throws {
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: TestServer.page + "/" + name, encoding: .utf8)
        }
        let texts = try FileManager.default.contentsOfDirectory(atPath: TestServer.page + "/texts").sorted()
        for emotion in Emotion.allCases.map(\.name) {
            for file in texts { #expect(try text("texts/" + file).contains("\"emotion-\(emotion)\": "), "\(file)") }
            #expect(try text("base.css").components(separatedBy: " --\(emotion): #").count == 3, "\(emotion)")
            #expect(try text("face.js").contains("  \(emotion): ["), "\(emotion)")
        }
        for selection in EmotionSelection.allCases {
            for file in texts { #expect(try text("texts/" + file).contains("\"\(selection.rawValue)\": "), "\(file)") }
        }
    }

    @Test func offersTheEmotionsThatModelsKnow() throws {
        let sets = try server.get().get("/api/v1/options").json["emotionSets"]?.arrayValue ?? []
        #expect(sets.map { $0["name"] } == ["five", "seven"])
        #expect(sets.map { $0["emotions"]?.arrayValue?.count } == [5, 7])
    }

    @Test func isSmall() throws {
        let bytes = try server.get().application.visitBytes
        #expect(bytes < 87_000, "\(bytes)")
    }

    @Test func isKeptByBrowsers() throws {
        let server = try server.get()
        let page = try server.get("/")
        let tag = try #require(page.headers["etag"])
        #expect(page.headers["cache-control"] == "no-cache")
        let again = try server.get("/", ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        let path = try #require(page.text.firstMatch(of: #/"(/assets/[0-9a-f]+/app\.js)"/#)).1
        let file = try server.get(String(path))
        #expect(file.headers["cache-control"] == "public, max-age=31536000, immutable")
        #expect(file.headers["content-type"] == "text/javascript; charset=utf-8")
        // A page that was opened before an update gets the new file, but not for ever.
        let old = try server.get("/assets/0123/app.js")
        #expect(old.status == 200 && old.headers["cache-control"] == "no-cache")
    }

    @Test func isCompressedForThoseWhoCan() throws {
        let server = try server.get()
        let plain = try server.get("/"), small = try server.get("/", ["Accept-Encoding": "deflate, gzip"])
        #expect(plain.headers["content-encoding"] == nil)
        #expect(small.headers["content-encoding"] == "gzip")
        #expect(small.body.count < plain.body.count / 2)
        #expect(small.body.starts(with: [0x1F, 0x8B]))
        #expect(plain.headers["etag"] != small.headers["etag"])
        #expect(plain.headers["vary"] == "Accept-Encoding")
        #expect(try server.get("/", ["Accept-Encoding": "gzip;q=0"]).headers["content-encoding"] == nil)
        let smallest = try server.get("/", ["Accept-Encoding": "gzip, br"])
        #expect(smallest.headers["content-encoding"] == "br")
        #expect(smallest.body.count < small.body.count)
        #expect(smallest.headers["etag"] != small.headers["etag"])
        #expect(try server.get("/", ["Accept-Encoding": "*, br;q=0"]).headers["content-encoding"] == "gzip")
    }

    /// Players ask for parts of a file, so that they can jump in it.
    @Test func givesPartsOfMusic() throws {
        let server = try server.get()
        let path = "/assets/0/pieces/happy-1.opus"
        let whole = try server.get(path)
        #expect(whole.status == 200 && whole.headers["content-type"] == "audio/ogg")
        #expect(whole.headers["accept-ranges"] == "bytes" && whole.headers["content-encoding"] == nil)
        let count = whole.body.count
        let cases: [(String, Int, Range<Int>)] = [
            ("bytes=0-3", 206, 0..<4), ("bytes=100-", 206, 100..<count), ("bytes=-10", 206, count - 10..<count),
            ("Bytes=0-3", 206, 0..<4), ("BYTES=-10", 206, count - 10..<count),
            ("bytes=5-99999999999", 206, 5..<count), ("bytes=0-0,5-6", 200, 0..<count), ("bytes=9-3", 200, 0..<count),
            ("lines=1-2", 200, 0..<count), ("bytes=", 200, 0..<count), ("bytes=-", 200, 0..<count),
            ("bytes=1e3-", 200, 0..<count), ("bytes=0-99999999999999999999999", 200, 0..<count),
            ("bytes=-99999999999", 206, 0..<count),
        ]
        for (header, status, range) in cases {
            let part = try server.get(path, ["Range": header])
            #expect(part.status == status && part.body == Array(whole.body[range]), "\(header)")
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)"
            #expect(part.headers["content-range"] == (status == 206 ? place : nil), "\(header)")
        }
        for header in ["bytes=\(count)-", "bytes=-0"] {
            let outside = try server.get(path, ["Range": header])
            #expect(outside.status == 416 && outside.body.isEmpty, "\(header)")
            #expect(outside.headers["content-range"] == "bytes */\(count)", "\(header)")
        }
        // A part of another version is of no use.
        let tag = try #require(whole.headers["etag"])
        #expect(try server.get(path, ["Range": "bytes=0-3", "If-Range": tag]).status == 206)
        #expect(try server.get(path, ["Range": "bytes=0-3", "If-Range": "\"old\""]).status == 200)
        // Who asks only about a file is told of the whole one.
        for header in ["bytes=0-3", "bytes=\(count)-"] {
            let head = try #require(TestClient.ask(server.port, "HEAD", path, headers: ["Range": header]))
            #expect(head.status == 200 && head.headers["content-range"] == nil, "\(header)")
            #expect(head.headers["content-length"] == "\(count)", "\(header)")
        }
    }

    /// Two for each of six moods, in the list and in the folder, and small together.
    @Test func comesWithMusic() throws {
        let folder = TestServer.page + "/pieces"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".opus") }
        let list = try JSONValue(parsing: String(contentsOfFile: folder + "/pieces.json", encoding: .utf8)).arrayValue
        let pieces = try #require(list)
        #expect(Set(pieces.compactMap { $0["file"]?.stringValue }) == Set(files) && files.count == 12)
        let moods = Dictionary(grouping: pieces.compactMap { $0["emotion"]?.stringValue }) { $0 }
        #expect(moods.count == 6 && moods.allSatisfy { $0.value.count == 2 && Emotion(name: $0.key) != nil })
        let sizes = try files.map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)).count }
        #expect(sizes.reduce(0, +) < 3_000_000)
    }

    @Test(arguments: [
        "/assets/x/../../../../etc/passwd", "/assets/x/%2e%2e/%2e%2e/etc/passwd", "/assets/x/..%2f..%2fetc/passwd",
        "/assets/x//etc/passwd", "/../etc/passwd", "/assets/", "/assets", "/assets/x/", "/assets/x/app.js%00.html",
        "/assets/x/texts/../app.js", "/assets/x/index.html", "/%00", "//", "/index.html",
    ])
    func leavesItsFolderForNobody(path: String) throws {
        let answer = try server.get().get(path)
        #expect(answer.status == 404)
        #expect(!answer.text.contains("root:"))
    }

    @Test func speaksEachLanguageWhole() throws {
        let folder = TestServer.page + "/texts"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count >= 4 && names.contains("hi.json"))
        func texts(_ name: String) throws -> [String: JSONValue] {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            return try #require(try JSONValue(parsing: text).objectValue)
        }
        let english = try texts("en.json")
        func holes(_ text: String?) -> [String] {
            (text ?? "").matches(of: #/\{\w+\}/#).map { String($0.0) }.sorted()
        }
        let offered = try server.get().get("/api/v1/options").json["pageLanguages"]?.arrayValue ?? []
        #expect(offered.compactMap { $0["code"]?.stringValue }.map { "\($0).json" } == names)
        for name in names {
            let other = try texts(name)
            #expect(offered.contains { $0["name"] == other["_name"] }, "\(name)")
            #expect(Set(other.keys).subtracting(["_direction"]) == Set(english.keys), "\(name)")
            for (key, value) in english {
                #expect(holes(other[key]?.stringValue) == holes(value.stringValue), "\(name): \(key)")
            }
        }
        for file in ["index.html", "login.html"] {
            let page = try String(contentsOfFile: TestServer.page + "/" + file, encoding: .utf8)
            for mark in page.matches(of: #/data-t[a-z-]*="([^"]+)"/#) {
                #expect(english[String(mark.1)] != nil, "\(mark.1)")
            }
        }
    }
}
