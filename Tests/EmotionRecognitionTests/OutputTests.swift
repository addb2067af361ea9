import EmotionRecognition
import FaceVision
import JSON
import Testing

@Suite struct OutputTests {
    private let names = ["happy", "sad, or \"blue\""]

    private func result(_ time: Double, _ labels: [Int], changed: Int = 0) -> FrameResult {
        let faces = labels.enumerated().map { index, label in
            FaceReading(
                identity: index + 1, box: Rectangle(x: 10.04, y: 20, width: 30, height: 40), score: 0.9876,
                probabilities: label == 0 ? [0.75, 0.25] : [0.25, 0.75], label: label, warnings: [.small, .dark])
        }
        return FrameResult(
            source: "a,b.mp4", index: Int(time * 10), time: time, faces: faces, group: GroupMood(faces),
            events: (0..<changed).map { .moodChanged(identity: $0, from: 0, to: 1) }, timing: FrameTiming())
    }

    @Test func tableHasARowPerFace() {
        let table = FrameCSV(classNames: names)
        #expect(
            table.header
                == "source,time,frame,track,x,y,width,height,label,confidence,uncertain,warnings,score,"
                + "happy,\"sad, or \"\"blue\"\"\""
        )
        let rows = table.rows(result(1.5, [0, 1]))
        #expect(rows.count == 2)
        #expect(rows[0] == "\"a,b.mp4\",1.500,15,1,10.0,20.0,30.0,40.0,happy,0.7500,0,small dark,0.9876,0.7500,0.2500")
        #expect(table.rows(result(0, [])).isEmpty)
    }

    @Test func jsonHasTheAgreedNames() throws {
        let writer = FrameJSON(classNames: names)
        let value = try JSONValue(parsing: writer.value(result(0.5, [1], changed: 1)).text())
        guard case .object(let fields) = value, case .array(let faces)? = fields["faces"],
            case .object(let face)? = faces.first, case .object(let box)? = face["box"]
        else {
            Issue.record("\(value)")
            return
        }
        #expect(
            Set(fields.keys) == [
                "source", "frame", "time", "width", "height", "faces", "group", "events", "timing",
            ])
        #expect(
            Set(face.keys) == [
                "box", "emotion", "confidence", "probabilities", "mood", "uncertain", "warnings", "track", "detected",
                "landmarks", "score",
            ])
        #expect(Set(box.keys) == ["x", "y", "width", "height"])
        #expect(face["emotion"] == .string(names[1]) && face["score"] == 0.9876)
        // The user's own groups are nowhere on the map of moods.
        let placed = FrameJSON(classNames: names) { _ in (0.5, 0.5) }
        #expect(face["mood"] == .null && placed.value(result(0, [1]).faces[0])["mood"] == .null)
        #expect(
            fields["events"]?.arrayValue?.first
                == ["kind": "mood-changed", "track": 0, "from": .string(names[0]), "to": .string(names[1])])
    }

    @Test func moodsLieWhereTheMapSays() {
        let writer = FrameJSON(classNames: ["Happiness", "sadness"]) { ($0[.happy], $0[.sad]) }
        let face = result(0, [0]).faces[0]
        #expect(writer.value(face)["mood"] == ["valence": 0.75, "energy": 0.25])
    }

    @Test func subtitlesChangeWithTheMood() {
        var subtitles = MoodSubtitles(classNames: names)
        for (time, labels) in [(0.0, []), (0.5, [0]), (1, [0]), (3661.5, [1, 0]), (3662, [])] {
            subtitles.add(result(time, labels))
        }
        subtitles.finish()
        #expect(
            subtitles.text == """
                1
                00:00:00,500 --> 01:01:01,500
                happy

                2
                01:01:01,500 --> 01:01:02,000
                1: sad, or "blue", 2: happy


                """)
        var last = MoodSubtitles(classNames: names)
        last.add(result(0, [0]))
        last.add(result(0.1, [0]))
        last.finish()
        #expect(last.text.contains("00:00:00,000 --> 00:00:00,200"), "the last frame is shown too")
    }

    @Test func sharesAreOfTime() {
        var summary = MoodSummary(classNames: names)
        // Three seconds happy, one sad, then a pause that counts one second at most.
        for index in 0...30 { summary.add(result(Double(index) / 10, [0])) }
        for index in 31...40 { summary.add(result(Double(index) / 10, [1], changed: index == 31 ? 1 : 0)) }
        #expect(abs(summary.shares[0] - 0.75) < 1e-9)
        summary.add(result(100, []))
        #expect(summary.duration == 100 && summary.changes == 1 && summary.mostFaces == 1)
        #expect(summary.frames == 42 && summary.framesWithFaces == 41)
    }

    /// Where frames say how long they last, the seconds of all labels add up to the whole, pauses included.
    @Test func lengthsAddUp() {
        var summary = MoodSummary(classNames: names)
        for (time, length, label) in [(0, 0.5, 0), (0.5, 10, 1), (10.5, 0.04, 0)] as [(Double, Double, Int)] {
            var made = result(time, [label])
            made.duration = length
            summary.add(made)
        }
        #expect(abs(summary.duration - 10.54) < 1e-9)
        #expect(abs(summary.labelSeconds.reduce(0, +) - summary.duration) < 1e-9)
        #expect(abs(summary.labelSeconds[1] - 10) < 1e-9)
        var subtitles = MoodSubtitles(classNames: names)
        var only = result(0, [0])
        only.duration = 2.5
        subtitles.add(only)
        subtitles.finish()
        #expect(subtitles.text.contains("00:00:00,000 --> 00:00:02,500"))
    }

    private func result(_ source: String, _ time: Double, _ labels: [Int]) -> FrameResult {
        var made = result(time, labels)
        made.source = source
        return made
    }

    /// Two clips of a second, the second one played twice, then two photos that count a second each.
    @Test func videosAndPicturesFollowEachOther() {
        var summary = MoodSummary(classNames: names)
        for (source, label) in [("a", 0), ("b", 1), ("b", 1)] {
            for index in 0..<25 { summary.add(result(source, Double(index) / 25, [label])) }
        }
        #expect(abs(summary.duration - 2.96) < 1e-9)
        #expect(abs(summary.shares[0] - 1 / 3.0) < 1e-9)
        summary.add(picture: result("c", 0, [0]))
        summary.add(picture: result("d", 0, []))
        #expect(abs(summary.duration - 5) < 1e-9)
        #expect(summary.frames == 77 && summary.pictures == 2 && summary.framesWithFaces == 76)
        let svg = summary.svg(title: "x")
        #expect(svg.contains("5.0 s, 75 frames and 2 pictures, a face in 98.7 % of them"), "\(svg.prefix(900))")
    }

    @Test func picturesAloneHaveShares() {
        var summary = MoodSummary(classNames: names)
        for (index, labels) in [[0], [0, 1], [], [0]].enumerated() {
            summary.add(picture: result("\(index).jpg", 0, labels))
        }
        #expect(summary.shares == [0.75, 0.25])
        let svg = summary.svg(title: "x")
        #expect(svg.contains("4 pictures, a face in 75.0 % of them, at most 2 at once<"))
        #expect(svg.contains("Picture by picture") && !svg.contains(" s<"))
    }

    @Test func hoursStayASmallPicture() {
        var summary = MoodSummary(classNames: names)
        for second in 0..<20_000 { summary.add(result(Double(second), [second % 7000 < 3500 ? 0 : 1])) }
        let svg = summary.svg(title: "<long> & \"old\"")
        #expect(svg.utf8.count < 500_000)
        #expect(svg.contains("&lt;long&gt; &amp;") && svg.contains("5:33:19") && !svg.contains("nan"))
        #expect(MoodSummary(classNames: names).svg(title: "empty").hasSuffix("</svg>\n"))
    }

    @Test func annotationStaysInsideThePicture() {
        let image = Image(width: 64, height: 48, pixels: [UInt8](repeating: 100, count: 64 * 48))
        var faces = result(0, [0, 1]).faces
        faces[0].box = Rectangle(x: -30, y: -20, width: 200, height: 200)
        faces[0].probabilities = [.nan, .nan]
        faces[1].box = Rectangle(x: .infinity, y: .nan, width: 10, height: 10)
        faces[1].landmarks = FaceLandmarks(
            leftEye: Point(x: -1e9, y: 3), rightEye: Point(x: 5, y: 5), nose: Point(x: .nan, y: 0),
            mouthLeft: Point(x: 63, y: 47), mouthRight: Point(x: 64, y: 48))
        let drawn = FaceAnnotator.annotate(image, faces, classNames: names)
        #expect(drawn.channels == 3 && drawn.width == 64 && drawn.pixels != image.rgb.pixels)
        #expect(FaceAnnotator.annotate(image, [], classNames: names).pixels == image.rgb.pixels)
    }
}
