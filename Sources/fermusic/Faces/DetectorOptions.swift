import FaceVision
import Terminal
import Threads

/// Options of the verbs that look for faces, made of what the detectors say about themselves.
enum DetectorOptions {
    static let detector = Option<String>(
        "detector", default: "auto",
        help: "Finds the faces. none: each picture is one face; auto: none up to \(FaceSearch.largestCrop) pixels "
            + "and for pictures that show a face as data sets do, else \(DetectorKind.all[0].name).",
        choices: FaceSearch.names
    ).group("Faces")

    static var all: [any Parameter] { [detector] + settings.map(\.parameter) }

    /// One for each name that detectors have for an option.
    private static let settings: [DetectorSetting] = {
        var result: [DetectorSetting] = []
        for kind in DetectorKind.all {
            for option in kind.options where !result.contains(where: { $0.name == option.name }) {
                let owners = DetectorKind.all.filter { $0.options.contains { $0.name == option.name } }
                result.append(DetectorSetting(option, owners))
            }
        }
        return result
    }()

    /// What the user set. Throws `UsageError` for options that do not suit the detector or each other.
    static func read(_ a: Arguments) throws -> DetectorSettings {
        let kind = DetectorKind.named(a[detector]) ?? (a[detector] == "auto" ? DetectorKind.all[0] : nil)
        var settings = DetectorSettings()
        for setting in DetectorOptions.settings {
            guard let value = setting.value(a) else { continue }
            if let kind { try setting.check(value, for: kind) }
            settings.values[setting.name] = value
        }
        if let largest = settings.whole("max-size"), largest < settings.smallestFace {
            throw UsageError.other("--max-size is smaller than --min-size, \(settings.smallestFace)")
        }
        return settings
    }

    /// The search that the user means. Throws `UsageError`, and what the files of a detector throw that was named.
    static func search(_ a: Arguments, threads: ThreadPool) throws -> FaceSearch {
        try FaceSearch(named: a[detector], read(a), threads: threads)
    }
}

/// An option of one or several detectors on the command line.
private struct DetectorSetting: Sendable {
    let name: String
    let parameter: any Parameter
    let value: @Sendable (Arguments) -> DetectorSettings.Value?
    private let owners: [DetectorKind]

    init(_ option: DetectorOption, _ owners: [DetectorKind]) {
        name = option.name
        self.owners = owners
        let options = owners.compactMap { kind in kind.options.first { $0.name == option.name } }
        let isOfAll = owners.count == DetectorKind.all.count
        let isAlike = Set(options.map(\.help)).count == 1
        let help =
            isAlike
            ? (isOfAll ? "" : "For \(owners.map(\.name).joined(separator: " and ")): ") + option.help
            : zip(owners, options).map { "For \($0.name): \($1.help)" }.joined(separator: " ")
        // What any of them allows; `check` knows the one.
        switch option.values {
        case .file:
            let option = Option<Path?>(name, help: help).group("Faces")
            parameter = option
            value = { $0[option].map { .file($0.string) } }
        case .whole(let range):
            let ranges = options.compactMap { if case .whole(let range) = $0.values { range } else { nil } }
            let least = ranges.map(\.lowerBound).min() ?? range.lowerBound
            let most = ranges.map(\.upperBound).max() ?? range.upperBound
            let option = Option<Int?>(name, help: help, range: least...most).group("Faces")
            parameter = option
            value = { $0[option].map { .whole($0) } }
        case .number(let range):
            let ranges = options.compactMap { if case .number(let range) = $0.values { range } else { nil } }
            let least = ranges.map(\.lowerBound).min() ?? range.lowerBound
            let most = ranges.map(\.upperBound).max() ?? range.upperBound
            let option = Option<Double?>(name, help: help, range: least...most).group("Faces")
            parameter = option
            value = { $0[option].map { .number($0) } }
        }
    }

    /// Throws `UsageError` unless the detector has the option and allows the value.
    func check(_ value: DetectorSettings.Value, for kind: DetectorKind) throws {
        guard let option = kind.options.first(where: { $0.name == name }) else {
            throw UsageError.other("--\(name) is for \(owners.map(\.name).joined(separator: " and "))")
        }
        switch (value, option.values) {
        case (.whole(let number), .whole(let range)) where !range.contains(number):
            throw outOfRange("\(number)", "\(range.lowerBound) to \(range.upperBound)", kind)
        case (.number(let number), .number(let range)) where !range.contains(number):
            throw outOfRange("\(number)", "\(short(range.lowerBound)) to \(short(range.upperBound))", kind)
        default: break
        }
    }

    private func outOfRange(_ value: String, _ bounds: String, _ kind: DetectorKind) -> UsageError {
        UsageError.outOfRange("--\(name)", value: value, bounds: "\(bounds) for \(kind.name)")
    }

    private func short(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
