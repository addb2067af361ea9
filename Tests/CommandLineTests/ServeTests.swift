import ChildProcess
import EmotionRecognition
import FaceVision
import Foundation
import JSON
import Randomness
import Testing

/// `fermusic serve` as a process.
@Suite struct ServeTests {
    @Test(
        arguments: [
            (["--host", "0.0.0.0"], 1, "others could use this server"),
            (["--host", "0.0.0.0", "--token", "short"], 1, "a token has 12 to 200"),
            (["--token", "long-enough-token", "--token-file", "x"], 2, "--token"),
            (["--token-file", "/missing"], 1, "/missing"), (["--tls-cert", "/missing"], 2, "--tls-key"),
            (["--host", "no.such.host.invalid", "--insecure-open"], 1, "cannot listen on no.such.host.invalid"),
            (["--model", "/missing.h5"], 1, "/missing.h5"),
        ] as [([String], Int32, String)])
    func refusesWhatIsUnsafeOrWrong(options: [String], status: Int32, part: String) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let catalogue = folder.appendingPathComponent("songs.db").path
        let result = try Fermusic.run(["serve", "--port", "0", "--catalogue", catalogue] + options)
        #expect(result.status == status, "\(result.errors)")
        #expect(Fermusic.message(result).contains(part), "\(result.errors)")
    }

    /// Starts a server, calls `body` with its address, ends it with SIGTERM; gives its exit code.
    static func serve(_ options: [String], _ body: (URL, _ catalogue: URL) throws -> Void) throws -> Int32 {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let catalogue = folder.appendingPathComponent("songs.db")
        let running = try Fermusic.start(
            ["serve", "--port", "0", "--provider", "none", "--catalogue", catalogue.path] + options)
        defer { try? FileManager.default.removeItem(at: running.folder) }
        var text = ""
        for _ in 0..<2000 where !text.contains("\n") {
            usleep(50_000)
            text += String(decoding: running.output.availableData, as: UTF8.self)
        }
        let address = try #require(text.firstMatch(of: #/is at (http\S+)/#)).1
        try body(try #require(URL(string: String(address))), catalogue)
        running.process.terminate()
        running.process.waitUntilExit()
        return running.process.terminationStatus
    }

    private func fetch(_ address: URL, _ path: String) throws -> Data {
        // curl, since Foundation's own client needs a run loop.
        let process = ChildProcess(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl", "-skS", "--max-time", "300", address.absoluteString + path]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data
    }

    @Test(arguments: [
        ("/dev/video97", "/dev/video97: no such camera"), ("/missing.mp4", "/missing.mp4: cannot open: No such file"),
    ])
    func liveOpensTheCameraFirst(source: String, message: String) throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let catalogue = folder.appendingPathComponent("songs.db").path
        let result = try Fermusic.run(["live", source, "--port", "0", "--catalogue", catalogue])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(Fermusic.message(result).contains(message), "\(result.errors)")
    }

    @Test func liveKeepsItsOutputForPrograms() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let clip = folder.appendingPathComponent("clip.mkv").path
        var random = RandomGenerator(seed: 4)
        let face = SyntheticFaces().draw(.happy, size: 96, random: &random)
        let writer = try VideoWriter(clip, encoders: ["mjpeg"])
        for index in 0..<5 { try writer.append(face, at: Double(index) / 25) }
        try writer.finish()
        let result = try Fermusic.run([
            "live", clip, "--json", "--detector", "none", "--port", "0", "--provider", "none", "--catalogue",
            folder.appendingPathComponent("songs.db").path,
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("fermusic is at http://127.0.0.1:"))
        let lines = result.output.split(separator: "\n")
        #expect(!lines.isEmpty && lines.allSatisfy { (try? JSONValue(parsing: String($0))) != nil })
    }

    static let hasCurl = FileManager.default.fileExists(atPath: "/usr/bin/curl")
    static let hasOpenSSL = FileManager.default.fileExists(atPath: "/usr/bin/openssl")

    @Test(.enabled(if: hasCurl, "curl is not here")) func servesUntilTold() throws {
        let status = try Self.serve([]) { address, catalogue in
            #expect(address.host == "127.0.0.1")
            let page = String(decoding: try fetch(address, ""), as: UTF8.self)
            #expect(page.contains("<title>fermusic</title>"))
            let answer = String(
                decoding: try fetch(address, "api/v1/recommendations?emotion=sad&count=3"), as: UTF8.self)
            #expect(try JSONValue(parsing: answer)["songs"]?.arrayValue?.count == 3)
        }
        #expect(status == 143)
    }

    @Test func closesTheCatalogue() throws {
        var log = URL(fileURLWithPath: "/")
        let status = try Self.serve([]) { _, catalogue in
            log = URL(fileURLWithPath: catalogue.path + "-wal")
            #expect(FileManager.default.fileExists(atPath: catalogue.path))
            usleep(300_000)
        }
        #expect(status == 143)
        // SQLite removes its log when the last connection is closed in order.
        #expect(!FileManager.default.fileExists(atPath: log.path))
    }

    @Test(.enabled(if: hasCurl && hasOpenSSL, "curl or openssl are not here")) func speaksTLS() throws {
        let folder = try Fermusic.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appendingPathComponent("key.pem").path,
            certificate = folder.appendingPathComponent("cert.pem").path
        let openssl = ChildProcess()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj",
            "/CN=localhost",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let status = try Self.serve(["--tls-key", key, "--tls-cert", certificate]) { address, _ in
            #expect(address.scheme == "https")
            let health = String(decoding: try fetch(address, "healthz"), as: UTF8.self)
            #expect(health.contains("\"ok\""))
        }
        #expect(status == 143)
    }
}
