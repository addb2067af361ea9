import EmotionRecognition
import FaceVision
import Files
import Glibc
import Testing
import Threads

@Suite struct DatasetExportTests {
    static let threads = ThreadPool(threads: 2)

    /// Faces in all three splits.
    func faces() -> FaceDataset {
        let drawn = SyntheticFaces(seed: 4).dataset(training: 40, test: 20)
        var dataset = FaceDataset()
        for i in 0..<drawn.count {
            Array(drawn.image(i)).withUnsafeBufferPointer {
                try! dataset.append(
                    $0, label: Int(drawn.labels[i]), split: FaceDataset.Split.allCases[i % 3], name: drawn.names[i])
            }
        }
        return dataset
    }

    /// Each picture's bytes with its label and split, in an order of its own.
    func contents(_ dataset: FaceDataset) -> [[UInt8]] {
        (0..<dataset.count).map { i in
            dataset.image(i) + [
                dataset.labels[i], UInt8(FaceDataset.Split.allCases.firstIndex(of: dataset.splits[i])!),
            ]
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test func csvText() throws {
        let dataset = smallDataset([
            ([0, 1, 22, 255, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 3, .training),
            (.init(repeating: 9, count: 16), 0, .privateTest),
        ])
        try withTemporaryFolder { folder in
            try dataset.writeCSV("\(folder)/f.csv")
            let text = String(decoding: try FileBytes.read("\(folder)/f.csv", limit: 1000), as: UTF8.self)
            #expect(
                text == """
                    emotion,pixels,Usage
                    3,0 1 22 255 5 6 7 8 9 10 11 12 13 14 15 16,Training
                    0,9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9,PrivateTest

                    """)
        }
    }

    @Test func csvRoundTrip() throws {
        let faces = faces()
        try withTemporaryFolder { folder in
            try faces.writeCSV("\(folder)/f.csv")
            let back = try FaceDataset.readCSV("\(folder)/f.csv").dataset
            #expect(back.pixels == faces.pixels && back.labels == faces.labels && back.splits == faces.splits)
            #expect(back.fingerprint == faces.fingerprint)
            // And from there the same file again.
            try back.writeCSV("\(folder)/g.csv")
            let first = try FileBytes.read("\(folder)/f.csv", limit: 1 << 30)
            #expect(try FileBytes.read("\(folder)/g.csv", limit: 1 << 30) == first)
        }
    }

    @Test func foldersRoundTrip() throws {
        let faces = faces()
        try withTemporaryFolder { folder in
            try faces.writeFolders("\(folder)/out", threads: DatasetExportTests.threads)
            let back = try FaceDataset.read("\(folder)/out", threads: DatasetExportTests.threads).dataset
            #expect(contents(back) == contents(faces))
            #expect(back.names.contains { $0.hasSuffix("out/train/angry/Training_000001.png") })
            #expect(back.names.contains { $0.contains("/test/") && $0.contains("/PublicTest_000001.png") })
            #expect(back.names.contains { $0.contains("/test/") && $0.contains("/PrivateTest_000001.png") })
        }
    }

    @Test func failuresLeaveNothing() throws {
        let faces = faces()
        #expect(throws: DatasetError.cannotWrite(path: "/missing/f.csv", reason: "No such file or directory")) {
            try faces.writeCSV("/missing/f.csv")
        }
        try withTemporaryFolder { folder in
            try write("mine", to: "\(folder)/out/notes.txt")
            #expect(
                throws: DatasetError.cannotWrite(
                    path: "\(folder)/out", reason: "exists already and is not an empty folder")
            ) { try faces.writeFolders("\(folder)/out", threads: DatasetExportTests.threads) }
            try write("a file", to: "\(folder)/file")
            #expect(throws: DatasetError.cannotWrite(path: "\(folder)/file/out", reason: "Not a directory")) {
                try faces.writeFolders("\(folder)/file/out", threads: DatasetExportTests.threads)
            }
            #expect(throws: DatasetError.cannotWrite(path: "\(folder)/out", reason: "Is a directory")) {
                try faces.writeCSV("\(folder)/out")
            }
            #expect(FolderTree.names(in: folder).sorted() == ["file", "out"])
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere")) func withoutPermission() throws {
        try withTemporaryFolder { folder in
            chmod(folder, 0o500)
            defer { chmod(folder, 0o700) }
            #expect(throws: DatasetError.cannotWrite(path: "\(folder)/f.csv", reason: "Permission denied")) {
                try faces().writeCSV("\(folder)/f.csv")
            }
            #expect(throws: DatasetError.cannotWrite(path: "\(folder)/out", reason: "Permission denied")) {
                try faces().writeFolders("\(folder)/out", threads: DatasetExportTests.threads)
            }
        }
    }

    @Test func csvKnowsOnlyEmotions() throws {
        var dataset = FaceDataset(size: 4, classNames: ["cat", "dog"])
        try [UInt8](repeating: 1, count: 16).withUnsafeBufferPointer {
            try dataset.append($0, label: 0, split: .training, name: "x")
        }
        #expect(
            throws: DatasetError.cannotWrite(
                path: "/tmp/x.csv",
                reason: "this form knows only the classes angry, disgust, fear, happy, sad, surprise, neutral; "
                    + "the data set has cat, dog")
        ) { try dataset.writeCSV("/tmp/x.csv") }
    }
}
