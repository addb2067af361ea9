import EmotionRecognition
import FaceVision
import Files
import Glibc
import Testing
import Threads

@Suite struct FaceDatasetFolderTests {
    static let threads = ThreadPool(threads: 2)

    func read(_ path: String, skipBad: Bool = false) throws -> LoadedDataset {
        try FaceDataset.read(path, options: .init(size: 4, skipsBad: skipBad), threads: FaceDatasetFolderTests.threads)
    }

    func picture(_ tone: UInt8) -> [UInt8] {
        ImageFile.encodePNG(Image(width: 4, height: 4, pixels: .init(repeating: tone, count: 16)))
    }

    @Test func splitsFromFoldersAndNames() throws {
        try withTemporaryFolder { folder in
            try write(picture(1), to: "\(folder)/train/happy/a.png")
            try write(picture(2), to: "\(folder)/train/angry/PublicTest_5.png")
            try write(picture(3), to: "\(folder)/test/sad/b.PNG")
            try write(picture(4), to: "\(folder)/test/sad/PrivateTest_1.png")
            try write(picture(5), to: "\(folder)/test/sad/Training_9.png")
            try write("not a picture", to: "\(folder)/test/sad/notes.txt")
            try write(picture(6), to: "\(folder)/test/sad/.hidden.png")
            let dataset = try read(folder).dataset
            var found: [UInt8: (String, FaceDataset.Split)] = [:]
            for i in 0..<dataset.count {
                found[dataset.image(i).first!] = (dataset.classNames[Int(dataset.labels[i])], dataset.splits[i])
            }
            #expect(found.count == 5)
            #expect(found[1]! == ("happy", .training))
            #expect(found[2]! == ("angry", .publicTest))
            #expect(found[3]! == ("sad", .publicTest))
            #expect(found[4]! == ("sad", .privateTest))
            #expect(found[5]! == ("sad", .training))
        }
    }

    @Test func emotionsHaveTheirOwnOrder() throws {
        try withTemporaryFolder { folder in
            for (tone, name) in ["surprise", "Fearful", "neutral"].enumerated() {
                try write(picture(UInt8(tone)), to: "\(folder)/train/\(name)/x.png")
            }
            let dataset = try read(folder).dataset
            #expect(dataset.classNames == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"])
            #expect(
                Dictionary(uniqueKeysWithValues: (0..<3).map { (dataset.image($0).first!, dataset.labels[$0]) })
                    == [0: 5, 1: 2, 2: 6])
        }
    }

    @Test func otherClassesComeBehindByName() throws {
        try withTemporaryFolder { folder in
            for name in ["zebra", "cat", "happy"] { try write(picture(9), to: "\(folder)/\(name)/x.png") }
            let dataset = try read(folder).dataset
            #expect(dataset.classNames == ["happy", "cat", "zebra"])
            #expect(dataset.splits == [.training, .training, .training])
            #expect(dataset.labels == [1, 0, 2])
        }
    }

    @Test func sizesAndColoursAreBroughtTogether() throws {
        try withTemporaryFolder { folder in
            let colour = Image(width: 31, height: 9, channels: 3, pixels: .init(repeating: 200, count: 31 * 9 * 3))
            try write(ImageFile.encodePNG(colour), to: "\(folder)/train/sad/x.png")
            try write(TinyJPEG.bytes, to: "\(folder)/train/sad/y.jpeg")
            let dataset = try read(folder).dataset
            #expect(Array(dataset.image(0)) == .init(repeating: 200, count: 16))
            #expect(dataset.image(1).allSatisfy { abs(Int($0) - 128) <= 2 })
        }
    }

    /// A 4 x 4 BMP file of one tone.
    func bitmap(_ tone: UInt8) -> [UInt8] {
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return Array("BM".utf8) + little(54 + 48) + little(0) + little(54) + little(40) + little(4) + little(4)
            + [1, 0, 24, 0] + little(0) + little(48) + little(0) + little(0) + little(0) + little(0)
            + [UInt8](repeating: tone, count: 48)
    }

    @Test func whatPredictReadsMayBeInFolders() throws {
        try withTemporaryFolder { folder in
            try write(bitmap(90), to: "\(folder)/train/sad/x.bmp")
            let dataset = try read(folder).dataset
            #expect(dataset.labels == [4] && Array(dataset.image(0)) == .init(repeating: 90, count: 16))
        }
    }

    static let bad: [(contents: [UInt8], reason: String)] = [
        ([], "cannot read the image: the file is empty"),
        (Array(TinyJPEG.bytes.prefix(TinyJPEG.bytes.count / 2)), "cannot read the image: Premature end of JPEG file"),
        (Array("hello".utf8), "cannot read the image: not a picture that is read: \(PictureFormat.list)"),
    ]

    @Test(arguments: bad.indices) func badPicturesAreNamedOrSkipped(index: Int) throws {
        let (contents, reason) = FaceDatasetFolderTests.bad[index]
        try withTemporaryFolder { folder in
            try write(picture(1), to: "\(folder)/train/happy/a.png")
            try write(contents, to: "\(folder)/train/happy/b.jpg")
            let message = "\(folder)/train/happy/b.jpg: \(reason)"
            #expect(datasetError { try read(folder) } == message)
            let loaded = try read(folder, skipBad: true)
            #expect(loaded.dataset.count == 1)
            #expect(loaded.skipped.map(\.description) == [message])
        }
    }

    @Test func aDanglingLinkIsNotPassedOver() throws {
        try withTemporaryFolder { folder in
            try write(picture(1), to: "\(folder)/train/happy/a.png")
            symlink("/missing/b.png", "\(folder)/train/happy/b.png")
            #expect(
                datasetError { try read(folder) }
                    == "\(folder)/train/happy/b.png: cannot read the image: No such file or directory")
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func filesWithoutPermission() throws {
        try withTemporaryFolder { folder in
            let path = try write(picture(1), to: "\(folder)/train/happy/a.png")
            chmod(path, 0)
            #expect(datasetError { try read(folder) } == "\(path): cannot read the image: Permission denied")
        }
    }

    @Test func foldersWithoutContents() throws {
        try withTemporaryFolder { folder in
            #expect(
                datasetError { try read(folder) }
                    == "\(folder): no class folders (expected train/<class>/*.jpg or <class>/*.jpg)")
            try FolderTree.create("\(folder)/train/happy")
            #expect(datasetError { try read(folder) } == "\(folder): no pictures in its class folders")
            try write("", to: "\(folder)/train/happy/x.png")
            #expect(datasetError { try read(folder, skipBad: true) } == "\(folder): no readable images")
        }
        #expect(datasetError { try read("/missing") } == "/missing: No such file or directory")
    }

    @Test func theResultDoesNotDependOnThreads() throws {
        try withTemporaryFolder { folder in
            for i in 0..<40 { try write(picture(UInt8(i)), to: "\(folder)/train/happy/\(i).png") }
            let one = try FaceDataset.read(folder, options: .init(size: 4), threads: ThreadPool(threads: 1)).dataset
            let three = try FaceDataset.read(folder, options: .init(size: 4), threads: ThreadPool(threads: 3)).dataset
            #expect(one.pixels == three.pixels)
            #expect(one.names == three.names)
        }
    }
}
