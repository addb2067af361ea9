import JSON
import MusicMatching
import Terminal

/// `fermusic doctor`
enum DoctorCommand {
    static let offline = Flag("offline", help: "Ask no music service.")
    static let wait = Option<Duration>("wait", default: .seconds(10), help: "How long services may take.")

    static let command = Command(
        "doctor", summary: "Try everything, and name what is wrong.",
        discussion: """
            Tries the model, cameras, codecs, the catalogue, credentials and each music service, in the way in which \
            they are used. Asking YouTube costs one of the day's 100 searches. Ends with 1 if something that should \
            work does not; what was never set up is no failure.
            """,
        examples: [Example("fermusic doctor"), Example("fermusic doctor --json", "for programs to read")],
        parameters: [
            offline, wait, SharedOptions.model, MusicOptions.catalogue, MusicOptions.moodMap, SharedOptions.threads,
            SharedOptions.json,
        ]
    ) { a, console in
        var findings = [DoctorChecks.processor(), DoctorChecks.model(a)] + DoctorChecks.detectors()
        findings += [DoctorChecks.camera()] + DoctorChecks.codecs()
        findings += [DoctorChecks.severalMachines(), DoctorChecks.packing(), DoctorChecks.database()]
        findings += DoctorChecks.catalogue(a)
        findings += DoctorChecks.services(a, asks: !a[offline])
        if a[SharedOptions.json] {
            try console.output.line(SongText.jsonLine(json(findings)))
        } else {
            var table = TextTable([.left(""), .left(""), .left("")])
            for finding in findings { table.add(finding.name, finding.state.rawValue, finding.text) }
            try console.output.write(table.render())
        }
        return findings.contains { $0.state == .failed } ? .failed : .done
    }

    private static func json(_ findings: [Finding]) -> JSONValue {
        .array(
            findings.map { finding in
                [
                    "name": .string(finding.name), "state": .string(finding.state.rawValue),
                    "text": .string(finding.text), "cause": finding.cause.map { .string($0) } ?? .null,
                ]
            })
    }

    struct Finding: Sendable {
        enum State: String, Sendable {
            case works, failed
            case missing = "not set up"
        }

        var name: String
        var state: State
        var text: String
        var cause: String?

        init(_ name: String, _ state: State, _ text: String, cause: String? = nil) {
            self.name = name
            self.state = state
            self.text = text
            self.cause = cause
        }
    }
}
