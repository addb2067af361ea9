import Files
import HDF5Reader
import Testing

/// What leads out of the file, what Keras never writes and what would take too much is told in one line.
@Suite struct RefusalTests {
    private static let layouts = ["earliest", "latest"]

    private func complaint(_ layout: String, _ path: String) throws -> String {
        let document = try Fixtures.document("refused-\(layout)")
        return Fixtures.complaint { _ = try document.read(path, limit: .max) }
    }

    @Test(arguments: layouts) func datasets(layout: String) throws {
        for (path, expected) in [
            ("external", "its values are in another file; this is refused"),
            ("external-link", "a link that leads out of the file; this is refused"),
            ("virtual", "a virtual dataset, whose values are elsewhere; this is refused"),
            ("references", "does not hold numbers but references to objects"),
            ("compounds", "does not hold numbers but compounds"),
            ("booleans", "does not hold numbers but enumerated values"),
            ("letters", "does not hold numbers but texts"),
            ("nothing", "has no values"),
            ("lzf", "filter 32000 (lzf) is not supported, only deflate, shuffle and fletcher32"),
            ("scaled", "filter 6 (scaleoffset) is not supported, only deflate, shuffle and fletcher32"),
            ("soft-circle", "links that lead round in a circle"),
            (
                Array(repeating: "circle", count: 1).joined() + String(repeating: "/in", count: 70),
                "a path of too many parts"
            ),
            ("circle", "not a dataset"),
        ] {
            #expect(try complaint(layout, path) == "\(path): \(expected)")
        }
        #expect(try complaint(layout, "complex").hasPrefix("complex: does not hold numbers but "))
    }

    /// Sizes are compared with the file's, before memory is asked for.
    @Test(arguments: layouts) func sizes(layout: String) throws {
        let size = try Fixtures.bytes("refused-\(layout)").count
        #expect(
            try complaint(layout, "huge") == "huge: 1099511627776 values are more than a file of \(size) bytes may hold"
        )
        #expect(
            try complaint(layout, "gigabyte")
                == "gigabyte: 268435456 values are more than a file of \(size) bytes may hold")
        let document = try Fixtures.document("refused-\(layout)")
        #expect(
            Fixtures.complaint { _ = try document.read("gigabyte", limit: 1000) }
                == "gigabyte: 268435456 values are more than expected")
        // What was read before counts too.
        var limits = HDF5Limits()
        limits.unpacked = 5000
        limits.expansion = 0
        let small = try HDF5Document(ByteArraySource(Fixtures.bytes("refused-\(layout)")), limits: limits)
        #expect(
            Fixtures.complaint { _ = try small.read("zeros", limit: 1024) } == "zeros: unpacks to more than 5000 bytes")
    }

    @Test func structure() throws {
        var limits = HDF5Limits()
        limits.structure = 20000
        let document = try HDF5Document(ByteArraySource(Fixtures.bytes("earliest")), limits: limits)
        #expect(
            Fixtures.complaint { _ = try document.links(in: "many-links") }
                == "many-links: groups, names and texts of more than 20000 bytes")
        #expect(
            Fixtures.complaint { _ = try Fixtures.document("user-block") } == "not an HDF5 file")
        #expect(
            Fixtures.complaint { _ = try Fixtures.document("growing-axis").read("a", limit: 6) }
                == "a: chunks of a dataset that can grow along one axis in the newest way are not supported")
    }

    @Test func whatIsNoHDF5() {
        func complaint(_ bytes: [UInt8]) -> String {
            Fixtures.complaint { _ = try HDF5Document(ByteArraySource(bytes)) }
        }
        #expect(complaint([]) == "empty file")
        #expect(complaint(Array("<!DOCTYPE html>".utf8)) == "not an HDF5 file")
        #expect(complaint(Array("version https://git-lfs.github.com/spec/v1\n".utf8)) == "not an HDF5 file")
        #expect(complaint([0x50, 0x4B, 3, 4, 20, 0]).hasPrefix("a zip archive (.keras?)"))
    }

    /// Every length of a file that is cut short is told as such.
    @Test(arguments: ["earliest-filters", "latest-filters", "dense"]) func cutShort(name: String) throws {
        let bytes = try FileBytes.read("\(Fixtures.corpus)/\(name).h5", limit: 1 << 20)
        for length in 1..<bytes.count {
            let complaint = Fixtures.complaint { _ = try HDF5Document(ByteArraySource(Array(bytes.prefix(length)))) }
            #expect(complaint.contains("cut short"), "\(length): \(complaint)")
        }
        let half = Array(bytes.prefix(bytes.count / 2))
        #expect(
            Fixtures.complaint { _ = try HDF5Document(ByteArraySource(half)) }
                == "damaged or cut short: \(half.count) bytes instead of \(bytes.count)")
    }

    /// A program that has the file open for writing marks newer ones.
    @Test func notFinished() throws {
        var bytes = try Fixtures.bytes("latest")
        bytes[11] |= 1
        bytes = Mutator.repaired(bytes, places: []) { Checksum.lookup3($0) }
        #expect(
            Fixtures.complaint { _ = try HDF5Document(ByteArraySource(bytes)) }
                == "not finished: the program that wrote it has not closed it")
    }

    /// One bit anywhere in what has a checksum.
    @Test func checksums() throws {
        let bytes = try FileBytes.read("\(Fixtures.corpus)/latest-filters.h5", limit: 1 << 20)
        var found = 0
        for place in 12..<48 {
            var changed = bytes
            changed[place] ^= 4
            let complaint = Fixtures.complaint { _ = try HDF5Document(ByteArraySource(changed)) }
            if complaint.hasSuffix("has a wrong checksum") { found += 1 }
        }
        #expect(found == 36)
    }
}
