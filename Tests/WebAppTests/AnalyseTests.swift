import FaceVision
import Foundation
import Testing
import WebApp

/// Pictures in.
@Suite struct AnalyseTests {
    let server = Result { try TestServer() }

    static let shared: URL = {
        if let path = ProcessInfo.processInfo.environment["FERMUSIC_SHARED_DATA"] { return URL(fileURLWithPath: path) }
        return TestServer.package.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()
    static let photo = shared.appendingPathComponent("faces/ivan.jpg")
    static let hasPhoto = FileManager.default.fileExists(atPath: photo.path)

    /// Noise, so that it cannot be compressed to nothing.
    static func picture(_ width: Int, _ height: Int) -> Image {
        var state: UInt32 = 1
        let pixels = (0..<width * height * 3).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        return Image(width: width, height: height, channels: 3, pixels: pixels)
    }

    @Test func findsNoFaceInNoise() throws {
        let server = try server.get()
        for (bytes, type) in [
            (try ImageFile.encodeJPEG(Self.picture(160, 120)), "image/jpeg"),
            (ImageFile.encodePNG(Self.picture(160, 120)), "image/png"),
            // The type in the header is a hint only.
            (ImageFile.encodePNG(Self.picture(160, 120)), "image/jpeg; charset=x"),
        ] {
            let answer = try server.send(bytes, to: "/api/v1/analyse", type: type)
            #expect(answer.status == 200)
            #expect(answer.json["width"] == 160 && answer.json["height"] == 120)
            #expect(answer.json["faces"]?.arrayValue == [])
            #expect(answer.json["group"]?.isNull == true)
            #expect(answer.json["hint"]?.stringValue?.contains("detector=none") == true)
        }
    }

    @Test func takesAWholePictureForAFace() throws {
        let bytes = ImageFile.encodePNG(Self.picture(48, 48))
        let answer = try server.get().send(bytes, to: "/api/v1/analyse?detector=none&emotions=five", type: "image/png")
        let face = try #require(answer.json["faces"]?.arrayValue?.first)
        let shares = try #require(face["probabilities"]?.objectValue)
        #expect(Set(shares.keys) == ["angry", "happy", "sad", "surprise", "neutral"])
        #expect(abs(shares.values.reduce(0) { $0 + ($1.doubleValue ?? 9) } - 1) < 0.01)
    }

    @Test(.enabled(if: hasPhoto, "../shared/data/faces is not here"))
    func findsAFace() throws {
        let server = try server.get()
        let bytes = [UInt8](try Data(contentsOf: Self.photo))
        let single = try server.send(bytes, to: "/api/v1/analyse", type: "image/jpeg")
        #expect(single.json["hint"]?.isNull == true)
        let face = try #require(single.json["faces"]?.arrayValue?.first)
        let box = try #require(face["box"])
        // The face of this photo is at about 271, 91 and 63 pixels wide.
        #expect(abs((box["x"]?.doubleValue ?? 0) - 271) < 15 && abs((box["width"]?.doubleValue ?? 0) - 63) < 20)
        #expect(face["track"]?.isNull == true)

        let session = try #require(try server.post("/api/v1/sessions", [:]).json["session"]?.stringValue)
        var tracks: Set<Int> = [], kinds: [String] = []
        for _ in 0..<8 {
            // As a camera does: a face that is not certain at once counts after a tenth of a second.
            usleep(40_000)
            let answer = try server.send(
                bytes, to: "/api/v1/analyse", type: "image/jpeg", ["Fermusic-Session": session])
            #expect(answer.status == 200 && answer.json["session"]?.stringValue == session)
            for face in answer.json["faces"]?.arrayValue ?? [] { tracks.insert(face["track"]?.intValue ?? -1) }
            kinds += (answer.json["events"]?.arrayValue ?? []).compactMap { $0["kind"]?.stringValue }
        }
        #expect(tracks == [1])
        #expect(kinds == ["appeared"])
    }

    /// A face from the front needs no second picture, which may take seconds on a slow line.
    @Test(.enabled(if: hasPhoto, "../shared/data/faces is not here"))
    func theFirstPictureOfASessionShowsItsFace() throws {
        let server = try TestServer()
        let session = try #require(try server.post("/api/v1/sessions", [:]).json["session"]?.stringValue)
        let answer = try server.send(
            [UInt8](Data(contentsOf: AnalyseTests.photo)), to: "/api/v1/analyse", type: "image/jpeg",
            ["Fermusic-Session": session])
        #expect(answer.json["faces"]?.arrayValue?.count == 1)
    }

    @Test func sessionsBeginAndEnd() throws {
        let server = try server.get()
        let opened = try server.post("/api/v1/sessions", [:])
        #expect(opened.status == 201)
        let token = try #require(opened.json["session"]?.stringValue)
        #expect(token.wholeMatch(of: #/[0-9a-f]{32}/#) != nil)
        #expect(opened.headers["location"] == "/api/v1/sessions/\(token)")
        let picture = try ImageFile.encodeJPEG(Self.picture(64, 64))
        func analyse(_ token: String) throws -> Int {
            try server.send(picture, to: "/api/v1/analyse", type: "image/jpeg", ["Fermusic-Session": token]).status
        }
        #expect(try analyse(token) == 200)
        #expect(try analyse("0123") == 404)
        #expect(TestClient.ask(server.port, "DELETE", "/api/v1/sessions/\(token)")?.status == 204)
        #expect(TestClient.ask(server.port, "DELETE", "/api/v1/sessions/\(token)")?.status == 404)
        #expect(try analyse(token) == 404)
    }

    @Test func refusesWhatIsNoPicture() throws {
        let server = try server.get()
        // A PNG that says it has 30,000 x 30,000 pixels.
        var huge: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        huge += [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0, 0x8F, 0x1F, 0x64, 0x27]
        let good = try ImageFile.encodeJPEG(Self.picture(64, 64))
        for (bytes, status, part) in [
            ([], 422, "empty"), (Array("GIF89a".utf8), 422, "neither"), (Array(good.prefix(300)), 422, ""),
            (huge, 422, ""), (Array("RIFF\0\0\0\0WEBPVP8 ".utf8) + [UInt8](repeating: 7, count: 40), 422, "WebP"),
        ] as [([UInt8], Int, String)] {
            let answer = try server.send(bytes, to: "/api/v1/analyse", type: "image/png")
            #expect(answer.status == status)
            #expect(part.isEmpty || answer.json["detail"]?.stringValue?.contains(part) == true, "\(answer.text)")
        }
        #expect(try server.send(good, to: "/api/v1/analyse", type: "text/html").status == 415)
        #expect(try server.send(good, to: "/api/v1/analyse?model=none", type: "image/jpeg").status == 400)
        #expect(try server.send(good, to: "/api/v1/analyse?emotions=six", type: "image/jpeg").status == 400)
        #expect(try server.send(good, to: "/api/v1/analyse", type: "image/jpeg").status == 200)
    }

    @Test func readsSoMuchAndNoMore() throws {
        let server = try server.get()
        let declared = try #require(TestClient(port: server.port))
        declared.send(
            "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 900000000\r\n\r\n"
        )
        #expect(declared.response()?.status == 413)

        let chunked = try #require(TestClient(port: server.port))
        chunked.send(
            "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        let piece = Array("80000\r\n".utf8) + [UInt8](repeating: 65, count: 0x80000) + [13, 10]
        var sent = 0
        while sent < 400, chunked.send(piece) { sent += 1 }
        // 8 MB are read, 64 MB more thrown away; what is in the sockets' buffers comes on top.
        #expect(sent < 180)
        #expect(try server.get("/healthz").status == 200)
    }

    @Test func oneSessionDoesNotTakeAllPlaces() {
        let queue = JobQueue(workers: 1, waitingLimit: 5)
        let greedy = (0..<4).compactMap { _ in queue.place(key: 7) }
        #expect(greedy.count == JobQueue.placesPerKey)
        let others = [8, 9].compactMap { queue.place(key: $0) }
        #expect(others.count == 2)
        for place in greedy + others { place.run { _ in } }
        while queue.load > 0 { usleep(1000) }
        let again = queue.place(key: 7)
        #expect(again != nil)
        // What is done elsewhere leaves its place.
        again?.giveBack()
        #expect(queue.load == 0)
        queue.stop()
    }

    @Test func saysThatItIsBusy() throws {
        var options = TestServer.quick
        options.analyses = 1
        options.waiting = 1
        let server = try TestServer(options)
        let picture = try ImageFile.encodeJPEG(Self.picture(800, 600))
        let head = "POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
        let request = Array("\(head)Content-Length: \(picture.count)\r\n\r\n".utf8) + picture
        var refused: TestClient.Response?
        // The server may get on with its work while this thread has to wait.
        for _ in 0..<100 where refused == nil {
            let clients = (0..<8).compactMap { _ in TestClient(port: server.port) }
            for client in clients { client.send(request) }
            let answers = clients.compactMap { $0.response() }
            let statuses = answers.map(\.status)
            #expect(statuses.count == 8 && statuses.allSatisfy { $0 == 200 || $0 == 503 })
            #expect(statuses.contains(200))
            refused = answers.first { $0.status == 503 }
        }
        let busy = try #require(refused)
        #expect(busy.headers["retry-after"] == "1")
        #expect(busy.json["type"] == "/api/docs#overloaded")
        #expect(try server.send(picture, to: "/api/v1/analyse", type: "image/jpeg").status == 200)
    }
}
