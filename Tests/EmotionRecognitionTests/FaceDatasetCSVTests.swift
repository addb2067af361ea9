import EmotionRecognition
import Testing

@Suite struct FaceDatasetCSVTests {
    static let options = DatasetReadOptions(size: 2)

    /// Reads a CSV of 2 x 2 pictures.
    func read(_ text: String, skipBad: Bool = false) throws -> LoadedDataset {
        try withTemporaryFolder {
            let path = try write(text, to: "\($0)/f.csv")
            return try FaceDataset.readCSV(path, options: .init(size: 2, skipsBad: skipBad))
        }
    }

    static let variants: [(name: String, text: String)] = [
        ("plain", "emotion,pixels,Usage\n3,1 2 3 255,Training\n0,0 10 20 30,PublicTest\n"),
        ("other order", "Usage,emotion,pixels\nTraining,3,1 2 3 255\nPublicTest,0,0 10 20 30\n"),
        ("one more column", "id,pixels,emotion,Usage\n7,1 2 3 255,3,Training\n8,0 10 20 30,0,PublicTest\n"),
        (
            "quoted",
            "\"emotion\",\"pixels\",\"Usage\"\n"
                + "\"3\",\"1 2 3 255\",\"Training\"\n\"0\",\"0 10 20 30\",\"PublicTest\"\n"
        ),
        ("CRLF", "emotion,pixels,Usage\r\n3,1 2 3 255,Training\r\n0,0 10 20 30,PublicTest\r\n"),
        ("byte order mark", "\u{FEFF}emotion,pixels,Usage\n3,1 2 3 255,Training\n0,0 10 20 30,PublicTest\n"),
        (
            "quoted after a byte order mark",
            "\u{FEFF}\"emotion\",\"pixels\",Usage\n3,1 2 3 255,Training\n0,0 10 20 30,PublicTest\n"
        ),
        ("no last line end", "emotion,pixels,Usage\n3,1 2 3 255,Training\n0,0 10 20 30,PublicTest"),
        ("CRLF, no last line end", "emotion,pixels,Usage\r\n3,1 2 3 255,Training\r\n0,0 10 20 30,PublicTest"),
        ("blank lines", "emotion,pixels,Usage\n\n3,1 2 3 255,Training\n\n0,0 10 20 30,PublicTest\n\n"),
        ("spaces", " Emotion , Pixels , usage \n 3 , 1 2  3 255 , Training \n0,0 10 20 30 ,PublicTest\n"),
        ("semicolons", "emotion;pixels;Usage\n3;1 2 3 255;Training\n0;0 10 20 30;PublicTest\n"),
        ("tabs", "emotion\tpixels\tUsage\n3\t1 2 3 255\tTraining\n0\t0 10 20 30\tPublicTest\n"),
        ("lists", "emotion,pixels,Usage\n3,\"[1, 2, 3, 255]\",Training\n0,\"[0,10,20,30]\",PublicTest\n"),
        ("bare lists", "emotion,pixels,Usage\n3,[1, 2, 3, 255],Training\n0,[0 10 20 30],PublicTest\n"),
        ("points", "emotion,pixels,Usage\n3.0,1.0 2. 3.00 255.0,Training\n0.0,0 10.0 20 30,PublicTest\n"),
        ("words", "label, Pixels ,Split\nHappiness,1 2 3 255,train\nangry,0 10 20 30,test\n"),
        ("validation", "emotion,pixels,Usage\njoy,1 2 3 255,Training\nanger,0 10 20 30,valid\n"),
        ("other words", "EMOTION,pixels,USAGE\n3,1 2 3 255,train\n0,0 10 20 30,validation\n"),
    ]

    @Test(arguments: variants.indices) func variantsReadAlike(index: Int) throws {
        let loaded = try read(FaceDatasetCSVTests.variants[index].text)
        #expect(loaded.dataset.pixels == [1, 2, 3, 255, 0, 10, 20, 30])
        #expect(loaded.dataset.labels == [3, 0])
        #expect(loaded.dataset.splits == [.training, .publicTest])
        #expect(loaded.skipped.isEmpty)
    }

    @Test func numbersOfOtherDataSets() throws {
        try withTemporaryFolder { folder in
            let path = try write("emotion,pixels\n1,1 2 3 4\n7,1 2 3 4\n0.0,1 2 3 4\n", to: "\(folder)/f.csv")
            let classes = try ClassAssignment("affectnet")
            let loaded = try FaceDataset.readCSV(path, options: .init(size: 2, classes: classes))
            #expect(loaded.dataset.classNames == ["happy", "neutral", "contempt"])
            #expect(loaded.dataset.labels == [0, 2, 1])
        }
    }

    @Test func testIsForTheEndBesideValidation() throws {
        let loaded = try read("emotion,pixels,Usage\n3,1 2 3 4,test\n3,1 2 3 4,train\n3,1 2 3 4,val\n")
        #expect(loaded.dataset.splits == [.privateTest, .training, .publicTest])
    }

    @Test func withoutUsageAllIsTraining() throws {
        let loaded = try read("emotion,pixels\n3,1 2 3 255\n0,0 10 20 30\n")
        #expect(loaded.dataset.splits == [.training, .training])
        #expect(loaded.dataset.names == ["row 2", "row 3"])
    }

    @Test func rowsCrossTheReadBuffer() throws {
        // Rows of about 9 kB through a buffer of 1 MB, several times over.
        let faces = SyntheticFaces(seed: 3).dataset(training: 350, test: 50)
        try withTemporaryFolder {
            try faces.writeCSV("\($0)/f.csv")
            let back = try FaceDataset.readCSV("\($0)/f.csv").dataset
            #expect(back.pixels == faces.pixels)
            #expect(back.labels == faces.labels)
            #expect(back.splits == faces.splits)
        }
    }

    static let bad: [(text: String, message: String)] = [
        ("emotion,pixels,Usage\n3,1 2 3,Training\n", "row 2: 3 pixels instead of 4"),
        ("emotion,pixels,Usage\n3,1 2 3 4,Training\n3,1 2 3 4 5,Training\n", "row 3: 5 pixels instead of 4"),
        ("emotion,pixels,Usage\n9,1 2 3 4,Training\n", "row 2: label 9 is not in 0...6"),
        ("emotion,pixels,Usage\n-1,1 2 3 4,Training\n", "row 2: label -1 is not in 0...6"),
        (
            "emotion,pixels,Usage\nfrown,1 2 3 4,Training\n",
            "row 2: label 'frown' is no emotion"
        ),
        (
            "emotion,pixels,Usage\n7,1 2 3 4,Training\n",
            "row 2: label 7 is not in 0...6"
        ),
        ("emotion,pixels,Usage\n3,1 2.5 3 4,Training\n", "row 2: pixel 2 is not a whole number"),
        ("emotion,pixels,Usage\n3,1 2.x 3 4,Training\n", "row 2: pixel 2 is not a number"),
        ("emotion,pixels,Usage\n3,1 2 256 4,Training\n", "row 2: pixel 3 is above 255"),
        ("emotion,pixels,Usage\n3,1 99999999999999999999999 2 4,Training\n", "row 2: pixel 2 is above 255"),
        ("emotion,pixels,Usage\n3,1 -2 3 4,Training\n", "row 2: pixel 2 is not a number"),
        ("emotion,pixels,Usage\n3,1 x 3 4,Training\n", "row 2: pixel 2 is not a number"),
        ("emotion,pixels,Usage\n3,,Training\n", "row 2: 0 pixels instead of 4"),
        ("emotion,pixels,Usage\n\n3\n", "row 3: 1 columns instead of 3"),
        ("emotion,pixels,Usage\n3,1 2 3 4,Holiday\n", "row 2: unknown Usage 'Holiday'"),
        ("3,1 2 3 4,Training\n", "row 1: the header must name the columns emotion and pixels (and Usage)"),
        ("emotion,image\n3,1 2 3 4\n", "row 1: the header must name the columns emotion and pixels (and Usage)"),
        ("", "no rows with pictures (expected emotion,pixels,Usage)"),
        ("emotion,pixels,Usage\n", "no rows with pictures (expected emotion,pixels,Usage)"),
        (String(repeating: "x", count: 1 << 20 + 1), "row 1: longer than 1048576 bytes"),
    ]

    @Test(arguments: bad.indices) func badRowsAreNamed(index: Int) throws {
        let (text, message) = FaceDatasetCSVTests.bad[index]
        try withTemporaryFolder {
            let path = try write(text, to: "\($0)/f.csv")
            let error = datasetError { try FaceDataset.readCSV(path, options: FaceDatasetCSVTests.options) }
            #expect(error == "\(path): \(message)")
        }
    }

    @Test func skippedRowsAreCounted() throws {
        let text = "emotion,pixels,Usage\n9,1 2 3 4,Training\n3,1 2 3 4,Training\n3,1 2,Training\n"
        #expect(throws: DatasetError.self) { try read(text) }
        let loaded = try read(text, skipBad: true)
        #expect(loaded.dataset.count == 1)
        #expect(loaded.dataset.names == ["row 3"])
        #expect(loaded.skipped.count == 2)
        #expect(loaded.skipped.map(\.description).allSatisfy { $0.contains("f.csv: row ") })
    }

    @Test func onlyBadRowsIsAnError() {
        #expect(throws: DatasetError.self) { try read("emotion,pixels\n9,1 2 3 4\n", skipBad: true) }
    }

    @Test func unreadableFiles() {
        #expect(
            datasetError { try FaceDataset.readCSV("/missing/f.csv") } == "/missing/f.csv: No such file or directory")
        // Opens, but cannot be read at its beginning.
        #expect(datasetError { try FaceDataset.readCSV("/proc/self/mem") } == "/proc/self/mem: Input/output error")
        #expect(datasetError { try FaceDataset.readCSV("/tmp") } == "/tmp: Is a directory")
    }

    @Test func picturesOf48AreBroughtToTheSizeAskedFor() throws {
        try withTemporaryFolder { folder in
            let pixels = (0..<48 * 48).map { "\($0 % 48 < 24 ? 10 : 200)" }.joined(separator: " ")
            let path = try write("emotion,pixels,Usage\n3,\(pixels),Training\n", to: folder + "/f.csv")
            for size in [24, 64] {
                let dataset = try FaceDataset.readCSV(path, options: DatasetReadOptions(size: size)).dataset
                #expect(dataset.size == size && dataset.pixels.count == size * size)
                #expect(dataset.image(0).first == 10 && dataset.image(0).last == 200)
            }
        }
    }
}
