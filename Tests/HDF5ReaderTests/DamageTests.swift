import Files
import HDF5Reader
import Testing

/// Damaged files are read or refused; nothing traps, and the work is limited.
@Suite struct DamageTests {
    private static func corpus() throws -> [[UInt8]] {
        let names =
            ["dense"]
            + ["plain", "chunks", "filters", "one", "growing"].flatMap { ["earliest-\($0)", "latest-\($0)"] }
        return try names.map { try FileBytes.read("\(Fixtures.corpus)/\($0).h5", limit: 1 << 20) }
    }

    @Test func twentyThousandFiles() throws {
        let files = try Self.corpus().map { (bytes: $0, places: Mutator.places(of: $0)) }
        var mutator = Mutator(seed: 1)
        var limits = HDF5Limits()
        limits.unpacked = 1 << 20
        limits.structure = 1 << 20
        for i in 0..<20_000 {
            let file = files[i % files.count]
            var bytes = mutator.damaged(file.bytes, other: files[(i / 7) % files.count].bytes, places: file.places)
            if i % 3 != 0 { bytes = Mutator.repaired(bytes, places: file.places) { Checksum.lookup3($0) } }
            Fixtures.readAll(bytes, limits: limits)
        }
    }

    /// Each byte of the structure set to what counts and addresses are most likely wrong with.
    @Test(arguments: ["earliest-chunks", "latest-plain"]) func eachByte(name: String) throws {
        let bytes = try FileBytes.read("\(Fixtures.corpus)/\(name).h5", limit: 1 << 20)
        let places = Mutator.places(of: bytes)
        for place in bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] where bytes[place] != value {
                var changed = bytes
                changed[place] = value
                if name.hasPrefix("latest") {
                    changed = Mutator.repaired(changed, places: places) { Checksum.lookup3($0) }
                }
                Fixtures.readAll(changed)
            }
        }
    }
}
