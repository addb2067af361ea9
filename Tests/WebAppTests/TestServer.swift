import Foundation
import JSON
import MusicMatching
import Testing
import WebApp

/// A server with the shipped model, the built-in songs and a catalogue of its own, on a port of its own.
final class TestServer {
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let models = Result { try ModelShelf([package.appendingPathComponent("Checkpoints/fer2013-cnn.h5").path]) }
    static let page = package.appendingPathComponent("Sources/WebApp/web").path

    let application: WebApplication
    let server: HTTPServer
    let catalogue: String
    /// Of the options.
    let servers: ServerSongs?
    private let folder: URL
    var port: Int { server.port }

    init(
        _ options: WebApplication.Options = TestServer.quick, serving: HTTPServer.Options = HTTPServer.Options(),
        feed: LiveFeed? = nil
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fermusic-web-\(UUID().uuidString)")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("songs.db").path
        catalogue = path
        servers = options.servers
        let songs = TestServer.package.appendingPathComponent("Datasets/songs.csv").path
        var options = options
        options.pageFolder = TestServer.page
        let music = WebApplication.Music(moodMap: .standard) { try Catalogue(path, builtIn: songs) }
        application = try WebApplication(options, models: TestServer.models.get(), music: music, feed: feed)
        var serving = serving
        serving.port = 0
        server = try HTTPServer(serving, handler: application)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private var isStopped = false

    func stop() {
        if isStopped { return }
        isStopped = true
        server.drain()
        application.stop()
        server.stop(seconds: 120)
    }

    /// No limit on requests: tests make many.
    static var quick: WebApplication.Options {
        var options = WebApplication.Options()
        options.requestsPerSecond = 0
        return options
    }

    func get(_ target: String, _ headers: [String: String] = [:]) throws -> TestClient.Response {
        try #require(TestClient.ask(port, "GET", target, headers: headers), "no answer to GET \(target)")
    }

    func post(_ target: String, _ json: JSONValue, _ headers: [String: String] = [:]) throws -> TestClient.Response {
        try #require(TestClient.post(port, target, json: json, headers: headers), "no answer to POST \(target)")
    }

    func send(_ body: [UInt8], to target: String, type: String, _ headers: [String: String] = [:]) throws
        -> TestClient.Response
    {
        try #require(
            TestClient.ask(
                port, "POST", target, headers: headers.merging(["Content-Type": type]) { a, _ in a }, body: body),
            "no answer to POST \(target)")
    }
}
