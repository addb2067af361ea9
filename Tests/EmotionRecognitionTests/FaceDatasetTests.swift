import EmotionRecognition
import Testing

@Suite struct FaceDatasetTests {
    @Test func stratifiedSplitKeepsShares() {
        var items: [(tones: [UInt8], label: Int, split: FaceDataset.Split)] = []
        for i in 0..<200 {
            items.append((.init(repeating: UInt8(i), count: 16), i < 150 ? 3 : i < 190 ? 0 : 6, .training))
        }
        let dataset = smallDataset(items)
        let all = dataset.indices(of: .training)
        let (rest, part) = dataset.stratifiedSplit(all, fraction: 0.1, seed: 5)
        #expect(part.count == 20)
        #expect([3, 0, 6].map { label in part.count { dataset.labels[$0] == label } } == [15, 4, 1])
        #expect((rest + part).sorted() == all)
        #expect(rest == rest.sorted() && part == part.sorted())
        #expect(dataset.stratifiedSplit(all, fraction: 0.1, seed: 5).part == part)
        #expect(dataset.stratifiedSplit(all, fraction: 0.1, seed: 6).part != part)
        #expect(dataset.stratifiedSplit(all, fraction: 0, seed: 5).part.isEmpty)
        #expect(dataset.stratifiedSplit(all, fraction: 1, seed: 5).rest.isEmpty)
    }

    @Test func fingerprintNoticesEveryChange() {
        let tones = (0..<16).map { UInt8($0 * 3) }
        let base = smallDataset([(tones, 1, .training), (tones.reversed(), 2, .publicTest)])
        #expect(base.fingerprint.count == 16)
        let same = smallDataset([(tones, 1, .training), (tones.reversed(), 2, .publicTest)])
        #expect(base.fingerprint == same.fingerprint)
        var prints: Set = [base.fingerprint]
        for i in 0..<16 {
            for bit in 0..<8 {
                var changed = tones
                changed[i] ^= 1 << UInt8(bit)
                prints.insert(smallDataset([(changed, 1, .training), (tones.reversed(), 2, .publicTest)]).fingerprint)
            }
        }
        prints.insert(smallDataset([(tones, 3, .training), (tones.reversed(), 2, .publicTest)]).fingerprint)
        prints.insert(smallDataset([(tones, 1, .privateTest), (tones.reversed(), 2, .publicTest)]).fingerprint)
        prints.insert(smallDataset([(tones.reversed(), 1, .training), (tones, 2, .publicTest)]).fingerprint)
        prints.insert(smallDataset([(tones, 1, .training)]).fingerprint)
        #expect(prints.count == 1 + 128 + 4)
    }

    @Test func runsDoNotSeePrivateTest() {
        let tones = (0..<16).map { UInt8($0 * 3) }
        let seen: [(tones: [UInt8], label: Int, split: FaceDataset.Split)] = [
            (tones, 1, .training), (tones.reversed(), 2, .publicTest),
        ]
        let whole = smallDataset([seen[0], (tones, 4, .privateTest), seen[1]]), part = smallDataset(seen)
        #expect(part.trainingFingerprint == part.fingerprint)
        #expect(whole.trainingFingerprint == part.fingerprint && whole.fingerprint != part.fingerprint)
    }

    @Test func orderOfFileNames() throws {
        var dataset = FaceDataset(size: 2)
        for (name, split) in [
            ("x/test/sad/b_1.jpg", FaceDataset.Split.publicTest), ("x/train/sad/c_2.jpg", .training),
            ("x/train/angry/c_1.jpg", .training), ("x/test/happy/a_9.jpg", .publicTest), ("row 7", .training),
        ] {
            let tones = [UInt8](repeating: UInt8(dataset.count), count: 4)
            try tones.withUnsafeBufferPointer { try dataset.append($0, label: dataset.count, split: split, name: name) }
        }
        let sorted = dataset.sortedByFileName
        #expect(sorted.labels == [2, 1, 4, 3, 0])
        #expect(sorted.splits == [.training, .training, .training, .publicTest, .publicTest])
        #expect(sorted.pixels == [2, 1, 4, 3, 0].flatMap { [UInt8](repeating: $0, count: 4) })
    }

    @Test func splitNames() {
        for (name, split) in [
            ("Training", FaceDataset.Split.training), ("TRAIN", .training), ("test", .publicTest),
            ("validation", .publicTest), ("PublicTest", .publicTest), ("privatetest", .privateTest),
        ] {
            #expect(FaceDataset.Split(name: name) == split)
        }
        #expect(FaceDataset.Split(name: "holiday") == nil)
    }
}
