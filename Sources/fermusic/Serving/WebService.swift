import EmotionRecognition
import FaceVision
import Files
import Glibc
import MusicMatching
import Terminal
import WebApp

/// The page's server as the command line runs it.
struct WebService {
    let application: WebApplication
    let server: HTTPServer
    let address: String

    /// Starts serving. Throws what options, camera, models, catalogue and sockets throw.
    ///
    /// - Parameters:
    ///   - models: their files; those that come with the program if there are none.
    ///   - feed: what this machine's camera sees.
    init(_ a: Arguments, _ console: Console, models paths: [String], feed: LiveFeed?) throws {
        let host = a[ServerOptions.host]
        let token = try ServerOptions.readToken(a)
        let tls = try ServerOptions.readTLS(a)
        let isLocal = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        if !isLocal, token == nil, !a[ServerOptions.insecureOpen] {
            throw WebServerError.unsafe(
                reason: "others could use this server: give a token (--token-file FILE), or --insecure-open if all may")
        }
        if feed != nil { try WebService.tryCamera(a) }
        let models = try ModelShelf(paths.isEmpty ? ModelShelf.standardPaths() : paths)
        let moodMap = try MusicOptions.readMoodMap(a)
        let services = try PageServices(a, memory: MusicOptions.place(a))
        var options = try WebService.options(a, console, token: token, isLocal: isLocal, services)
        if options.sharesFiles {
            let services = try ServiceOptions.services(memory: MusicOptions.place(a))
            options.servers = services.serverSongs()
            if options.isPersonal { options.copies = services.playlistCopies() }
        }
        let music = WebApplication.Music(moodMap: moodMap) { try MusicOptions.openCatalogueOrBuiltIn(a, console) }
        application = try WebApplication(options, models: models, music: music, feed: feed)
        var serving = HTTPServer.Options()
        serving.host = host
        serving.port = a[ServerOptions.port]
        serving.tls = tls
        // All visitors come from the proxy's address.
        if options.isBehindProxy { serving.connectionsPerAddress = 0 }
        do {
            server = try HTTPServer(serving, handler: application)
        } catch WebServerError.cannotStart(let reason) where tls != nil {
            let files = [a[ServerOptions.certificate], a[ServerOptions.key]].compactMap { $0?.string }
            throw WebServerError.cannotStart(reason: "with \(files.joined(separator: " and ")): \(reason)")
        }
        let name = host == "0.0.0.0" || host == "::" ? WebService.machineName ?? "localhost" : host
        let shown = name.contains(":") ? "[\(name)]" : name
        address = "\(tls == nil ? "http" : "https")://\(shown):\(server.port)\(options.basePath)/"
        let isForPrograms = feed != nil && StreamOutputs.printsData(a)
        try (isForPrograms ? console.errors : console.output).line("fermusic is at \(address)")
        if !isLocal, tls == nil {
            try console.errors.line(
                "note: browsers give pages the camera only over https or from localhost: add --tls-cert and --tls-key, "
                    + "or a proxy with TLS. Photos and choosing a mood work without.")
        }
        if !isLocal, token == nil {
            try console.errors.line("warning: --insecure-open: everybody who can reach \(address) can use this server")
        }
        // Where there is a desktop.
        if a[ServerOptions.open], getenv("DISPLAY") != nil || getenv("WAYLAND_DISPLAY") != nil {
            do {
                try WebLink.open(address)
            } catch {
                try console.errors.line("warning: \(error)")
            }
        }
    }

    /// Opens the camera of 'live' and lets it go again: one that is missing or busy is named before anything is served.
    private static func tryCamera(_ a: Arguments) throws {
        let address = try FrameAddress(a[PredictWebcamCommand.source]?.string ?? "0")
        switch address {
        case .camera:
            var options = CaptureOptions(format: .gray)
            try StreamOptions.setCamera(a, &options)
            _ = try FrameSources.open(address, options: options)
        case .path(let path) where access(path.cPath, F_OK) != 0:
            throw CaptureError.cannotOpen(source: path, reason: String(cString: strerror(errno)))
        default: break
        }
    }

    private static func options(
        _ a: Arguments, _ console: Console, token: String?, isLocal: Bool, _ services: PageServices?
    ) throws -> WebApplication.Options {
        var options = WebApplication.Options()
        options.detector = a[DetectorOptions.detector]
        options.detectorSettings = try DetectorOptions.read(a)
        options.token = token
        options.hostNames = a[ServerOptions.allowHost]
        if !isLocal, let name = machineName { options.hostNames.append(name) }
        options.proxies = try ServerOptions.readProxies(a)
        options.isBehindProxy = a[ServerOptions.behindProxy] || !options.proxies.isEmpty
        options.basePath = try ServerOptions.readBasePath(a)
        if a[ServerOptions.household], token == nil {
            throw WebServerError.unsafe(
                reason: "--household keeps what visitors say: give a token, so that they are yours (--token-file FILE)")
        }
        options.isPersonal = a[ServerOptions.household] || isLocal && token == nil && !options.isBehindProxy
        // Nobody's music is given to everybody.
        options.sharesFiles = options.isPersonal || token != nil
        options.requestsPerSecond = a[ServerOptions.rate]
        options.burst = max(20, a[ServerOptions.rate] * 3)
        if let analyses = a[ServerOptions.analyses] { options.analyses = analyses }
        options.waiting = a[ServerOptions.waiting]
        options.remedies = Remedies.page
        options.sessions = a[ServerOptions.sessions]
        if a[ServerOptions.verbose] { options.log = { try? console.errors.line(printable($0)) } }
        if let services {
            options.services = services.offered.map(\.rawValue)
            options.usualService = services.usual?.rawValue
            options.media = { services.media(of: $0, service: $1, needsPreview: $2) }
        }
        return options
    }

    /// Serves until Ctrl-C or SIGTERM, then finishes what runs.
    func run(_ a: Arguments, _ console: Console, signals: SignalWatcher) throws -> ExitCode {
        let refresher = RefreshTimer(a, console)
        while signals.received == nil {
            usleep(50_000)
            refresher.check()
        }
        leave(seconds: a[ServerOptions.leaving])
        stop()
        return signals.received == SIGINT ? .done : signals.exitCode ?? .done
    }

    /// Goes on for a while so that proxies notice that nobody new should come.
    private func leave(seconds: Double) {
        application.leave()
        server.leave()
        usleep(UInt32(seconds * 1_000_000))
    }

    func stop() {
        server.drain()
        application.stop()
        server.stop(seconds: 10)
    }

    private static var machineName: String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0, bytes[0] != 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Reads the lists that a catalogue follows again when the schedule says so (`fermusic catalogue refresh --every`).
private final class RefreshTimer {
    private let arguments: Arguments
    private let console: Console
    private var next = ContinuousClock.now + .seconds(60)

    init(_ arguments: Arguments, _ console: Console) {
        self.arguments = arguments
        self.console = console
    }

    func check() {
        guard ContinuousClock.now >= next else { return }
        next = .now + .seconds(600)
        do {
            for result in try RefreshCommand.refreshIfDue(arguments) {
                if case .failed(let reason) = result.outcome {
                    try console.errors.line(
                        "warning: \(printable(result.place)): \(printable(reason))\(RefreshCommand.remedy(result))")
                } else {
                    try console.errors.line("refreshed \(printable(result.place))")
                }
            }
        } catch {
            try? console.errors.line("warning: lists were not read again: \(printable(Remedies.text(error)))")
        }
    }
}
