import Timing

extension Catalogue {
    /// What is wrong with the database: damage, no room, no right to write. `nil` if all is well. Reads all of it.
    public func problem() throws -> String? {
        let report = try database.first("PRAGMA quick_check(1)") { $0.text(0) } ?? "no answer"
        if report != "ok" { return "damaged: \(report)" }
        do {
            try transaction { try set("checked", "\(currentTime())") }
        } catch let error as MusicError {
            return "cannot be written: \(error)"
        }
        return nil
    }
}
