import Foundation
import JSON
import MusicMatching
import Testing
import WebApp

/// The owner's music: given by number, and nothing else of the machine.
@Suite struct FileTests {
    let server: TestServer
    let folder: URL

    init() throws {
        server = try TestServer()
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("fermusic-files-\(UUID().uuidString)")
        folder = base.appendingPathComponent("Music")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var outside: URL { folder.deletingLastPathComponent().appendingPathComponent("outside") }

    /// Silent frames of 417 bytes each.
    private static func mp3(frames: Int = 40) -> [UInt8] {
        (0..<frames).flatMap { [0xFF, 0xFB, 0x90, 0x00] + [UInt8](repeating: UInt8($0 & 0x3F), count: 413) }
    }

    @discardableResult
    private func put(_ name: String, in place: URL? = nil, frames: Int = 40) throws -> URL {
        let file = (place ?? folder).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(FileTests.mp3(frames: frames)).write(to: file)
        return file
    }

    private func importAll() throws -> Catalogue {
        let catalogue = try Catalogue(server.catalogue, builtIn: nil)
        _ = try catalogue.importMusic(folder.path)
        try catalogue.remember(folder.path)
        return catalogue
    }

    /// The number of the file of a song with this title.
    private func number(_ title: String, _ catalogue: Catalogue) throws -> Int {
        try #require(catalogue.files(of: catalogue.song(named: title).id).first).number
    }

    private func ask(_ number: Int, _ headers: [String: String] = [:]) throws -> TestClient.Response {
        try server.get("/api/v1/files/\(number)", headers)
    }

    @Test func givesWholesAndParts() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try put("Nobody - Silence.mp3")
        let number = try number("Silence", importAll()), bytes = FileTests.mp3()
        let whole = try ask(number)
        #expect(whole.status == 200 && whole.body == bytes)
        #expect(whole.headers["content-type"] == "audio/mpeg" && whole.headers["accept-ranges"] == "bytes")
        #expect(whole.headers["content-length"] == "\(bytes.count)")
        let tag = try #require(whole.headers["etag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        for (header, range) in [
            ("bytes=0-3", 0..<4), ("bytes=100-", 100..<bytes.count), ("bytes=-10", bytes.count - 10..<bytes.count),
        ] {
            let part = try ask(number, ["Range": header])
            #expect(part.status == 206 && part.body == Array(bytes[range]), "\(header)")
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
            #expect(part.headers["content-range"] == place)
            let same = try ask(number, ["Range": header, "If-Range": tag])
            #expect(same.status == 206 && same.body == part.body)
            for other in ["\"other\"", "W/" + tag, "Mon, 30 Nov 2026 00:00:00 GMT"] {
                #expect(try ask(number, ["Range": header, "If-Range": other]).status == 200, "\(other)")
            }
        }
        #expect(try ask(number, ["Range": "bytes=\(bytes.count)-"]).status == 416)
        let known = try ask(number, ["If-None-Match": "\"a\", \(tag)", "Range": "bytes=0-3"])
        #expect(known.status == 304 && known.body.isEmpty && known.headers["etag"] == tag)
        let head = try #require(
            TestClient.ask(server.port, "HEAD", "/api/v1/files/\(number)", headers: ["Range": "bytes=0-3"]))
        #expect(head.status == 200 && head.headers["content-length"] == "\(bytes.count)")
    }

    @Test func knowsNumbersOnly() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try put("Nobody - Silence.mp3")
        let number = try number("Silence", importAll())
        for path in [
            "0", "-1", "+\(number)", "0\(number)", "\(number)%20", "\(number).mp3", "\(number + 1000)", "١", "", "%00",
            "99999999999999999999", "..", "../../../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/etc/passwd",
            "\(number)/../\(number)", "\(number)%2f", "..%5c..%5cetc", "Nobody%20-%20Silence.mp3", folder.path,
        ] {
            let answer = try server.get("/api/v1/files/\(path)")
            #expect([400, 404].contains(answer.status), "\(path): \(answer.status)")
            #expect(!answer.text.contains("root:") && !answer.text.contains(folder.path))
        }
    }

    @Test func followsNoLinkOutOfTheFolder() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let files = FileManager.default
        let secret = try put("Nobody - Secret.mp3", in: outside)
        try put("Nobody - Inside.mp3")
        try put("Nobody - Swapped.mp3", frames: 41)
        try files.createSymbolicLink(
            at: folder.appendingPathComponent("Nobody - Linked.mp3"), withDestinationURL: secret)
        try files.createSymbolicLink(at: folder.appendingPathComponent("more"), withDestinationURL: outside)
        try files.createDirectory(at: folder.appendingPathComponent("sub"), withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: folder.appendingPathComponent("sub/Nobody - Twin.mp3").path,
            withDestinationPath: "../Nobody - Inside.mp3")
        let catalogue = try importAll()
        #expect(try ask(number("Linked", catalogue)).status == 403)
        #expect(try ask(number("Secret", catalogue)).status == 403)
        #expect(try ask(number("Twin", catalogue)).status == 200)
        // The same size and time do not help.
        let swapped = folder.appendingPathComponent("Nobody - Swapped.mp3")
        try files.moveItem(at: swapped, to: outside.appendingPathComponent("moved.mp3"))
        try files.createSymbolicLink(at: swapped, withDestinationURL: outside.appendingPathComponent("moved.mp3"))
        let answer = try ask(number("Swapped", catalogue))
        #expect(answer.status == 403 && answer.json["type"] == "/api/docs#file-forbidden")
        #expect(answer.json["detail"]?.stringValue?.contains("link leads out") == true)
        #expect(!answer.text.contains(outside.path))
        // The folder itself may be behind a link.
        let alias = folder.deletingLastPathComponent().appendingPathComponent("alias")
        try files.createSymbolicLink(at: alias, withDestinationURL: folder)
        _ = try catalogue.importMusic(alias.path)
        try catalogue.remember(alias.path)
        let inside = try catalogue.files(of: catalogue.song(named: "Inside").id)
        #expect(inside.count == 2)
        for file in inside { #expect(try ask(file.number).status == 200, "\(file.path)") }
    }

    @Test func refusesWhatIsAnotherThingNow() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let files = FileManager.default
        let names = ["Longer", "Touched", "Folder", "Pipe", "Socket", "Device", "Gone", "Closed", "Loop", "Good"]
        for name in names { try put("Nobody - \(name).mp3") }
        try put("deep/Nobody - Deep.mp3")
        let catalogue = try importAll()
        func path(_ name: String) -> String { folder.appendingPathComponent("Nobody - \(name).mp3").path }
        for name in ["Folder", "Pipe", "Socket", "Device", "Gone", "Loop"] { try files.removeItem(atPath: path(name)) }
        let longer = try #require(FileHandle(forWritingAtPath: path("Longer")))
        longer.seekToEndOfFile()
        longer.write(Data([1]))
        try files.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path("Touched"))
        try files.createDirectory(atPath: path("Folder"), withIntermediateDirectories: false)
        #expect(mkfifo(path("Pipe"), 0o600) == 0)
        // Bound by a short name, since those of sockets are.
        let socketNode = "/tmp/fermusic-\(UUID().uuidString.prefix(8))"
        bind(to: socketNode)
        try files.moveItem(atPath: socketNode, toPath: path("Socket"))
        try files.createSymbolicLink(atPath: path("Device"), withDestinationPath: "/dev/zero")
        try files.createSymbolicLink(atPath: path("Loop"), withDestinationPath: path("Loop"))
        try files.setAttributes([.posixPermissions: 0], ofItemAtPath: path("Closed"))
        try files.removeItem(at: folder.appendingPathComponent("deep"))
        var expected = [
            "Longer": 409, "Touched": 409, "Folder": 409, "Pipe": 409, "Socket": 409, "Device": 409, "Gone": 410,
            "Deep": 410, "Loop": 403, "Good": 200,
        ]
        if geteuid() != 0 { expected["Closed"] = 403 }
        for (name, status) in expected {
            let answer = try ask(number(name, catalogue))
            #expect(answer.status == status, "\(name): \(answer.status)")
            if status != 200 {
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(!answer.text.contains(folder.path), "\(name)")
            }
        }
        let words = try ["Folder", "Pipe", "Socket", "Device"].map { name in
            try ask(number(name, catalogue)).json["detail"]?.stringValue?.split(separator: " ").dropLast().last ?? ""
        }
        #expect(words == ["folder", "pipe", "socket", "device"])
        // Songs say beforehand whether they can be played.
        for (name, status) in expected {
            let found = try server.get("/api/v1/catalogue/search?q=\(name)%20nobody").json["songs"]?.arrayValue?.first
            #expect((found?["file"] == .null) == (status != 200), "\(name)")
        }
    }

    private func bind(to path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(100)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(status == 0)
    }

    @Test func survivesAFileThatShrinksWhileItIsSent() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let file = try put("Nobody - Long.mp3", frames: 400)
        try FileHandle(forWritingTo: file).truncate(atOffset: 24 << 20)
        let number = try number("Long", importAll())
        let client = try #require(TestClient(port: server.port))
        client.send("GET /api/v1/files/\(number) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        var count = client.more()?.count ?? 0
        truncate(file.path, 1000)
        while let more = client.more() { count += more.count }
        #expect(count > 0 && count < 24 << 20)
        #expect(try ask(number).status == 409)
    }

    @Test func keepsToItselfWhatIsNotForEverybody() throws {
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        try put("Nobody - Silence.mp3")
        let catalogue = try importAll(), number = try number("Silence", catalogue)
        let shown = try server.get("/api/v1/catalogue/search?q=silence%20nobody").json["songs"]?.arrayValue?.first
        #expect(shown?["file"]?["number"] == .int(number) && shown?["file"]?["type"] == "audio/mpeg")
        var options = TestServer.quick
        options.sharesFiles = false
        let other = try TestServer(options)
        let theirs = try Catalogue(other.catalogue, builtIn: nil)
        _ = try theirs.importMusic(folder.path)
        #expect(try other.get("/api/v1/files/1").status == 403)
        let song = try other.get("/api/v1/catalogue/search?q=silence%20nobody").json["songs"]?.arrayValue?.first
        #expect(song?["title"] == "Silence" && song?["file"] == nil)
        var closed = TestServer.quick
        closed.token = "a-token-of-enough-letters"
        #expect(try TestServer(closed).get("/api/v1/files/1").status == 401)
    }
}
