import EmotionRecognition
import Files
import MusicMatching
import Terminal
import WebApp

/// What a user can do about what libraries report: the only place where their errors meet options and commands.
enum Remedies {
    /// An error in words, with what helps.
    static func text(_ error: any Error) -> String {
        "\(error)" + (words(error).map { "; \($0)" } ?? "")
    }

    /// What helps; nil where nothing does, or the error says it.
    static func words(_ error: any Error) -> String? {
        switch error {
        case let error as any RemediableError: error.remedy.map(words)
        case let error as ProviderError: words(error.cause)
        case let error as ListError: words(error.problem.cause)
        case MusicError.unknownColumns: "--columns title,artist,- names them"
        case WebServerError.portTaken: "give another one with --port"
        case WebServerError.noModels: "give one with --model"
        default: nil
        }
    }

    /// What was noticed, with what to say if it is wrong.
    static func text(_ note: Note) -> String {
        switch note.remedy {
        case .outputKind: "\(note); --output=sigmoid or probabilities if that is wrong"
        case .classes: "\(note) --classes FILE says otherwise"
        case let remedy?: "\(note); \(words(remedy))"
        case nil: "\(note)"
        }
    }

    /// What helps against what a service says.
    static func words(_ cause: ProviderError.Cause?) -> String? {
        switch cause {
        case .loginNeeded, .loginExpired: "run 'fermusic spotify login'"
        case .scopeMissing: "run 'fermusic spotify login' again"
        default: nil
        }
    }

    /// What visitors of the page can tell its owner.
    static let page: [Problem.Kind: String] = [
        .forbiddenHost: "its owner can allow it with --allow-host",
        .catalogue: "its owner finds out why with 'fermusic doctor'",
        .notLive: "'fermusic live' has one",
    ]

    private static func words(_ remedy: Remedy) -> String {
        switch remedy {
        case .inputRange: return "give --input-range=0..1, -1..1 or 0..255"
        case .classNames: return "give --labels=NAME,NAME,..."
        case .outputKind: return "give --output=logits, sigmoid or probabilities if they are"
        case .outputName(let names): return "give --output=NAME, one of \(names.joined(separator: ", "))"
        case .inputSize: return "give --input-size=PIXELS"
        case .description: return "'fermusic model convert' makes one that does"
        case .shippedModel(let names, let name):
            let meant = nearest(to: name.withoutPathExtension, in: names)
            return "models that come along are \(names.joined(separator: ", "))"
                + (meant.map { "; did you mean '\($0)'?" } ?? "")
        case .classes(let fitting, let example):
            let file = "--classes FILE with lines such as '\(example) = happy'"
            let names = fitting.joined(separator: " or ")
            return names.isEmpty ? "give \(file)" : "give --classes \(names), or \(file)"
        }
    }
}
