import EmotionRecognition
import FaceVision
import NeuralNet
import NeuralNetTraining
import Testing
import Threads

/// Several processes, here threads, that read one data set by parts: each gets what one alone would have read.
@Suite struct SharedReadingTests {
    /// What each rank reads or throws; `path` may differ by rank.
    private func read(
        _ ranks: Int, size: Int, skipsBad: Bool = true, _ path: @escaping @Sendable (Int) -> String
    ) -> [Result<LoadedDataset, any Error>] {
        let results = Guarded<[Int: Result<LoadedDataset, any Error>]>([:])
        let threads = LocalTeam(ranks).members.map { member in
            WorkerThread {
                var options = DatasetReadOptions(size: size, skipsBad: skipsBad)
                options.communicator = member
                let result = Result {
                    try FaceDataset.read(path(member.rank), options: options, threads: ThreadPool(threads: 1))
                }
                results.withLock { $0[member.rank] = result }
            }
        }
        for thread in threads { thread.join() }
        return results.withLock { results in (0..<ranks).map { results[$0]! } }
    }

    private func alone(_ path: String, size: Int, skipsBad: Bool = true) throws -> LoadedDataset {
        try FaceDataset.read(
            path, options: .init(size: size, skipsBad: skipsBad), threads: ThreadPool(threads: 1))
    }

    private func expectSame(_ a: LoadedDataset, _ b: LoadedDataset, _ comment: String) {
        let x = a.dataset, y = b.dataset
        #expect(x.fingerprint == y.fingerprint && x.pixels == y.pixels && x.labels == y.labels, "\(comment)")
        #expect(x.splits == y.splits && x.names == y.names && x.classNames == y.classNames, "\(comment)")
        #expect(a.skipped.map { "\($0)" } == b.skipped.map { "\($0)" }, "\(comment)")
        #expect(a.notes.map { "\($0)" } == b.notes.map { "\($0)" }, "\(comment)")
    }

    @Test(arguments: FaceDatasetCSVTests.variants.map(\.name)) func everyKindOfTable(name: String) throws {
        let text = FaceDatasetCSVTests.variants.first { $0.name == name }!.text
        try withTemporaryFolder { folder in
            let path = try write(text, to: folder + "/f.csv"), one = try alone(path, size: 2)
            for ranks in [2, 3, 5] {
                for result in read(ranks, size: 2, { _ in path }) {
                    expectSame(try result.get(), one, "\(ranks) \(name)")
                }
            }
        }
    }

    /// Rows of different lengths, blank and bad ones, words as labels, other classes; parts begin anywhere.
    @Test(arguments: ["\n", "\r\n"]) func longTables(end: String) throws {
        let words = ["happy", "angry", "Sadness", "joy", "contempt", "fear", "3", "neutral"]
        var lines = ["label,pixels,split", ""]
        for i in 0..<400 {
            if i % 41 == 7 { lines.append("") }
            if i % 53 == 9 { lines.append("happy,1 2 300 4,train") }
            let usage = i % 5 == 0 ? "valid" : i % 7 == 0 ? "test" : "train"
            // The kind that only later rows have.
            let word = words[i < 300 ? i % 4 : i % 8]
            lines.append("\(word),\(i % 256) \(i * 7 % 256) \(i * i % 256) 0,\(usage)")
        }
        try withTemporaryFolder { folder in
            let path = try write(lines.joined(separator: end), to: folder + "/f.csv"), one = try alone(path, size: 2)
            #expect(one.dataset.count == 400 && one.skipped.count == 8)
            for ranks in 2...8 {
                for result in read(ranks, size: 2, { _ in path }) { expectSame(try result.get(), one, "\(ranks)") }
            }
            let strict = datasetError { try alone(path, size: 2, skipsBad: false) }
            for (rank, result) in read(3, size: 2, skipsBad: false, { _ in path }).enumerated() {
                // The others have found bad rows of their own.
                let said = datasetError { try result.get() }
                #expect(rank == 0 ? said == strict : said.contains("pixel 3 is above 255"))
            }
        }
    }

    private func picture(_ tone: Int) -> [UInt8] {
        ImageFile.encodePNG(Image(width: 6, height: 6, pixels: (0..<36).map { UInt8((tone * 5 + $0 * 3) % 256) }))
    }

    @Test func folders() throws {
        try withTemporaryFolder { folder in
            for i in 0..<23 {
                let name = ["happy", "sad", "fear"][i % 3], split = i % 4 == 0 ? "test" : "train"
                try write(i == 11 ? [1, 2, 3] : picture(i), to: "\(folder)/\(split)/\(name)/\(i).png")
            }
            let one = try alone(folder, size: 6)
            #expect(one.dataset.count == 22 && one.skipped.count == 1)
            for ranks in [2, 3, 7] {
                for result in read(ranks, size: 6, { _ in folder }) { expectSame(try result.get(), one, "\(ranks)") }
            }
            for result in read(3, size: 6, skipsBad: false, { _ in folder }) {
                #expect(datasetError { try result.get() }.contains("11.png"))
            }
        }
    }

    /// One byte of one picture is enough, wherever it is, if anybody would have read it.
    @Test func otherDataAtOneRankAreNamed() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<60).map { "3,\($0 + 10) 20 30 40,Training" }
            func table(_ changed: Int?) -> String {
                var rows = rows
                if let changed { rows[changed] = rows[changed].replacing("20", with: "21") }
                return "emotion,pixels,Usage\n" + rows.joined(separator: "\n") + "\n"
            }
            let right = try write(table(nil), to: folder + "/right.csv")
            let wanted = try alone(right, size: 2)
            for changed in [0, 21, 39, 40, 59] {
                let wrong = try write(table(changed), to: "\(folder)/\(changed).csv")
                for (rank, result) in read(3, size: 2, { $0 == 1 ? wrong : right }).enumerated() {
                    // Rank 1 parses the second third and compares the last one.
                    if changed >= 20 {
                        let said = datasetError { try result.get() }
                        #expect(said.hasPrefix("rank 1: it has another data set than rank 0: "), "\(rank) \(said)")
                    } else {
                        expectSame(try result.get(), wanted, "unread")
                    }
                }
            }
            let longer = try write(table(nil) + "3,1 2 3 4,Training\n", to: folder + "/longer.csv")
            for result in read(2, size: 2, { $0 == 1 ? longer : right }) {
                #expect(datasetError { try result.get() }.hasPrefix("rank 1: it has another data set than rank 0: "))
            }
            for result in read(2, size: 2, { $0 == 1 ? folder + "/nothing" : right }) {
                #expect(datasetError { try result.get() }.contains("nothing: No such file"))
            }
            for result in read(2, size: 2, { $0 == 1 ? folder : right }) {
                #expect(
                    datasetError { try result.get() }
                        == "rank 1: it has another data set than rank 0: a folder, not a table")
            }
        }
    }
}
