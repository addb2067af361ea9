import EmotionRecognition
import Testing

@Suite struct DatasetAuditTests {
    /// Synthetic faces with planted faults at the end.
    func planted() -> FaceDataset {
        let faces = SyntheticFaces(seed: 8).dataset(training: 140, test: 35)
        var dataset = FaceDataset()
        func add(_ pixels: [UInt8], _ label: Int, _ split: FaceDataset.Split, _ name: String) {
            pixels.withUnsafeBufferPointer { try! dataset.append($0, label: label, split: split, name: name) }
        }
        for i in 0..<faces.count { add(Array(faces.image(i)), Int(faces.labels[i]), faces.splits[i], "face \(i)") }
        let noisy = { (index: Int) in
            faces.image(index).enumerated().map { UInt8(clamping: Int($1) + [2, -1, 3, 0, -2][$0 % 5]) }
        }
        add(Array(faces.image(3)), Int(faces.labels[3]), .training, "copy of 3")
        add(Array(faces.image(3)), Int(faces.labels[3]), .training, "second copy of 3")
        add(Array(faces.image(10)), (Int(faces.labels[10]) + 1) % 7, .publicTest, "copy of 10")
        add(noisy(20), Int(faces.labels[20]), .privateTest, "like 20")
        add(.init(repeating: 77, count: 2304), 6, .training, "grey")
        add(.init(repeating: 0, count: 2304), 6, .training, "black")
        return dataset
    }

    @Test func findsWhatWasPlanted() throws {
        let audit = DatasetAudit(
            planted(), skipped: [.badRow(path: "f.csv", row: 7, reason: "3 pixels instead of 2304")])
        #expect(audit.count == 181)
        #expect(audit.classCounts["Training"]!.reduce(0, +) == 144)
        #expect(audit.classCounts["PublicTest"]!.reduce(0, +) == 36)
        #expect(audit.classCounts["PrivateTest"]!.reduce(0, +) == 1)
        #expect(
            audit.exactDuplicates.map { $0.items.map(\.name) } == [
                ["face 3", "copy of 3", "second copy of 3"], ["face 10", "copy of 10"],
            ])
        #expect(audit.exactDuplicates.map(\.acrossSplits) == [false, true])
        #expect(audit.exactDuplicates.map(\.conflictingLabels) == [false, true])
        #expect(audit.nearDuplicates.map { $0.items.map(\.name) } == [["face 20", "like 20"]])
        #expect(audit.nearDuplicates.map(\.acrossSplits) == [true])
        #expect(audit.blank.map(\.name) == ["grey", "black"])
        #expect(audit.unreadable == ["f.csv: row 7: 3 pixels instead of 2304"])
        #expect(!audit.isClean)
    }

    @Test func aCleanSetIsClean() {
        #expect(DatasetAudit(SyntheticFaces(seed: 8).dataset(training: 140, test: 35)).isClean)
        #expect(DatasetAudit(FaceDataset()).isClean)
    }

    @Test func printsTheFindings() {
        let lines = DatasetAudit(planted()).lines(examples: 1)
        #expect(lines[0].hasPrefix("181 pictures of 48 x 48, fingerprint "))
        #expect(lines[2] == "class     Training  PublicTest  PrivateTest       all")
        #expect(lines[10] == "all            144          36            1       181")
        #expect(lines[12] == "exact duplicates: 3 in 2 groups; 1 across splits, 1 with different labels")
        #expect(lines[13] == "  face 10 (happy, Training) = copy of 10 (sad, PublicTest)")
        #expect(lines[14] == "  ... and 1 more")
        #expect(lines[15] == "near duplicates: 1 in 1 group; 1 across splits, 0 with different labels")
        #expect(DatasetAudit(planted()).lines(examples: 9)[14].hasPrefix("  face 3 ("))
        #expect(lines.last == "unreadable: 0")
    }
}
