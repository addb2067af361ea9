import EmotionRecognition
import Files
import Glibc
import NeuralNet
import Testing
import Threads

/// FER+: what ten people saw.
@Suite struct VoteTests {
    static let header =
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"

    /// The shares by `FaceVotes.classNames`, rounded; nil: left out.
    func shares(_ targets: VoteTargets, _ counts: [UInt8]) -> [String: Float]? {
        targets.shares(counts).map { shares in
            Dictionary(
                uniqueKeysWithValues: zip(FaceVotes.classNames, shares).filter { $0.1 > 0 }.map {
                    ($0.0, ($0.1 * 1000).rounded() / 1000)
                })
        }
    }

    @Test func majorityIsMoreThanHalf() {
        // Lone votes are left out: 4 of 9 are no majority, 5 of 8 are.
        #expect(shares(.majority, [4, 0, 0, 1, 3, 2, 0, 0, 0, 0]) == nil)
        #expect(shares(.majority, [0, 5, 0, 1, 3, 0, 0, 1, 0, 0]) == ["happy": 1])
        #expect(shares(.majority, [0, 0, 0, 0, 0, 0, 0, 6, 0, 4]) == ["contempt": 1])
        #expect(shares(.majority, [1, 0, 0, 0, 0, 0, 0, 0, 0, 9]) == nil)
        #expect(shares(.majority, [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    @Test func distributionKeepsAllEmotions() {
        #expect(
            shares(.distribution, [4, 0, 0, 1, 3, 2, 0, 0, 0, 0])
                == ["neutral": 0.444, "angry": 0.333, "disgust": 0.222])
        #expect(shares(.distribution, [6, 0, 1, 1, 0, 0, 0, 0, 2, 0]) == ["neutral": 1])
        #expect(shares(.distribution, [3, 0, 0, 2, 0, 0, 0, 0, 5, 0]) == nil)
        // A tie with "unknown" is still an emotion's.
        #expect(shares(.distribution, [5, 0, 0, 0, 0, 0, 0, 0, 5, 0]) == ["neutral": 1])
        #expect(shares(.distribution, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1])?.count == 8)
        #expect(shares(.distribution, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    @Test func crossentropyKeepsTheStrongest() {
        // 4 + 3 of 9 are more than three quarters.
        #expect(shares(.crossentropy, [4, 0, 0, 1, 3, 2, 0, 0, 0, 0]) == ["neutral": 0.571, "angry": 0.429])
        #expect(shares(.crossentropy, [9, 0, 0, 0, 0, 0, 0, 0, 1, 0]) == ["neutral": 1])
        // "Unknown" leads, or ends the list before half of the votes are there.
        #expect(shares(.crossentropy, [2, 2, 0, 0, 0, 0, 0, 0, 6, 0]) == nil)
        #expect(shares(.crossentropy, [4, 0, 0, 2, 0, 0, 0, 0, 4, 0]) == nil)
        // Four emotions alike are too many.
        #expect(shares(.crossentropy, [2, 2, 2, 2, 2, 0, 0, 0, 0, 0]) == nil)
    }

    /// Three rows of Kaggle's file with votes.
    func joined(_ table: String, targets: VoteTargets = .distribution) throws -> LoadedDataset {
        try withTemporaryFolder { folder in
            let csv = try write(
                "emotion,pixels,Usage\n0,1 2 3 4,Training\n3,5 6 7 8,Training\n2,9 9 9 9,PublicTest\n",
                to: "\(folder)/f.csv")
            var options = DatasetReadOptions(size: 2)
            options.votes = try FaceVotes(reading: write(table, to: "\(folder)/votes.csv"))
            options.targets = targets
            return try FaceDataset.read(csv, options: options, threads: ThreadPool(threads: 1))
        }
    }

    @Test func rowsAreJoined() throws {
        let loaded = try joined(
            Self.header + "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0\nTraining,,0,1,0,0,0,0,0,0,0,9\n"
                + "PublicTest,fer0000002.png,0,0,0,0,0,0,2,8,0,0\n")
        let dataset = loaded.dataset
        #expect(dataset.classNames == FaceVotes.classNames && dataset.classNames.last == "contempt")
        #expect(dataset.labels == [6, 7] && dataset.splits == [.training, .publicTest])
        #expect(dataset.pixels == [1, 2, 3, 4, 9, 9, 9, 9])
        #expect(loaded.notes.map(\.text) == ["1 picture with no one emotion by the votes left out"])
        let agreement = dataset.labelAgreement(of: [0, 1])
        #expect(agreement?.count == 2 && agreement?.same == 0)
        #expect(abs((agreement?.meanMajority ?? 0) - 0.6) < 1e-6)

        let data = try FaceTrainingData(dataset, indices: [0, 1])
        var input = [Float](repeating: 0, count: 4), target = [Float](repeating: 0, count: 8)
        try! data.write(sample: 0, epoch: 0, input: &input, target: &target)
        let shares: [Float] = [3 / 9, 2 / 9, 0, 0, 0, 0, 4 / 9, 0]
        #expect(target == shares)
        try! data.write(sample: 0, epoch: nil, input: &input, target: &target)
        #expect(target == [0, 0, 0, 0, 0, 0, 1, 0])
    }

    @Test func drawnLabelsHaveTheirShares() throws {
        let dataset = try joined(
            Self.header + "Training,fer0000000.png,4,0,0,0,4,2,0,0,0,0\nTraining,,0,9,0,0,0,0,0,0,0,0\n"
                + "PublicTest,fer0000002.png,0,0,0,0,0,0,2,8,0,0\n", targets: .drawn
        ).dataset
        let data = try FaceTrainingData(dataset, indices: [0])
        var input = [Float](repeating: 0, count: 4), target = [Float](repeating: 0, count: 8)
        var counts = [Float](repeating: 0, count: 8)
        for epoch in 0..<2000 {
            try! data.write(sample: 0, epoch: epoch, input: &input, target: &target)
            #expect(target.reduce(0, +) == 1)
            for label in 0..<8 { counts[label] += target[label] / 2000 }
        }
        #expect(abs(counts[6] - 0.4) < 0.04 && abs(counts[0] - 0.4) < 0.04 && abs(counts[1] - 0.2) < 0.04)
    }

    @Test func fingerprintsTellVotesApart() throws {
        func fingerprint(_ votes: String, _ targets: VoteTargets = .distribution) throws -> String {
            try joined(
                Self.header + "Training,a.png,\(votes)\nTraining,b.png,0,9,0,0,0,0,0,0,0,0\n"
                    + "PublicTest,c.png,0,0,0,0,0,0,2,8,0,0\n", targets: targets
            ).dataset.fingerprint
        }
        let first = try fingerprint("4,0,0,0,4,2,0,0,0,0")
        #expect(try fingerprint("4,0,0,0,3,3,0,0,0,0") != first)
        #expect(try fingerprint("4,0,0,0,4,2,0,0,0,0", .drawn) != first)
        #expect(try fingerprint("4,0,0,0,4,2,0,0,0,0") == first)
    }

    @Test func badTablesNameTheirPlace() {
        func error(_ table: String) -> String { datasetError { try joined(table) } }
        #expect(error("a,b\n1,2\n").hasSuffix("votes.csv: row 1: no column 'neutral' of votes"))
        #expect(
            error(Self.header + "Training,a.png,4,0,0,x,4,2,0,0,0,0\n").hasSuffix("row 2: 'x' is no number of votes"))
        #expect(error(Self.header + "Training,a.png,4,0\n").hasSuffix("row 2: too short"))
        #expect(error(Self.header).hasSuffix("no rows with votes"))
        #expect(
            error(Self.header + "Training,a.png,4,0,0,0,4,2,0,0,0,0\nTraining,a.png,4,0,0,0,3,3,0,0,0,0\n")
                .hasSuffix("row 3: 'a.png' stands there twice, with other votes"))
        #expect(
            error(Self.header + "Training,a.png,4,0,0,2.5,4,2,0,0,0,0\n").hasSuffix(
                "row 2: '2.5' is no number of votes"))
        #expect(
            error(Self.header + "Training,a.png,4,0,0,0,4,2,0,0,0,0\n")
                .hasSuffix("no votes for row 3; a table of files and rows may be missing"))
    }

    @Test func tablesAsOthersWriteThem() throws {
        let rows = [
            "Training,a.png,4,0,0,1,3,2,0,0,0,0", "Training,,0,1,0,0,0,0,0,0,0,9",
            "PublicTest,c.png,0,0,0,0,0,0,2,8,0,0",
        ]
        let plain = Self.header + rows.joined(separator: "\n")
        let first = try joined(plain).dataset
        let others = [
            plain.replacing(",", with: ";"), plain.replacing(",", with: "\t"),
            "\u{FEFF}" + plain.replacing("\n", with: "\r\n"),
            // As pandas writes them.
            Self.header + rows.map { $0.replacing(#/,(\d+)/#) { ",\($0.output.1).0" } }.joined(separator: "\n"),
        ]
        for text in others {
            let dataset = try joined(text).dataset
            #expect(dataset.labels == first.labels && dataset.fingerprint == first.fingerprint, "\(text)")
        }
    }

    @Test func votesOfOtherPicturesAreRefused() throws {
        // The third picture is one of PublicTest, and the votes are for one of the training's.
        let shifted =
            Self.header
            + "Training,,1,0,0,0,0,0,0,0,0,9\nTraining,a.png,4,0,0,1,3,2,0,0,0,0\nTraining,b.png,0,8,0,0,0,0,2,0,0,0\n"
        #expect(
            datasetError { try joined(shifted) }.hasSuffix(
                "the votes for row 4 are for a picture of Training, and it is one of PublicTest: other pictures, or another order"
            ))

        // Pictures that are angry and happy by turns, and votes that say so of the next ones.
        func reading(shiftedBy shift: Int) throws -> FaceDataset {
            try withTemporaryFolder { folder in
                let pictures = (0..<120).map { "\($0 % 2 * 3),1 2 3 \($0),Training\n" }
                let votes = (0..<120).map {
                    ($0 + shift) % 2 == 0
                        ? "Training,a\($0).png,0,0,0,0,9,0,0,0,1,0\n" : "Training,a\($0).png,0,9,1,0,0,0,0,0,0,0\n"
                }
                var options = DatasetReadOptions(size: 2)
                options.votes = try FaceVotes(
                    reading: write(Self.header + votes.joined(), to: "\(folder)/votes.csv"))
                return try FaceDataset.read(
                    write("emotion,pixels,Usage\n" + pictures.joined(), to: "\(folder)/f.csv"), options: options,
                    threads: ThreadPool(threads: 1)
                ).dataset
            }
        }
        #expect(try reading(shiftedBy: 0).count == 120)
        #expect(
            datasetError { try reading(shiftedBy: 1) }.hasSuffix(
                "only 0 % of the pictures are labelled as most people voted: the votes are for other pictures, or in another "
                    + "order"))
    }

    @Test func modelsAreJudgedByVotes() throws {
        // A model that always says "neutral 50 %, angry 50 %"; the first of equals counts.
        let dataset = try joined(
            Self.header + "Training,a.png,4,0,0,0,4,2,0,0,0,0\nTraining,b.png,0,9,0,0,0,0,0,0,0,0\n"
                + "PublicTest,c.png,2,0,0,0,8,0,0,0,0,0\n"
        ).dataset
        let model = try Model(input: [2, 2, 1], seed: 1) {
            Flatten()
            Dense(8, activation: .softmax)
        }
        let index = try #require(model.weights.index(layer: "dense", name: "bias"))
        try model.weights.set(index, [10, 0, 0, 0, 0, 0, 10, 0])
        try model.weights.set(
            try #require(model.weights.index(layer: "dense", name: "kernel")), [Float](repeating: 0, count: 32))
        let card = ModelCard(classNames: FaceVotes.classNames, input: InputFormat(width: 2, height: 2, channels: 1))
        let evaluation = try Evaluation(
            of: try EmotionModel(model: model, card: card), on: dataset, indices: [2], split: .publicTest,
            threads: ThreadPool(threads: 1))
        let votes = try #require(evaluation.votes)
        #expect(evaluation.metrics.accuracy == 1)
        #expect(votes.majority.count == 1 && votes.majority.correct == 1 && votes.seenByTwo.correct == 1)
        #expect(votes.firstLabels.correct == 0 && votes.labelsThemselves.correct == 0)
        #expect(abs(votes.crossEntropy - log(2)) < 1e-3)
        #expect(abs(votes.voteEntropy - (0.2 * log(5) + 0.8 * log(1.25))) < 1e-6)
        #expect(abs(votes.oneVoter - 0.8) < 1e-6)
    }
}

extension VoteTests {
    @Test(.enabled(if: SharedData.hasFER2013, "FER2013 is not at hand; set FERMUSIC_SHARED_DATA"))
    func foldersAreJoinedByName() throws {
        let folder = "\(SharedData.folder)/fer2013"
        var options = DatasetReadOptions()
        options.votes = try FaceVotes(reading: "\(folder)/fer2013new.csv", names: "\(folder)/kaggle-rows.csv")
        let dataset = try FaceDataset.read(SharedData.fer2013, options: options, threads: ThreadPool()).dataset
        let test = dataset.indices(of: .publicTest)
        let agreement = try #require(dataset.labelAgreement(of: test))
        // Measured elsewhere, too: 65.4 % without contempt.
        #expect(agreement.count == test.count && (3_350...3_420).contains(test.count))
        #expect(abs(Double(agreement.same) / Double(agreement.count) - 0.65) < 0.01)
    }
}

extension VoteTests {
    /// The folders of FER+, with a label.csv without header and rectangles in quotes.
    @Test func foldersOfVotes() throws {
        try withTemporaryFolder { folder in
            for (part, rows) in [
                (
                    "FER2013Train",
                    [
                        "fer0000000.png,\"(0, 0, 48, 48)\",4,0,0,1,3,2,0,0,0,0",
                        "b.png,\"(0, 0, 48, 48)\",0,1,0,0,0,0,0,0,0,9",
                    ]
                ),
                ("FER2013Valid", ["fer0028638.png,\"(0, 0, 48, 48)\",0,0,0,0,0,0,2,8,0,0"]),
                ("FER2013Test", ["fer0032220.png,\"(0, 0, 48, 48)\",0,10,0,0,0,0,0,0,0,0"]),
            ] {
                try write(rows.joined(separator: "\n") + "\n", to: "\(folder)/data/\(part)/label.csv")
                for row in rows {
                    try write(TinyJPEG.bytes, to: "\(folder)/data/\(part)/\(row.prefix { $0 != "," })")
                }
            }
            for targets in [VoteTargets.distribution, .majority] {
                var options = DatasetReadOptions(size: 8)
                options.targets = targets
                let loaded = try FaceDataset.read(folder, options: options, threads: ThreadPool(threads: 1))
                #expect(loaded.dataset.classNames == FaceVotes.classNames)
                let dataset = loaded.dataset
                func labels(_ split: FaceDataset.Split) -> [UInt8] {
                    dataset.indices(of: split).map { dataset.labels[$0] }
                }
                #expect(labels(.training) == (targets == .majority ? [] : [6]))
                #expect(labels(.publicTest) == [7] && labels(.privateTest) == [3])
                #expect(loaded.notes.first?.text == "taken for FER+ by its label.csv")
                #expect(loaded.dataset.labelAgreement(of: [0]) != nil)
            }
        }
    }

    /// Folders and files named as people name them: `train`, `val` and `test`, files with their folder, in capitals,
    /// without rectangles.
    @Test func foldersOfVotesByOtherNames() throws {
        func reading(_ parts: [(folder: String, picture: String, row: String)]) throws -> FaceDataset {
            try withTemporaryFolder { folder in
                for part in parts {
                    try write(part.row + "\n", to: "\(folder)/data/\(part.folder)/label.csv")
                    try write(TinyJPEG.bytes, to: "\(folder)/data/\(part.folder)/\(part.picture)")
                }
                return try FaceDataset.read(
                    folder, options: DatasetReadOptions(size: 8), threads: ThreadPool(threads: 1)
                ).dataset
            }
        }
        let dataset = try reading([
            ("train", "a.png", "train/a.png,\"(0, 0, 48, 48)\",4,0,0,1,3,2,0,0,0,0"),
            ("val", "B.PNG", "b.png,0,0,0,0,0,0,2,8,0,0"),
            ("test", "c.png", "c.png,\"(0, 0, 48, 48)\",0.0,10.0,0,0,0,0,0,0,0,0"),
        ])
        #expect(dataset.classNames == FaceVotes.classNames)
        let labels = [FaceDataset.Split.training, .publicTest, .privateTest].map { split in
            dataset.indices(of: split).map { dataset.labels[$0] }
        }
        #expect(labels == [[6], [7], [3]])

        #expect(
            datasetError { try reading([("FER2013Train", "a.png", "z.png,\"(0, 0, 48, 48)\",4,0,0,1,3,2,0,0,0,0")]) }
                .hasSuffix("FER2013Train/label.csv: names none of the pictures beside it, such as a.png"))
        // Another table of that name: pictures without classes.
        #expect(
            datasetError { try reading([("train", "a.png", "a.png,1"), ("test", "b.png", "b.png,2")]) }.hasSuffix(
                "no class folders: the pictures lie in test, train themselves (expected train/<class>/*.jpg)"))
    }
}
