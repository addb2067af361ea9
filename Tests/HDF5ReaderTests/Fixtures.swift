import Files
import HDF5Reader

/// The files that Scripts/make-hdf5-files.py makes.
enum Fixtures {
    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    static let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    static let corpus = "\(package)/Tests/Fuzzing/Corpus/hdf5"

    static func path(_ name: String) -> String { "\(folder)/Fixtures/\(name).h5" }

    static func bytes(_ name: String) throws -> [UInt8] { try FileBytes.read(path(name), limit: 1 << 24) }

    static func document(_ name: String) throws -> HDF5Document { try HDF5Document(ByteArraySource(bytes(name))) }

    /// What `body` complains about.
    static func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    /// Reads whatever can be reached, up to some size: nothing of it may trap.
    static func readAll(_ bytes: [UInt8], limits: HDF5Limits = HDF5Limits()) {
        guard let document = try? HDF5Document(ByteArraySource(bytes), limits: limits) else { return }
        var groups = [""]
        var objects = 0
        while let group = groups.popLast(), objects < 60 {
            for name in ["layer_names", "text", "fixed-list", "text-list", "long", "named-type", "weight_names"] {
                _ = try? document.texts(name, of: group)
            }
            guard let names = try? document.links(in: group) else { continue }
            for name in names.prefix(20) {
                objects += 1
                let path = group.isEmpty ? name : "\(group)/\(name)"
                if (try? document.read(path, limit: 1 << 16)) == nil, path.utf8.count < 60 { groups.append(path) }
            }
        }
    }
}
