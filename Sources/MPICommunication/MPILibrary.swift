import CMPI
import Glibc

/// MPI as it is installed: found and loaded when first needed.
public enum MPILibrary {
    /// Why there is no MPI where it is needed.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Whether a launcher says that this process is one of several.
    public static var isLaunched: Bool { launched != nil }

    /// The rank that the launcher's environment names, before MPI is there; nil without a launcher.
    public static var launchedRank: Int? { launched?.rank }

    private static var launched: (rank: Int, kind: Kind?)? {
        if let rank = number("OMPI_COMM_WORLD_RANK") {
            return number("OMPI_COMM_WORLD_SIZE") == 1 ? nil : (rank, .openMPI)
        }
        if let rank = number("PMI_RANK") { return number("PMI_SIZE") == 1 ? nil : (rank, .mpich) }
        // Slurm with PMIx: which library it is for only the program knows.
        if let rank = number("PMIX_RANK") { return number("SLURM_NTASKS") == 1 ? nil : (rank, nil) }
        return nil
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    enum Kind {
        case openMPI
        case mpich

        /// Their libraries' names have been these since 2017 and 2014.
        var names: [String] {
            switch self {
            case .openMPI: ["libmpi.so.40"]
            case .mpich: ["libmpich.so.12", "libmpi.so.12"]
            }
        }
    }

    /// The installed libraries' descriptions, for a look at the machine. Loads nothing of them for good.
    public static var installed: [String] {
        [("Open MPI", Kind.openMPI), ("MPICH", .mpich)].compactMap { name, kind in
            kind.names.contains { fermusic_mpi_exists($0) != 0 } ? name : nil
        }
    }

    /// The table of functions that fits the launcher.
    static func load() throws -> UnsafePointer<fermusic_mpi> {
        // Slurm speaks MPICH's language to others too.
        let kinds: [Kind] = launched?.kind == .mpich ? [.mpich, .openMPI] : [.openMPI, .mpich]
        var message = [CChar](repeating: 0, count: 256)
        for name in kinds.flatMap(\.names) {
            if let table = fermusic_mpi_load(name, &message, message.count) { return table }
        }
        let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        throw Failure(description: "a launcher of MPI has started this, but its library cannot be loaded: \(reason)")
    }
}
