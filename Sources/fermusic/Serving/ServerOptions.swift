import EmotionRecognition
import Files
import Glibc
import MusicMatching
import Terminal
import WebApp

/// Options of the verbs that serve the page.
enum ServerOptions {
    static let host = Option<String>("host", default: "127.0.0.1", help: "Address to listen on; 0.0.0.0 is all.")
    static let port = Option<Int>("port", default: 8080, help: "Port; 0 lets the system choose.", range: 0...65_535)
    static let open = Flag("open", help: "Open the page in the browser of this machine.")
    static let models = Option<[Path]>(
        "model", short: "m", help: "A model that visitors can choose; those that come with fermusic by default.")

    static let token = Option<String?>(
        "token", help: "Secret that visitors must give. Others on this machine can see it; safer is --token-file."
    ).group("Access")
    static let tokenFile = Option<Path?>("token-file", help: "A file whose first line is the token.").group("Access")
    static let household = Flag(
        "household",
        help: "Whoever has the token is of one household: likes and playlists are kept in the catalogue, for all of "
            + "them."
    ).group("Access")
    static let insecureOpen = Flag("insecure-open", help: "Let everybody in who can reach the address.").group("Access")
    static let certificate = Option<Path?>("tls-cert", help: "Certificate chain (PEM), for https.").group("Access")
    static let key = Option<Path?>("tls-key", help: "Its private key (PEM).").group("Access")
    static let allowHost = Option<[String]>(
        "allow-host", help: "A name of this server that browsers may use. IP addresses always work."
    ).group("Access")
    static let behindProxy = Flag(
        "behind-proxy",
        help: "A proxy on this machine adds X-Forwarded-For, X-Forwarded-Proto and, if the page is below a path, "
            + "X-Forwarded-Prefix; visitors are told apart by it."
    ).group("Access")
    static let proxy = Option<[String]>(
        "proxy", help: "A proxy elsewhere that is believed the same: its address, or a network such as 10.0.0.0/8."
    ).group("Access")
    static let basePath = Option<String?>(
        "base-path", help: "The path below which the page is where it shares a name with others, such as /music."
    ).group("Access")

    static let rate = Option<Double>(
        "rate-limit", default: 40, help: "Requests per second of one visitor, on average; 0 for any number.",
        range: 0...1_000_000
    ).group("Load")
    static let analyses = Option<Int?>(
        "analyses", help: "Pictures looked at at once; as many as there are processors by default.", range: 1...256
    ).group("Load")
    static let waiting = Option<Int>(
        "waiting", default: 4, help: "Pictures that may wait for that; beyond, visitors are told to try again.",
        range: 0...1000
    ).group("Load")
    static let sessions = Option<Int>(
        "sessions", default: 500, help: "Visitors whose faces are followed at one time, 20 of one address.",
        range: 1...100_000
    ).group("Load")
    static let leaving = Option<Double>(
        "leave-seconds", default: 0,
        help: "After SIGTERM, go on for so long while /readyz says that nobody new should come.", range: 0...3600
    ).group("Load")
    static let verbose = Flag("verbose", short: "v", help: "Print a line for each request.")

    static var all: [any Parameter] {
        [
            host, port, open, models, token, tokenFile, household, insecureOpen, certificate, key, allowHost,
            behindProxy, proxy,
            basePath, rate, analyses, waiting, sessions, leaving, ServiceOptions.provider, MusicOptions.catalogue,
            MusicOptions.moodMap, verbose,
        ] + DetectorOptions.all
    }

    /// The token that was given in one of three ways. Throws `UsageError` or `WebServerError`.
    static func readToken(_ a: Arguments) throws -> String? {
        var text = a[token]
        if let path = a[tokenFile]?.string {
            if text != nil { throw UsageError.conflict("--token", "--token-file") }
            let line = try readFile(path, limit: 4096).split(separator: "\n", maxSplits: 1).first ?? ""
            text = String(line.last == "\r" ? line.dropLast() : line)
        }
        if text == nil, let variable = getenv("FERMUSIC_TOKEN") { text = String(cString: variable) }
        guard let text else { return nil }
        guard WebApplication.isUsableToken(text) else {
            throw WebServerError.unsafe(
                reason: "a token has 12 to 200 letters, digits and -._~ (such as: openssl rand -hex 16)")
        }
        return text
    }

    /// Proxies elsewhere. Throws `UsageError`.
    static func readProxies(_ a: Arguments) throws -> [AddressRange] {
        try a[proxy].map { text in
            guard let range = AddressRange(text) else {
                throw UsageError.invalidValue(
                    "--proxy", value: text, expected: "an IP address or a network such as 10.0.0.0/8")
            }
            return range
        }
    }

    /// The path below which the page is. Throws `UsageError`.
    static func readBasePath(_ a: Arguments) throws -> String {
        guard let text = a[basePath] else { return "" }
        guard let path = BasePath.parse(text) else {
            throw UsageError.invalidValue("--base-path", value: text, expected: "a path of plain names such as /music")
        }
        return path
    }

    /// Key and certificate. Throws `UsageError` or `WebServerError`.
    static func readTLS(_ a: Arguments) throws -> (key: String, certificate: String)? {
        switch (a[key], a[certificate]) {
        case (nil, nil): return nil
        case (nil, _): throw UsageError.missingOption("--tls-key")
        case (_, nil): throw UsageError.missingOption("--tls-cert")
        case (let key?, let certificate?):
            return (try readFile(key.string, limit: 1 << 20), try readFile(certificate.string, limit: 1 << 20))
        }
    }

    private static func readFile(_ path: String, limit: Int) throws -> String {
        do {
            return String(decoding: try FileBytes.read(path, limit: limit), as: UTF8.self)
        } catch let failure as FileFailure {
            throw WebServerError.badFile(path: path, reason: failure.reason)
        }
    }
}
