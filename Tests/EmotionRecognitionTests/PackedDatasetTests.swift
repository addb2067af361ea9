import EmotionRecognition
import FaceVision
import Files
import Glibc
import Testing
import Threads
import Zip

@Suite struct PackedDatasetTests {
    func run(_ arguments: [String], in folder: String) throws {
        let words = ["/bin/sh", "-c", "cd '\(folder)' && " + arguments.joined(separator: " ")]
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        try #require(posix_spawn(&process, "/bin/sh", nil, nil, &pointers, environ) == 0)
        var status: Int32 = 0
        try #require(waitpid(process, &status, 0) == process && status == 0)
    }

    func read(_ path: String) throws -> LoadedDataset {
        try FaceDataset.read(path, options: .init(size: 48), threads: ThreadPool(threads: 2))
    }

    @Test func foldersAndTablesInside() throws {
        let faces = SyntheticFaces(seed: 3).dataset(training: 20, test: 6)
        try withTemporaryFolder { folder in
            try faces.writeCSV(folder + "/fer2013.csv")
            try faces.writeFolders(folder + "/data", threads: ThreadPool(threads: 2))
            try run(["mkdir data/.git", "&& echo x > data/.git/x.png"], in: folder)
            let expected = try read(folder + "/data").dataset
            // Names say nothing.
            for (name, command) in [
                ("a.tar", "tar -cf a.tar data"), ("b.csv", "tar -czf b.csv data"),
                ("c.tgz", "tar -czf c.tgz -C data ."),
            ] {
                try run([command], in: folder)
                let packed = try read(folder + "/" + name).dataset
                #expect(packed.fingerprint == expected.fingerprint, "\(name)")
            }
            for (name, command) in [
                ("fer2013.csv.gz", "gzip -k fer2013.csv"), ("t.tar.gz", "tar -czf t.tar.gz fer2013.csv"),
            ] {
                try run([command], in: folder)
                #expect(try read(folder + "/" + name).dataset.fingerprint == faces.fingerprint, "\(name)")
            }
        }
    }

    /// As people download them: the folders, or the table, in a zip file.
    @Test func zipFiles() throws {
        let faces = SyntheticFaces(seed: 3).dataset(training: 20, test: 6)
        try withTemporaryFolder { folder in
            try faces.writeCSV(folder + "/fer2013.csv")
            try faces.writeFolders(folder + "/data", threads: ThreadPool(threads: 2))
            func pack(_ files: [String], _ name: String) throws {
                try AtomicFile.replace(folder + "/" + name) { output in
                    var zip = ZipWriter(output)
                    for file in files {
                        try FileBytes.read(folder + "/" + file, limit: 1 << 24).withUnsafeBytes {
                            try zip.add(file, $0)
                        }
                    }
                    try zip.finish()
                }
            }
            var files: [String] = []
            for split in FolderTree.names(in: folder + "/data") {
                for name in FolderTree.names(in: folder + "/data/" + split) {
                    files += FolderTree.names(in: "\(folder)/data/\(split)/\(name)").map {
                        "data/\(split)/\(name)/\($0)"
                    }
                }
            }
            try pack(files.sorted(), "folders.zip")
            #expect(try read(folder + "/folders.zip").dataset.fingerprint == read(folder + "/data").dataset.fingerprint)
            try pack(["fer2013.csv"], "table.zip")
            #expect(try read(folder + "/table.zip").dataset.fingerprint == faces.fingerprint)
        }
    }

    @Test func namesThatLeadOutAndDamage() throws {
        try withTemporaryFolder { folder in
            let picture = ImageFile.encodePNG(Image(width: 4, height: 4, pixels: .init(repeating: 7, count: 16)))
            try write(picture, to: folder + "/in/happy/a.png")
            try run(["cd in && tar -cPf ../x.tar --transform 's,^,../../../,' happy"], in: folder)
            #expect(try read(folder + "/x.tar").dataset.count == 1)
            try run(["head -c 700 x.tar > cut.tar; gzip x.tar; head -c 60 x.tar.gz > cut.tar.gz"], in: folder)
            for name in ["cut.tar", "cut.tar.gz"] {
                #expect(throws: DatasetError.self, "\(name)") { try read(folder + "/" + name) }
            }
        }
    }

    static let bombs: [(file: String, command: String, reason: String)] = [
        ("a.csv.gz", "tr '\\0' x < /dev/zero | head -c 300000000 | gzip -1 > a.csv.gz", "longer than"),
        (
            "b.tar.gz", "mkdir happy; head -c 500000000 /dev/zero > happy/a.png; tar -czf b.tar.gz happy",
            "unpacks to more than"
        ),
    ]

    @Test(arguments: bombs.indices) func whatUnpacksWithoutEndIsRefused(index: Int) throws {
        let bomb = PackedDatasetTests.bombs[index]
        let error = try withTemporaryFolder { folder -> String in
            try run([bomb.command], in: folder)
            let path = folder + "/" + bomb.file
            return datasetError { try read(path) }
        }
        #expect(error.contains(bomb.reason))
    }
}
