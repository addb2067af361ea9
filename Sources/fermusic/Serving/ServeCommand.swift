import EmotionRecognition
import MusicMatching
import Terminal
import WebApp

/// `fermusic serve`
enum ServeCommand {
    static let command = Command(
        "serve", summary: "The page: look into the camera, get music.",
        discussion: """
            Visitors' browsers look at their pictures themselves where they can; otherwise they send them here, where \
            nothing of them is kept. Browsers give pages the camera only on localhost or over https.

            Without options only this machine can open the page. --host lets others in; then a token is needed \
            (--token, --token-file or FERMUSIC_TOKEN), or --insecure-open for a page that everybody may use.
            """,
        examples: [
            Example("fermusic serve --open", "for yourself, in your browser"),
            Example(
                "fermusic serve --host 0.0.0.0 --token-file token.txt --tls-cert cert.pem --tls-key key.pem",
                "for others, with their cameras"),
        ],
        parameters: ServerOptions.all,
        run: run)

    private static func run(_ a: Arguments, _ console: Console) throws -> ExitCode {
        // Whoever reads the address may end the server at once.
        let signals = SignalWatcher.start()
        let models = try a[ServerOptions.models].map { try ShippedModels.path($0.string) }
        return try WebService(a, console, models: models, feed: nil).run(
            a, console, signals: signals)
    }
}
