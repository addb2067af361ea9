import Files
import MusicMatching
import Terminal

/// A list of songs that is written to where the user says.
enum SongListFile {
    /// Writes all that `body` gives, or nothing: to a file, which is named on standard error, or to standard output for "-".
    /// Throws `MusicError.badFile`, and what `body` throws.
    static func write(
        _ path: String, _ console: Console, _ body: (_ put: (String) throws -> Void) throws -> Void
    ) throws {
        if path == "-" { return try body { try console.output.write($0) } }
        do {
            try AtomicFile.replace(path) { file in
                // M3U names files by their very bytes.
                try body { try file.write($0.cPath.dropLast().map { UInt8(bitPattern: $0) }) }
            }
        } catch let failure as FileFailure {
            throw MusicError.badFile(path: path, reason: "cannot write: \(failure.reason)")
        }
        try console.errors.line("wrote \(printable(path))")
    }
}
