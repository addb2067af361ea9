import Files
import Glibc
import Terminal
import Testing

@Suite struct PathTextTests {
    @Test(
        arguments: [
            [], Array("plain.jpg".utf8), Array("é顔😀 \n".utf8), [0x63, 0x61, 0x66, 0xE9], [0xFF, 0xFE],
            [0xE9, 0x41, 0xC3, 0xA9],
            [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            Array(UInt8(1)...UInt8(255)),
        ] as [[UInt8]])
    func everyNameComesBack(bytes: [UInt8]) {
        let text = String(pathBytes: bytes)
        #expect(text.cPath.map { UInt8(bitPattern: $0) } == bytes + [0])
        #expect(
            bytes.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { _ in
                (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
                    String(pathBytes: $0.baseAddress!)
                }
            } == text)
        #expect(Array(text.utf8) == bytes || String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test func filesOfAnyName() throws {
        let folder = "/tmp/fermusic-names-\(getpid())"
        defer { FolderTree.remove(folder) }
        // A name of another encoding, and two that look alike but are different bytes.
        let names = [String(pathBytes: [0x63, 0x61, 0x66, 0xE9]), "e\u{301}", "\u{E9}"]
        for (number, name) in names.enumerated() {
            try FileBytes.write([UInt8(number)], to: "\(folder)/\(name)", makesFolders: true)
        }
        let found = FolderTree.names(in: folder)
        #expect(Set(found.map { $0.cPath }) == Set(names.map { $0.cPath }))
        for (number, name) in names.enumerated() {
            #expect(try FileBytes.read("\(folder)/\(name)", limit: 10) == [UInt8(number)])
        }
        #expect(printable(names[0]) == "caf\\xE9")
    }

    @Test(arguments: [
        ("a/b.jpg", "a", "b.jpg", "b"), ("b", ".", "b", "b"), ("/b.tar.gz", "/", "b.tar.gz", "b.tar"),
        ("/a/.hidden", "/a", ".hidden", ".hidden"), ("a/b/", "a/b", "b", "b"), ("/", "/", "/", "/"),
        // An accent behind the slash makes one character with it.
        ("a/\u{301}b.x", "a", "\u{301}b.x", "\u{301}b"), ("a.\u{301}/b.\u{301}x", "a.\u{301}", "b.\u{301}x", "b"),
    ])
    func parts(path: String, parent: String, last: String, stem: String) {
        #expect(path.parentFolder == parent)
        #expect(path.lastPathPart == last)
        #expect(path.withoutPathExtension == stem)
    }
}
