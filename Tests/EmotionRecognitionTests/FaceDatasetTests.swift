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
