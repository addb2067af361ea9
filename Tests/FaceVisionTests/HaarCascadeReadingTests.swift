import FaceVision
import Randomness
import Testing

@Suite struct HaarCascadeReadingTests {
    private let text = SmallCascade.newFormat(SmallCascade.spot)

    private func read(_ text: String) throws -> HaarCascade { try HaarCascade(xml: Array(text.utf8), name: "c.xml") }

    private func failure(_ text: String) -> String {
        do {
            _ = try read(text)
            return "no error"
        } catch { return "\(error)" }
    }

    /// The same but for what readers take off thresholds.
    private func expectSame(_ a: HaarCascade, _ b: HaarCascade, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(a.windowWidth == b.windowWidth && a.windowHeight == b.windowHeight, sourceLocation: sourceLocation)
        #expect(a.stages.count == b.stages.count, sourceLocation: sourceLocation)
        for (x, y) in zip(a.stages, b.stages) {
            #expect(x.threshold == y.threshold - 1e-5, sourceLocation: sourceLocation)
            func plain(_ tree: [HaarCascade.Node], _ c: HaarCascade) -> [([HaarCascade.Feature], [Float], [Int])] {
                tree.map {
                    ([c.features[$0.feature]], [$0.threshold, $0.leftValue, $0.rightValue], [$0.left, $0.right])
                }
            }
            #expect(x.trees.count == y.trees.count, sourceLocation: sourceLocation)
            for (s, t) in zip(x.trees, y.trees) {
                let (p, q) = (plain(s, a), plain(t, b))
                #expect(p.count == q.count && zip(p, q).allSatisfy { $0 == $1 }, sourceLocation: sourceLocation)
            }
        }
    }

    @Test(arguments: [1, 5]) func bothFormats(nodes: Int) throws {
        let cascade = SmallCascade.random(seed: 3, width: 20, height: 16, nodes: nodes, tilted: true)
        expectSame(try read(SmallCascade.newFormat(cascade)), cascade)
        expectSame(try read(SmallCascade.oldFormat(cascade)), cascade)
    }

    @Test func numbersAsOpenCVWritesThem() throws {
        let cascade = try read(text.replacing("-1.0</_>", with: "-1.</_>").replacing(">0.6<", with: ">6.0e-001<"))
        expectSame(cascade, SmallCascade.spot)
    }

    @Test(arguments: [
        ("<height>12</height>", "", "line 4: not a usable cascade: <cascade> has no <height>"),
        ("<width>16</width>", "<width>2</width>", "line 7: not a usable cascade: a window of 2 x 12"),
        ("<width>16</width>", "<width>9000000000</width>", "line 7: not a usable cascade: a window of 9000000000 x 12"),
        ("<width>16</width>", "<width>1e1</width>", "line 7: not a usable cascade: '1e1' is not a whole number"),
        ("<width>16</width>", "<width>16 16</width>", "line 7: not a usable cascade: <width> is not one number"),
        ("<width>16</width>", "<width>600</width>", "sides of 3 to 512 and at most 33000 pixels are read"),
        (">HAAR<", ">LBP<", "line 5: not a usable cascade: features of type LBP; only HAAR is read"),
        ("opencv-cascade-classifier", "opencv-matrix", "is of type opencv-matrix, which is no cascade"),
        ("<?xml version=\"1.0\"?>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "line 1: not a usable cascade: document types"),
        ("<_>4 2 8 8 3.0</_>", "<_>4 2 13 8 3.0</_>", "line 29: not a usable cascade: a rectangle reaches beyond"),
        ("<_>4 2 8 8 3.0</_>", "<_>4 2 8 8</_>", "line 29: not a usable cascade: 4 numbers where x, y, width"),
        ("<_>4 2 8 8 3.0</_>", "<_>4 2 8 8 inf</_>", "line 29: not a usable cascade: 'inf' is not a usable number"),
        ("0 -1 0 0.6", "0 -1 7 0.6", "line 11: not a usable cascade: there is no feature 7"),
        ("0 -1 0 0.6", "0 -2 0 0.6", "line 11: not a usable cascade: there is no leaf 2"),
        ("0 -1 0 0.6", "1 -1 0 0.6", "line 11: not a usable cascade: node 0 leads to 1"),
        ("0 -1 0 0.6", "0 -1 0", "line 11: not a usable cascade: 3 numbers where four for each node"),
        ("-1.0 1.0</leafValues>", "-1.0</leafValues>", "line 13: not a usable cascade: 1 leaves for 1 nodes"),
        ("</stages>", "", "</cascade> ends <stages>"),
        ("</opencv_storage>", "", "the file ends inside <opencv_storage>; it may have been cut short"),
    ])
    func badText(old: String, new: String, expected: String) {
        #expect(text.contains(old), "\(text)")
        let message = failure(text.replacing(old, with: new, maxReplacements: 1))
        #expect(message.hasPrefix("c.xml, line ") && message.contains(expected), "\(message)")
    }

    @Test func everyBeginningIsRefused() {
        for end in 0..<(text.utf8.count - 2) {
            let part = Array(text.utf8.prefix(end))
            #expect(throws: HaarCascadeError.self) { try HaarCascade(xml: part) }
        }
    }

    @Test func treesThatGoRoundAreRefused() {
        let nodes = "<internalNodes>\n1 -0 0 0.5 0 -1 0 0.5</internalNodes>"
        let cascade = text.replacing("<internalNodes>\n0 -1 0 0.6</internalNodes>", with: nodes)
            .replacing("<leafValues>\n-1.0 1.0</leafValues>", with: "<leafValues>\n1 2 3</leafValues>")
        #expect(failure(cascade).contains("leaves for 1 nodes"))
        let round = cascade.replacing("0 -1 0 0.5<", with: "1 -1 0 0.5<")
        #expect(failure(round).contains("node 1 leads to 1; a tree must lead to later nodes of its own"))
    }

    @Test func hugeAndDeepTextsAreRefused() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(failure(deep).contains("nested deeper than 32"))
        let many = "<opencv_storage>" + String(repeating: "<a/>", count: 600_000) + "</opencv_storage>"
        #expect(failure(many).contains("more than 500000 elements"))
        let words = text.replacing("0 -1 0 0.6", with: String(repeating: "0 ", count: 5_000))
        #expect(failure(words).contains("more than 1000 words"))
        let long = "<" + String(repeating: "a", count: 1000) + ">"
        #expect(failure(long).contains("a name longer than 64 bytes"))
        #expect(throws: HaarCascadeError.self) { try HaarCascade(xml: [UInt8](repeating: 32, count: 17 << 20)) }
    }

    @Test func filesThatAreNotThere() {
        #expect(throws: HaarCascadeError.cannotRead(path: "/no/such.xml", reason: "No such file or directory")) {
            try HaarCascade(contentsOf: "/no/such.xml")
        }
        #expect(throws: HaarCascadeError.cannotRead(path: "/tmp", reason: "is a folder")) {
            try HaarCascade(contentsOf: "/tmp")
        }
        do {
            _ = try HaarCascade.find("no-such-cascade.xml")
            Issue.record("found")
        } catch { #expect("\(error)".contains("apt-get install opencv-data")) }
    }

    /// Whatever is changed, reading answers with a cascade that can be used, or with an error.
    @Test(arguments: [false, true]) func mutations(old: Bool) throws {
        let cascade = SmallCascade.random(seed: 9, width: 12, height: 10, nodes: 3, tilted: true, stages: 2)
        let original = Array((old ? SmallCascade.oldFormat(cascade) : SmallCascade.newFormat(cascade)).utf8)
        var numbers = RandomGenerator(seed: 77)
        let image = Image(
            width: 40, height: 30, pixels: (0..<1200).map { _ in UInt8.random(in: 0...255, using: &numbers) })
        var accepted = 0
        for _ in 0..<3000 {
            let bytes = numbers.mutate(original)
            guard let cascade = try? HaarCascade(xml: bytes) else { continue }
            accepted += 1
            let detector = try HaarCascadeDetector(cascade: cascade, options: .init(scaleFactor: 1.3))
            _ = try? detector.detect(in: image)
        }
        #expect(accepted > 50)
    }
}

extension RandomGenerator {
    /// One to three bytes changed, taken away or put in, or a part copied elsewhere.
    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        let likely = Array("0123456789.-<>/_ \"e!&\0".utf8)
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            switch UInt8.random(in: 0..<4, using: &self) {
            case 0: bytes[place] = likely.randomElement(using: &self)!
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(likely.randomElement(using: &self)!, at: place)
            default:
                let end = min(bytes.count, place + Int.random(in: 1...80, using: &self))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0..<bytes.count, using: &self))
            }
        }
        return bytes
    }
}
