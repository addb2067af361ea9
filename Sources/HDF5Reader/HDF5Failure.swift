/// Why a file cannot be used. Whoever opened it knows its name.
package struct HDF5Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The object it is about; nil for the file as a whole.
    package var place: String?
    package var reason: String

    package init(_ reason: String, place: String? = nil) {
        self.reason = reason
        self.place = place
    }

    /// What does not follow the format, or is not there.
    static func damaged(_ what: String) -> HDF5Failure { HDF5Failure("damaged or cut short: \(what)") }

    package var description: String { place.map { "\($0): \(reason)" } ?? reason }

    /// Runs `body`; what fails in it without naming an object is about `place`.
    static func naming<T>(_ place: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as HDF5Failure where failure.place == nil && !place.isEmpty {
            throw HDF5Failure(failure.reason, place: place)
        }
    }
}
