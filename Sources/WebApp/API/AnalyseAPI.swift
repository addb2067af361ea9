import EmotionRecognition
import Emotions
import MusicMatching

/// Pictures in, faces out.
struct AnalyseAPI: Sendable {
    let service: AnalysisService
    let moodMap: MoodMap
    let metrics: Metrics

    static let path = "/api/v1/analyse"
    static let sessionHeader = "fermusic-session"
    /// What may help when no face was found in a photo.
    static let noFaceHint =
        "detector=none takes the whole picture for one face"
    /// The contents decide; what they are called matters little.
    static let pictureTypes = ["image/*", "application/octet-stream"]

    var routes: [Route] {
        [
            // A body means nothing, but some programs always send one.
            Route(method: "POST", path: "/api/v1/sessions", cost: 5, bodyLimit: 1 << 10, action: openSession),
            Route(method: "DELETE", path: "/api/v1/sessions/{session}", action: closeSession),
            Route(
                method: "POST", path: AnalyseAPI.path, bodyLimit: service.limits.bytes,
                accepts: AnalyseAPI.pictureTypes, action: analyse),
            Route(method: "GET", path: "/api/v1/models") { _, _ in .now(.json(service.shelf.json)) },
        ]
    }

    private func openSession(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let session = try service.sessions.open(for: request.client)
        return .now(
            .json(
                ["session": .string(session.token), "lifetime": .double(SessionStore.lifetime)], status: 201,
                headers: [("Location", "\(request.base)/api/v1/sessions/\(session.token)")]))
    }

    private func closeSession(_ request: HTTPRequest, _ token: String) throws -> Answer {
        guard service.sessions.close(token) else { throw Problem(.notFound, "there is no such session") }
        return .now(HTTPResponse(204))
    }

    private func analyse(_ request: HTTPRequest, _ rest: String) throws -> Answer {
        let detectors = service.detectors
        var wish = AnalysisEngine.Wish(
            detector: try request.choice("detector", detectors.names, default: detectors.usual))
        if let id = request.value("model") {
            guard let index = service.shelf.index(of: id) else {
                throw Problem(.badRequest, "there is no model of that name; /api/v1/models lists them")
            }
            wish.model = index
        }
        let selections = ["all"] + EmotionSelection.allCases.map(\.rawValue)
        wish.selection = EmotionSelection(rawValue: try request.choice("emotions", selections, default: "all"))
        if request.body.isEmpty { throw Problem(.badPicture, "the picture is empty") }
        var session: AnalysisSession?
        if let token = request.headers[AnalyseAPI.sessionHeader] {
            session = service.sessions.find(token)
            guard session != nil else {
                throw Problem(.notFound, "the session is unknown or has ended; open another one")
            }
            wish.isStream = true
        }
        guard let place = service.queue.place(key: session?.number) else {
            throw Problem(
                .overloaded, "\(service.limits.workers) pictures are being looked at and others wait", retryAfter: 1)
        }
        let arrival = ContinuousClock.now
        let (bytes, chosen, stream) = (request.body, wish, session)
        return .later(place) { worker in
            do {
                let (result, names) = try service.analyse(
                    bytes, wish: chosen, session: stream, arrival: arrival, worker: worker)
                metrics.analysed(result)
                var fields = FrameJSON(names, moodMap).fields(result)
                fields["session"] = stream.map { .string($0.token) } ?? .null
                fields["hint"] = result.faces.isEmpty && stream == nil ? .string(AnalyseAPI.noFaceHint) : .null
                return .json(.object(fields))
            } catch let problem as Problem {
                return problem.response(below: request.base)
            } catch {
                return Problem(.failed, "the picture could not be analysed").response(below: request.base)
            }
        }
    }
}
