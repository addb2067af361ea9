import Files
import Glibc

extension HaarCascade {
    /// The cascade that is used when none is named.
    public static let defaultName = "haarcascade_frontalface_default.xml"

    /// Reads a cascade file. Throws `HaarCascadeError`.
    public init(contentsOf path: String) throws {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, limit: Limits.bytes)
        } catch let error as FileFailure {
            throw HaarCascadeError.cannotRead(path: path, reason: error.reason)
        }
        try self.init(xml: bytes, name: path)
    }

    /// Where a cascade of that name is: in the folder that the environment variable `FERMUSIC_CASCADES` names, else
    /// beside the program, else where Debian's package `opencv-data` puts it. Throws `HaarCascadeError.notFound`.
    public static func find(_ name: String = defaultName) throws -> String {
        var folders = ["/usr/share/opencv4/haarcascades", "/usr/share/opencv/haarcascades"]
        if let folder = getenv("FERMUSIC_CASCADES").map({ String(pathBytes: $0) }), !folder.isEmpty {
            folders = [folder]
        }
        if getenv("FERMUSIC_CASCADES") == nil, let own = ProgramFile.path(name, checkoutFolder: "Datasets") {
            return own
        }
        for folder in folders where access("\(folder)/\(name)".cPath, R_OK) == 0 { return "\(folder)/\(name)" }
        throw HaarCascadeError.notFound(name: name, searched: folders)
    }

    /// The frontal face cascade at `path`, or the one that `find` finds. Throws `HaarCascadeError`.
    public static func frontalFace(path: String? = nil) throws -> HaarCascade {
        try HaarCascade(contentsOf: path ?? find())
    }
}
