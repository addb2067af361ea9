import FaceVision
import Threads

/// The detectors that visitors can choose from: those whose files are there.
public struct DetectorShelf: Sendable {
    private struct Entry: Sendable {
        var kind: DetectorKind
        var make: DetectorKind.Maker
    }

    private let entries: [Entry]
    private let settings: DetectorSettings
    /// What is used unless a visitor names another one.
    public let usual: String

    /// Reads what the detectors need. Throws for `usual`, one of `FaceSearch.names`, if its files are missing or cannot be
    /// read; others are left out then.
    public init(usual: String = "auto", _ settings: DetectorSettings = DetectorSettings()) throws {
        self.usual = usual
        self.settings = settings
        var entries: [Entry] = []
        for (index, kind) in DetectorKind.all.enumerated() {
            do {
                entries.append(Entry(kind: kind, make: try kind.load(settings)))
            } catch  where kind.name != usual && (index > 0 || usual != "auto") {
                continue
            }
        }
        self.entries = entries
    }

    /// What visitors can name.
    public var names: [String] {
        let isAutomatic = entries.contains { $0.kind.name == DetectorKind.all[0].name }
        return (isAutomatic ? ["auto"] : []) + entries.map(\.kind.name) + ["none"]
    }

    /// - Parameter isHurried: see `DetectorSettings.isHurried`.
    func search(_ name: String, isHurried: Bool, threads: ThreadPool) throws -> FaceSearch {
        var settings = settings
        settings.isHurried = isHurried
        if let entry = entries.first(where: { $0.kind.name == name }) {
            return FaceSearch(try entry.make(settings, threads))
        }
        guard name == "auto", let usual = entries.first else { return FaceSearch(nil) }
        let chosen = settings
        return .automatic(usual.kind) { try usual.make(chosen, threads) }
    }
}
