import EmotionRecognition
import FaceVision
import Files
import Glibc
import Testing
import Threads

/// The real data set, where it is at hand: `FERMUSIC_SHARED_DATA`, else `../shared/data` beside the package.
enum SharedData {
    static let folder: String = {
        if let path = getenv("FERMUSIC_SHARED_DATA") { return String(cString: path) }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/data"
    }()

    static var fer2013: String { "\(folder)/fer2013/fer2013-images.tar.gz" }

    static var hasFER2013: Bool { access(fer2013, R_OK) == 0 }
}

@Suite struct FER2013Tests {
    @Test(.enabled(if: SharedData.hasFER2013, "FER2013 is not at hand; set FERMUSIC_SHARED_DATA"))
    func countsAndBothForms() throws {
        let threads = ThreadPool()
        try withTemporaryFolder { folder in
            try run("/bin/tar", ["-xzf", SharedData.fer2013, "-C", folder])
            let top = try #require(FolderTree.names(in: folder).first)
            let path = FolderTree.names(in: folder).count == 1 ? "\(folder)/\(top)" : folder
            var start = seconds()
            let images = try FaceDataset.read(path, threads: threads).dataset
            print("folders: \(images.count) images read in \(seconds() - start) s")
            #expect(images.size == 48)
            #expect(images.indices(of: .training).count == 28_709)
            #expect(images.indices(of: .publicTest).count == 3_589)
            #expect(images.indices(of: .privateTest).isEmpty)
            let training = images.indices(of: .training)
            let counts = (0..<7).map { label in training.count { Int(images.labels[$0]) == label } }
            #expect(counts == [3_995, 436, 4_097, 7_215, 4_830, 3_171, 4_965])

            // The orders that the recipes of the shipped models were used with can be had.
            let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let orders = [images.trainingFingerprint, images.sortedByFileName.trainingFingerprint]
            for (name, order) in [("cnn", 0), ("vgg", 1), ("mini-xception", 0)] {
                let recipe = try RecipeFile(reading: "\(root)/Recipes/fer2013-\(name).json")
                #expect(recipe.dataFingerprint == orders[order], "\(name)")
            }

            try images.writeCSV("\(folder)/fer2013.csv")
            var status = stat()
            stat("\(folder)/fer2013.csv", &status)
            start = seconds()
            let rows = try FaceDataset.read("\(folder)/fer2013.csv", threads: threads).dataset
            let speed = Double(status.st_size) / 1e6 / (seconds() - start)
            print("CSV: \(status.st_size / 1_000_000) MB parsed at \(Int(speed)) MB/s")
            #expect(rows.pixels == images.pixels)
            #expect(rows.labels == images.labels)
            #expect(rows.splits == images.splits)

            start = seconds()
            let audit = DatasetAudit(images)
            print("audit: \(seconds() - start) s")
            print(audit.lines(examples: 3).joined(separator: "\n"))
            #expect(audit.exactDuplicates.count > 100)  // the data set is known for them
            #expect(!audit.blank.isEmpty)
        }
    }

    private func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Runs a program and waits for it.
    private func run(_ program: String, _ arguments: [String]) throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        try #require(posix_spawn(&process, program, nil, nil, &pointers, environ) == 0)
        var status: Int32 = 0
        try #require(waitpid(process, &status, 0) == process && status == 0)
    }
}
