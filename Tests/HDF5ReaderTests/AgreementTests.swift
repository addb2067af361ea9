import Files
import HDF5Reader
import Testing

/// All that Keras, h5py and this program write is read as it was meant, and as libhdf5 reads it.
@Suite(.serialized) struct AgreementTests {
    private static let layouts = ["earliest", "v108", "v110", "latest"]

    private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0) * 0.25 - 3 } }

    @Test(arguments: layouts) func numbers(layout: String) throws {
        let document = try Fixtures.document(layout)
        let kinds = try document.links(in: "kinds")
        #expect(kinds.count == 15)
        for kind in kinds {
            let (values, shape) = try document.read("kinds/\(kind)", limit: 100)
            let letter = kind.dropLast().last
            let expected = letter == "f" ? numbers(12) : (0..<12).map { Float($0) - (letter == "i" ? 3 : 0) }
            #expect(values == expected, "\(kind)")
            #expect(shape == [3, 4])
        }
    }

    @Test(arguments: layouts) func datasets(layout: String) throws {
        let document = try Fixtures.document(layout)
        for name in [
            "chunked", "one-chunk", "one-gzip", "larger-chunk", "gzip", "shuffled", "shuffled-half", "all-filters",
            "compact", "implicit", "named-type",
        ] {
            let (values, shape) = try document.read("layouts/\(name)", limit: 35)
            #expect(values == numbers(35), "\(name)")
            #expect(shape == [7, 5])
        }
        #expect(try document.read("layouts/scalar", limit: 1) == ([-3], []))
        #expect(try document.read("layouts/none", limit: 0) == ([], [0, 3]))
        #expect(try document.read("layouts/odd-sum", limit: 35).values == (0..<35).map { Float($0) - 3 })
        #expect(try document.read("layouts/cube", limit: 120) == (numbers(120), [3, 4, 5, 2]))
        if layout != "v108" { #expect(try document.read("layouts/pages", limit: 1100).values == numbers(1100)) }
        for name in ["growing", "growing-gzip"] {
            #expect(try document.read("layouts/\(name)", limit: 36) == (numbers(36), [6, 6]))
        }
        let half = [Float](repeating: 2.5, count: 12)
        #expect(try document.read("layouts/unwritten", limit: 12).values == half.map { _ in 0 })
        #expect(try document.read("layouts/unwritten-2.5", limit: 12).values == half)
        #expect(try document.read("layouts/unwritten-chunks-2.5", limit: 12).values == half)
        let partly: [Float] = [2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 7, 7, 2.5, 2.5, 7, 7, 2.5, 2.5]
        #expect(try document.read("layouts/partly-2.5", limit: 16).values == partly)
        var target = [Float](repeating: 0, count: 35)
        try target.withUnsafeMutableBufferPointer { try document.read("layouts/gzip", into: $0) }
        #expect(target == numbers(35))
    }

    @Test(arguments: layouts) func texts(layout: String) throws {
        let document = try Fixtures.document(layout)
        func texts(_ name: String) throws -> [String]? { try document.texts(name, of: "texts") }
        #expect(try texts("fixed") == ["héllo"])
        #expect(try texts("text") == ["héllo"])
        #expect(try texts("named-type") == ["héllo"])
        #expect(try texts("fixed-list") == ["a", "", "ccc"])
        #expect(try texts("text-list") == ["a", "", "ccc"])
        #expect(try texts("nothing") == [])
        #expect(try texts("void") == [])
        #expect(try texts("absent") == nil)
        #expect(try texts("long") == [String(repeating: "x", count: layout == "v108" ? 100 : 70000)])
        #expect(Fixtures.complaint { _ = try texts("whole") } == "texts: attribute whole is not text")
        #expect(Fixtures.complaint { _ = try texts("reference") } == "texts: attribute reference is not text")
        for i in 0..<40 {
            #expect(try document.texts("attribute \(i)", of: "many-attributes") == ["value \(i)"])
        }
        if layout == "v110" || layout == "latest" {
            let names = try #require(try document.texts("layer_names", of: "big-attribute"))
            #expect(names.count == 6000 && names.first == "layer 00000" && names.last == "layer 05999")
        }
        #expect(try document.texts("text", of: "ordered") == ["ordered"])
    }

    @Test(arguments: layouts) func groups(layout: String) throws {
        let document = try Fixtures.document(layout)
        #expect(try document.links(in: "many-links") == (0..<300).map { "link \($0)" }.sorted())
        #expect(try document.read("many-links/link 0", limit: 1).values == [-3])
        #expect(try document.exists("many-links/link 7/link 8/link 9/link 0"))
        #expect(try document.links(in: "ordered") == ["a", "m", "z"])
        #expect(try document.exists((0..<30).map { "level \($0)" }.joined(separator: "/")))
        #expect(try document.read("soft", limit: 35).values == numbers(35))
        #expect(try document.read("layouts/relative", limit: 1).values == [-3])
        #expect(try !document.exists("dangling"))
        #expect(try !document.exists("layouts/scalar/deeper"))
        #expect(try document.read(String(repeating: "x", count: 300), limit: 1).values == [-3])
        #expect(try document.read("/ünï", limit: 1).values == [-3])
    }

    @Test func shortAddresses() throws {
        let document = try Fixtures.document("four-bytes")
        #expect(try document.read("a/b", limit: 35).values == numbers(35))
        #expect(try document.texts("text", of: "a") == ["héllo"])
    }

    /// The same bits as libhdf5's, in all files here and in the program's own models.
    @Test func bitsOfTheLibrary() throws {
        let models = ["fer2013-cnn", "fer2013-mini-xception", "fer2013-vgg"]
            .map { "\(Fixtures.package)/Checkpoints/\($0).h5" }
        var compared = 0
        for path in (Self.layouts + ["four-bytes"]).map(Fixtures.path) + models {
            guard let library = LibraryFile(path) else { continue }
            let document = try HDF5Document(ByteArraySource(FileBytes.read(path, limit: 1 << 26)))
            for dataset in library.datasets() {
                guard let expected = library.numbers(dataset) else { continue }
                let values = try document.read(dataset, limit: 1 << 24).values
                #expect(values.map(\.bitPattern) == expected.map(\.bitPattern), "\(path): \(dataset)")
                compared += 1
            }
        }
        #expect(compared > 100)
    }
}
