import Timing

extension Catalogue {
    /// What is wrong with the database: damage, no room, no right to write. `nil` if all is well. Reads all of it.
    public func problem() throws -> String? {
        if let damage = try database.damage() { return "damaged: \(damage)" }
        do {
            try transaction { try set("checked", "\(currentTime())") }
        } catch let error as MusicError {
            return "cannot be written: \(error)"
        }
        return nil
    }
}
