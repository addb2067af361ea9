import Emotions
import FaceVision
import Foundation
import JSON
import Testing
import WebApp

/// The OpenAPI description says what the server does.
@Suite struct DescriptionTests {
    let server = Result { try TestServer() }

    private func description() throws -> JSONValue { try server.get().get("/api/v1/openapi.json").json }

    @Test func listsTheRoutesAndNoOthers() throws {
        var described: Set<String> = []
        for (path, methods) in try description()["paths"]?.objectValue ?? [:] {
            for method in (methods.objectValue ?? [:]).keys { described.insert("\(method.uppercased()) \(path)") }
        }
        let pages = [
            "", "/", "/api/docs", "/favicon.ico", "/login", "/assets/{file}", "/engine/{file}", "/service-worker.js",
        ]
        let real = Set(
            try server.get().application.operations.filter { !pages.contains($0.path) }.map {
                "\($0.method) \($0.path)"
            })
        #expect(described == real)
    }

    @Test func refersToWhatExists() throws {
        let text = try server.get().get("/api/v1/openapi.json").text
        let description = try JSONValue(parsing: text)
        #expect(description["openapi"] == "3.1.0")
        for match in text.matches(of: #/"\$ref": "#\/components\/schemas\/(\w+)"/#) {
            #expect(description["components"]?["schemas"]?[String(match.1)] != nil, "\(match.1)")
        }
    }

    @Test func knowsEveryEmotion() throws {
        let description = try description()
        #expect(
            description["components"]?["schemas"]?["Emotion"]?["enum"] == JSONValue(Emotion.allCases.map(\.name)))
    }

    @Test func describesEveryProblem() throws {
        let page = try String(contentsOfFile: TestServer.page + "/docs.js", encoding: .utf8)
        for kind in Problem.Kind.allCases {
            let isThere =
                page.contains("\"\(kind.rawValue)\": \"\(Problem(kind, "").status)")
                || page.contains("  \(kind.rawValue): \"\(Problem(kind, "").status)")
            #expect(isThere, "\(kind.rawValue)")
        }
    }

    @Test func answersAreAsDescribed() throws {
        let server = try server.get()
        let description = try description()
        let check = SchemaCheck(description: description)
        let crop = ImageFile.encodePNG(AnalyseTests.picture(48, 48))
        let question: JSONValue = ["emotions": ["sad": 1], "mode": "path", "count": 5]
        let asked: [(String, String, TestClient.Response)] = [
            ("get", "/healthz", try server.get("/healthz")),
            ("get", "/readyz", try server.get("/readyz")),
            ("get", "/api/v1/models", try server.get("/api/v1/models")),
            ("get", "/api/v1/options", try server.get("/api/v1/options")),
            ("get", "/api/v1/recommendations", try server.get("/api/v1/recommendations?emotion=happy&count=20")),
            ("get", "/api/v1/recommendations", try server.get("/api/v1/recommendations")),
            ("post", "/api/v1/recommendations", try server.post("/api/v1/recommendations", question)),
            ("post", "/api/v1/feedback", try server.post("/api/v1/feedback", ["song": 3, "opinion": "like"])),
            ("post", "/api/v1/feedback", try server.post("/api/v1/feedback", ["songs": [3], "opinion": "neutral"])),
            ("get", "/api/v1/catalogue/search", try server.get("/api/v1/catalogue/search?q=love")),
            ("get", "/api/v1/catalogue/search", try server.get("/api/v1/catalogue/search?q=a&kind=artists")),
            ("get", "/api/v1/media/{song}", try server.get("/api/v1/media/5")),
            ("post", "/api/v1/songs", try server.post("/api/v1/songs", ["songs": [3, 4]])),
            ("post", "/api/v1/playlists", try server.post("/api/v1/playlists", ["name": "a", "songs": [3]])),
            ("get", "/api/v1/playlists", try server.get("/api/v1/playlists")),
            (
                "post", "/api/v1/playlist-copies",
                try server.post("/api/v1/playlist-copies", ["name": "a", "songs": [3], "place": "spotify"])
            ),
            (
                "post", "/api/v1/playlist-file",
                try server.post("/api/v1/playlist-file", ["name": "a", "songs": [3], "format": "csv"])
            ),
            ("get", "/api/v1/files/{number}", try server.get("/api/v1/files/1")),
            ("get", "/api/v1/streams/{song}", try server.get("/api/v1/streams/1")),
            ("get", "/api/v1/covers/{song}", try server.get("/api/v1/covers/1")),
            ("post", "/api/v1/sessions", try server.post("/api/v1/sessions", [:])),
            ("post", "/api/v1/analyse", try server.send(crop, to: "/api/v1/analyse?detector=none", type: "image/png")),
            ("post", "/api/v1/analyse", try server.send(crop, to: "/api/v1/analyse", type: "image/png")),
            ("post", "/api/v1/analyse", try server.send([1, 2], to: "/api/v1/analyse", type: "image/png")),
            ("get", "/api/v1/events", try server.get("/api/v1/events")),
            ("get", "/live.mjpg", try server.get("/live.mjpg")),
        ]
        for (method, path, answer) in asked {
            let operation = try #require(description["paths"]?[path]?[method], "\(method) \(path)")
            let response = try #require(operation["responses"]?["\(answer.status)"], "\(path) gave \(answer.status)")
            let type = try #require(answer.headers["content-type"])
            let schema = try #require(response["content"]?[type]?["schema"], "\(path): \(type)")
            let value = type.contains("json") ? answer.json : .string(answer.text)
            #expect(check.problems(value, schema, at: path) == [])
        }
    }
}
