import EmotionRecognition
import FaceVision
import Files
import Glibc
import Testing
import Threads

/// Folders as they are found in the wild: which classes and how many pictures they give.
@Suite struct DatasetLayoutTests {
    struct Layout: Sendable {
        var name: String
        /// Each a picture, or `path: text` for a text file, or a folder that ends in `/`.
        var files: [String]
        var classes: String?
        /// `class count`, only those with pictures, in the order of the classes.
        var expected: String
        var own: [String] = []
        var note: String = ""
    }

    static let emotions = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]

    static let layouts: [Layout] = [
        Layout(
            name: "helpers",
            files: [
                "train/happy/a.png", "train/sad/a.png", "train/.ipynb_checkpoints/", "train/@eaDir/x.png",
                "__MACOSX/train/happy/._a.png", "lost+found/", ".Trash-1000/files/x.png", "$RECYCLE.BIN/S-1/x.png",
                "System Volume Information/x.png", ".git/x.png", "train/happy/._b.png", "#recycle/x.png",
                "train/sad/.AppleDouble/a.png", "train/happy/Thumbs.db: x",
            ], expected: "happy 1, sad 1"),
        Layout(
            name: "empty class", files: ["happy/a.png", "sad/a.png", "frown/"], expected: "happy 1, sad 1",
            note: "frown is an empty class folder"),
        Layout(
            name: "other words",
            files: ["Joy/a.png", "anger/a.png", "Surprised/a.png", "scared/a.png", "sorrow/a.png"],
            expected: "angry 1, fear 1, happy 1, sad 1, surprise 1", note: "classes: anger = angry, scared = fear"),
        Layout(
            name: "a typing error", files: ["suprise/a.png", "happy/a.png"], expected: "happy 1, surprise 1",
            note: "suprise was taken for surprise"),
        Layout(
            name: "two words for one", files: ["happy/a.png", "joy/b.png"], expected: "happy 2",
            note: "happy and joy = happy"),
        Layout(
            name: "another spelling in test", files: ["train/happy/a.png", "test/Happiness/a.png"], expected: "happy 2"),
        Layout(
            name: "numbers before and words behind",
            files: ["3_happy/a.png", "04-sad/a.png", "0. angry/a.png", "surprised_faces/a.png", "NeutralImages/a.png"],
            expected: "angry 1, happy 1, sad 1, surprise 1, neutral 1"),
        Layout(
            name: "CK+48",
            files: ["anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"].map { "\($0)/a.png" },
            expected: "angry 1, disgust 1, fear 1, happy 1, sad 1, surprise 1, contempt 1",
            own: ["angry", "disgust", "fear", "happy", "sad", "surprise", "contempt"],
            note: "anger = angry"),
        Layout(
            name: "calm beside neutral", files: ["calm/a.png", "neutral/a.png", "happy/a.png"],
            expected: "happy 1, neutral 1, calm 1", own: ["happy", "neutral", "calm"]),
        Layout(
            name: "own classes", files: ["zebra/a.png", "cat/a.png"], expected: "cat 1, zebra 1", own: ["cat", "zebra"]),
        Layout(
            name: "German, decomposed", files: ["Wu\u{308}tend/a.png", "U\u{308}berrascht/a.png", "FREUDE/a.png"],
            expected: "angry 1, happy 1, surprise 1"),
        Layout(
            name: "many languages",
            files: [
                "enojado/a.png", "dégoût/a.png", "paura/a.png", "bahagia/a.png", "दुखी/a.png", "şaşkın/a.png", "中性/a.png",
            ],
            expected: emotions.map { "\($0) 1" }.joined(separator: ", ")),
        Layout(
            name: "more of them",
            files: ["злой/a.png", "厌恶/a.png", "恐怖/a.png", "행복/a.png", "حزن/a.png", "驚き/a.png", "netral/a.png"],
            expected: emotions.map { "\($0) 1" }.joined(separator: ", ")),
        Layout(
            name: "RAF-DB's numbers", files: (1...7).map { "train/\($0)/a.png" }, classes: "rafdb",
            expected: emotions.map { "\($0) 1" }.joined(separator: ", "), note: "6 = angry, 3 = disgust, 2 = fear"),
        Layout(
            name: "RAF-DB by file names",
            files: ["DATASET/train/4/train_00001_aligned.png", "DATASET/test/5/test_0001_aligned.png"],
            expected: "happy 1, sad 1", note: "taken for RAF-DB"),
        Layout(
            name: "RAF-DB as published",
            files: [
                "Image/aligned/train_00001_aligned.png", "Image/aligned/test_0001_aligned.png",
                "Image/original/train_00001.png",
                "EmoLabel/list_patition_label.txt: train_00001.jpg 5\r\ntest_0001.jpg 1\r\n",
            ], expected: "sad 1, surprise 1", note: "taken for RAF-DB"),
        Layout(
            name: "AffectNet's numbers", files: (0...7).map { "train/\($0)/a.png" }, classes: "AffectNet",
            expected: "angry 1, disgust 1, fear 1, happy 1, sad 1, surprise 1, neutral 1, contempt 1",
            own: emotions + ["contempt"], note: "6 = angry"),
        Layout(
            name: "KDEF",
            files: ["AF", "AN", "DI", "HA", "NE", "SA", "SU"].flatMap {
                ["KDEF/AF01/AF01\($0)S.PNG", "KDEF/BM12/BM12\($0)FR.PNG"]
            }, expected: emotions.map { "\($0) 2" }.joined(separator: ", "), note: "taken for KDEF"),
        Layout(
            name: "JAFFE", files: ["AN", "DI", "FE", "HA", "NE", "SA", "SU"].map { "jaffe/KA.\($0)1.39.png" },
            expected: emotions.map { "\($0) 1" }.joined(separator: ", "), note: "taken for JAFFE"),
        Layout(
            name: "CK+ as published",
            files: [
                "cohn-kanade-images/S005/001/S005_001_00000001.png",
                "cohn-kanade-images/S005/001/S005_001_00000011.png",
                "Emotion/S005/001/S005_001_00000011_emotion.txt:    3.0000000e+00",
            ], expected: "disgust 1", note: "taken for CK+"),
        Layout(
            name: "one folder too high",
            files: ["archive/images/train/happy/a.png", "archive/images/validation/sad/a.png"],
            expected: "happy 1, sad 1"),
    ]

    func make(_ files: [String], in folder: String) throws {
        let picture = ImageFile.encodePNG(Image(width: 4, height: 4, pixels: .init(repeating: 7, count: 16)))
        for file in files {
            if file.hasSuffix("/") {
                try FolderTree.create("\(folder)/\(file)x")
                rmdir("\(folder)/\(file)x")
            } else if let colon = file.firstIndex(of: ":") {
                try write(String(file[file.index(after: colon)...]), to: "\(folder)/\(file[..<colon])")
            } else {
                try write(picture, to: "\(folder)/\(file)")
            }
        }
    }

    func read(_ folder: String, _ classes: String? = nil) throws -> LoadedDataset {
        let options = DatasetReadOptions(size: 4, classes: try classes.map { try ClassAssignment($0) })
        return try FaceDataset.read(folder, options: options, threads: ThreadPool(threads: 1))
    }

    func counts(_ dataset: FaceDataset) -> String {
        dataset.classNames.enumerated().compactMap { label, name in
            let count = dataset.labels.count { Int($0) == label }
            return count == 0 ? nil : "\(name) \(count)"
        }.joined(separator: ", ")
    }

    @Test(arguments: layouts.indices) func classesAndCounts(index: Int) throws {
        let layout = DatasetLayoutTests.layouts[index]
        try withTemporaryFolder { folder in
            try make(layout.files, in: folder)
            let loaded = try read(folder, layout.classes)
            #expect(counts(loaded.dataset) == layout.expected, "\(layout.name)")
            let classes = layout.own.isEmpty ? DatasetLayoutTests.emotions : layout.own
            #expect(loaded.dataset.classNames == classes, "\(layout.name)")
            #expect(
                layout.note.isEmpty || loaded.notes.contains { $0.text.contains(layout.note) },
                "\(layout.name): \(loaded.notes)")
        }
    }

    @Test func plainNamesAreNotTalkedAbout() throws {
        try withTemporaryFolder { folder in
            try make(["train/happy/a.png", "test/sad/a.png"], in: folder)
            #expect(try read(folder).notes.isEmpty)
        }
    }

    @Test func testIsForTheEndBesideValidation() throws {
        try withTemporaryFolder { folder in
            try make(["train/happy/a.png", "val/happy/a.png", "test/happy/a.png"], in: folder)
            #expect(Set(try read(folder).dataset.splits) == [.training, .publicTest, .privateTest])
        }
    }

    @Test func numbersAreAskedFor() throws {
        try withTemporaryFolder { folder in
            try make((0...6).map { "\($0)/a.png" }, in: folder)
            let error = datasetError { try read(folder) }
            #expect(error.contains("don't say the emotions") && error.contains("fer2013 (0 angry,"))
            #expect(error.contains("affectnet (0 neutral,"))
        }
    }

    static let files: [(text: String, expected: String?)] = [
        ("0 = happy\n1 = Sad # no\n", nil),
        ("# mine\n0 = joy\n1=sad\n2 = frown\n", "happy 1, sad 1, frown 1"),
        ("happy\nsad\nfrown\n", "happy 1, sad 1, frown 1"),
        ("0 happy\n1 sad\n2 angry\n", "angry 1, happy 1, sad 1"),
        ("happy\nsad\n", nil),
        ("0 = happy\nsad\n", nil),
        ("", nil),
    ]

    @Test(arguments: files.indices) func filesOfClasses(index: Int) throws {
        let (text, expected) = DatasetLayoutTests.files[index]
        try withTemporaryFolder { folder in
            try make((0...2).map { "data/\($0)/a.png" }, in: folder)
            let file = try write(text, to: folder + "/classes.txt")
            if let expected {
                #expect(counts(try read(folder + "/data", file).dataset) == expected)
            } else {
                #expect(throws: DatasetError.self) { try read(folder + "/data", file) }
            }
        }
    }

    @Test func labelsOfModelsAreTheSameWords() {
        #expect(
            ModelLabels.standard(["Angry", "Disgusted", "Fearful", "Happiness", "Sad", "Surprised", "Neutral"])
                == DatasetLayoutTests.emotions)
        #expect(ModelLabels.standard(["calm", "neutral", "Joy", "frown"]) == ["calm", "neutral", "happy", "frown"])
        #expect(ModelLabels.parse("0 angry\n1 happy\r\n2 very sad\n") == ["angry", "happy", "very sad"])
        #expect(ModelLabels.parse("Anger\nJoy\n") == ["Anger", "Joy"])
    }
}
