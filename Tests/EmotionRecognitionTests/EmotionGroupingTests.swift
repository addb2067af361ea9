import EmotionRecognition
import Emotions
import Testing

@Suite struct EmotionGroupingTests {
    private func error(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func fileIsRead() throws {
        try withTemporaryFolder { folder in
            let path = try write("# moods\n good = happy , surprise\nbad=angry,sad # both\n\n", to: "\(folder)/groups")
            let grouping = try EmotionGrouping(reading: path)
            #expect(
                grouping.groups == [
                    .init(name: "good", classes: ["happy", "surprise"]), .init(name: "bad", classes: ["angry", "sad"]),
                ])
        }
    }

    /// As editors on Windows write it.
    @Test func linesMayEndWithTwoCharactersAndBeginWithAMark() throws {
        try withTemporaryFolder { folder in
            let text = "\u{FEFF}# moods\r\ngood = happy, surprise\r\n\r\nbad = angry\r\n"
            let grouping = try EmotionGrouping(reading: write(text, to: "\(folder)/groups"))
            #expect(grouping.groups.map(\.name) == ["good", "bad"])
            #expect(grouping.groups.map(\.classes) == [["happy", "surprise"], ["angry"]])
            let wrong = try write("good = happy\r\n\r\nbad\r\n", to: "\(folder)/wrong")
            #expect(
                error { _ = try EmotionGrouping(reading: wrong) }
                    == "\(wrong): line 3: expected 'name = class, class'")
        }
    }

    /// A selection leaves out what is not among its emotions, however the model calls them.
    @Test func selectionsRestrict() throws {
        let seven = FaceDataset.standardClassNames, eight = seven + ["Contempt"]
        #expect(EmotionSelection.allCases.map(\.emotions.count) == [5, 7, 8])
        #expect(EmotionGrouping.five.groups.map(\.name) == ["angry", "happy", "sad", "surprise", "neutral"])
        #expect(try EmotionGrouping(.five, of: seven) == .five)
        #expect(try EmotionGrouping(.seven, of: seven) == nil && EmotionGrouping(.eight, of: seven) == nil)
        #expect(try EmotionGrouping(.seven, of: eight)?.groups.map(\.name) == seven)
        #expect(try EmotionGrouping(.eight, of: eight) == nil)
        #expect(try EmotionGrouping(.five, of: ["joy", "fear", "sad"])?.groups.map(\.name) == ["joy", "sad"])
        #expect(
            error { _ = try EmotionGrouping(.five, of: ["cat", "joy"]) }
                == "of the model's classes cat, joy only 1 are among the five emotions")
    }

    @Test func mistakesNameFileAndLine() throws {
        try withTemporaryFolder { folder in
            for (text, message) in [
                ("good = happy\nbad\n", "line 2: expected 'name = class, class'"),
                ("good = happy\n", "at least two groups are needed"),
                ("a = happy\na = sad\n", "'a' comes twice"),
                ("a = happy\nb = happy\n", "'happy' is in two groups"),
            ] {
                let path = try write(text, to: "\(folder)/groups")
                #expect(error { _ = try EmotionGrouping(reading: path) } == "\(path): \(message)")
            }
            #expect(
                error { _ = try EmotionGrouping(reading: "\(folder)/none") }
                    == "\(folder)/none: cannot read the groups: No such file or directory")
        }
    }

    @Test func readerGivesGroups() throws {
        let recogniser = try LiveFixture.recogniser()
        var options = FaceReader.Options()
        options.grouping = try EmotionGrouping([
            .init(name: "good", classes: ["happy", "surprise"]), .init(name: "bad", classes: ["angry", "sad", "fear"]),
        ])
        let plain = try FaceReader(recogniser, detector: nil).read(LiveFixture.face(3))[0].probabilities
        let reader = try FaceReader(recogniser, detector: nil, options: options)
        #expect(reader.classNames == ["good", "bad"])
        let grouped = try reader.read(LiveFixture.face(3))[0].probabilities
        let good = plain[3] + plain[5], bad = plain[0] + plain[4] + plain[2]
        #expect(abs(grouped[0] - good / (good + bad)) < 1e-4)
        #expect(abs(grouped[0] + grouped[1] - 1) < 1e-5)
        options.grouping = try EmotionGrouping([
            .init(name: "a", classes: ["calm"]), .init(name: "b", classes: ["sad"]),
        ])
        #expect(error { _ = try FaceReader(recogniser, detector: nil, options: options) }.contains("no class 'calm'"))
    }

    @Test func fiveLeaveDisgustAndFearOut() {
        #expect(EmotionGrouping.five.groups.map(\.name) == ["angry", "happy", "sad", "surprise", "neutral"])
    }
}
