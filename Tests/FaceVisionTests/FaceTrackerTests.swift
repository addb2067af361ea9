import FaceVision
import Randomness
import Testing

/// Answers with the faces that a script puts into each frame.
private final class ScriptedDetector: FaceDetector {
    var faces: [Rectangle] = []
    var confidences: [Double] = []
    var sureConfidence = 0.0
    var certainConfidence = Double.infinity
    var regions: [Rectangle?] = []
    var tilt: Double?

    func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        regions.append(region)
        return faces.enumerated().filter { _, face in
            region.map { $0.intersection(face).area > face.area * 0.99 } ?? true
        }.map { DetectedFace(box: $1, confidence: confidences.isEmpty ? 1 : confidences[$0], tilt: tilt) }
    }
}

@Suite struct FaceTrackerTests {
    private let image = Image(width: 640, height: 480, pixels: [UInt8](repeating: 0, count: 640 * 480))

    private func box(_ x: Double, _ y: Double = 100, _ size: Double = 80) -> Rectangle {
        Rectangle(x: x, y: y, width: size, height: size)
    }

    @Test func identityLastsWhileAFaceMoves() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        for frame in 0..<60 {
            detector.faces = [box(20 + Double(frame) * 8)]
            let faces = try tracker.update(image, time: Double(frame) / 30, using: detector)
            #expect(faces.map(\.identity) == (frame < 2 ? [] : [1]), "frame \(frame)")
            if frame > 1 { #expect(faces[0].box == detector.faces[0] && faces[0].isDetected) }
        }
        #expect(detector.regions.contains { $0 != nil })
        #expect(detector.regions.count { $0 == nil } < 20)
    }

    /// Two faces walk through each other and keep their names.
    @Test func crossingFacesKeepTheirIdentities() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        for frame in 0..<50 {
            let step = Double(frame) * 10
            detector.faces = [box(40 + step, 100), box(540 - step, 130)]
            let faces = try tracker.update(image, time: Double(frame) / 30, using: detector)
            guard frame > 1 else { continue }
            #expect(faces.count == 2, "frame \(frame)")
            #expect(faces.first { $0.identity == 1 }?.box == detector.faces[0], "frame \(frame)")
            #expect(faces.first { $0.identity == 2 }?.box == detector.faces[1], "frame \(frame)")
        }
    }

    /// Searches of a part and sure looks say nothing of the tilt: it is kept, but not for ever.
    @Test func tiltIsKeptForAWhile() throws {
        let detector = ScriptedDetector()
        detector.faces = [box(100)]
        var tracker = FaceTracker()
        var tilts: [Double?] = []
        for frame in 0..<90 {
            detector.tilt = frame < 10 ? 35 : nil
            tilts.append(try tracker.update(image, time: Double(frame) / 30, using: detector).first?.tilt)
        }
        #expect(tilts[5...30].allSatisfy { $0 == 35 } && tilts[45...].allSatisfy { $0 == nil })
    }

    @Test func shortLossIsBridgedAndLongLossEndsIt() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        func run(_ frames: Range<Int>, isSeen: Bool) throws -> [TrackedFace] {
            var last: [TrackedFace] = []
            for frame in frames {
                detector.faces = isSeen ? [box(100 + Double(frame) * 3)] : []
                last = try tracker.update(image, time: Double(frame) / 30, using: detector)
            }
            return last
        }
        #expect(try run(0..<10, isSeen: true).map(\.identity) == [1])
        let bridged = try run(10..<20, isSeen: false)
        #expect(bridged.map(\.identity) == [1])
        #expect(bridged.first?.isDetected == false)
        #expect(try run(20..<30, isSeen: true).map(\.identity) == [1])
        #expect(try run(30..<70, isSeen: false).isEmpty)
        #expect(try run(70..<80, isSeen: true).map(\.identity) == [2])
    }

    @Test func singleFalseAlarmsAreNotShown() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        for frame in 0..<30 {
            detector.faces = [box(100)] + (frame % 10 == 5 ? [box(400, 300)] : [])
            let faces = try tracker.update(image, time: Double(frame) / 30, using: detector)
            if frame > 1 { #expect(faces.map(\.identity) == [1], "frame \(frame)") }
        }
    }

    /// A mouth in a face, and windows that hardly agree, begin no face; a known face lives on with the latter.
    @Test func doubtfulDetectionsAreNoFaces() throws {
        let detector = ScriptedDetector()
        detector.sureConfidence = 10
        var tracker = FaceTracker()
        for frame in 0..<40 {
            detector.faces = [box(100, 100, 120), box(130, 160, 50), box(400, 300)]
            detector.confidences = frame < 20 ? [15, 20, 9] : [6, 20, 9]
            let faces = try tracker.update(image, time: Double(frame) / 30, using: detector)
            #expect(faces.map(\.identity) == (frame < 2 ? [] : [1]), "frame \(frame)")
            if frame > 1 { #expect(faces[0].box == detector.faces[0]) }
        }
    }

    @Test func newFacesAreFoundBetweenKnownOnes() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        var firstSeen: Int?
        for frame in 0..<40 {
            detector.faces = [box(100)] + (frame >= 20 ? [box(400, 300)] : [])
            let faces = try tracker.update(image, time: Double(frame) / 30, using: detector)
            if faces.count == 2, firstSeen == nil { firstSeen = frame }
        }
        let seen = try #require(firstSeen)
        #expect(seen <= 28)
    }

    /// A frame stands for as long as it lasts: at a low rate one sighting is enough.
    @Test(arguments: [1.0, 0.5, 0.1]) func aSlowFrameIsEnough(length: Double) throws {
        let detector = ScriptedDetector()
        detector.faces = [box(100)]
        var tracker = FaceTracker()
        #expect(try tracker.update(image, time: 0, duration: length, using: detector).map(\.identity) == [1])
        detector.faces = [box(100), box(400, 300)]
        #expect(try tracker.update(image, time: 1, duration: length, using: detector).map(\.identity) == [1, 2])
    }

    /// The same time, however many frames.
    @Test(arguments: [10.0, 25, 30, 60, 120]) func confirmingTakesTime(rate: Double) throws {
        let detector = ScriptedDetector()
        detector.faces = [box(100)]
        var tracker = FaceTracker()
        for frame in 0..<Int(rate) {
            let faces = try tracker.update(
                image, time: Double(frame) / rate, duration: 1 / rate, using: detector)
            #expect(faces.isEmpty == (Double(frame + 1) / rate < 0.0899), "frame \(frame)")
        }
    }

    /// Without lengths, as of a camera, the distances so far count.
    @Test func slowCameraConfirmsAtTheSecondFrame() throws {
        let detector = ScriptedDetector()
        detector.faces = [box(100)]
        var tracker = FaceTracker()
        #expect(try tracker.update(image, time: 0, using: detector).isEmpty)
        #expect(try tracker.update(image, time: 1, using: detector).count == 1)
    }

    /// Where pictures are few or come seldom.
    @Test func certainFacesNeedNoSecondLook() throws {
        let detector = ScriptedDetector()
        detector.faces = [box(100)]
        detector.certainConfidence = 0.5
        var tracker = FaceTracker()
        #expect(try tracker.update(image, time: 0, using: detector).count == 1)
        detector.faces = [box(100), box(400, 300)]
        #expect(try tracker.update(image, time: 1, using: detector).count == 2)
    }

    /// Many pictures a second show that a single look was wrong, however certain.
    @Test(arguments: [1.0 / 30, nil]) func certainFalseAlarmsAreFilteredAmongManyFrames(length: Double?) throws {
        let detector = ScriptedDetector()
        detector.certainConfidence = 0.5
        var tracker = FaceTracker()
        for frame in 0..<60 {
            detector.faces = frame % 20 == 10 ? [box(100), box(400, 300)] : [box(100)]
            let faces = try tracker.update(image, time: Double(frame) / 30, duration: length, using: detector)
            #expect(faces.count == (length != nil && frame < 2 ? 0 : 1), "frame \(frame)")
        }
    }

    @Test func nothingIsThereAfterReset() throws {
        let detector = ScriptedDetector()
        var tracker = FaceTracker()
        detector.faces = [box(10)]
        _ = try tracker.update(image, time: 0, using: detector)
        _ = try tracker.update(image, time: 0.05, using: detector)
        #expect(try tracker.update(image, time: 0.1, using: detector).count == 1)
        tracker.reset()
        detector.faces = []
        #expect(try tracker.update(image, time: 0.2, using: detector).isEmpty)
    }
}

@Suite struct AssignmentTests {
    /// The best sum of costs by trying everything; staying alone costs `limit`.
    private func best(_ costs: [[Double]], _ limit: Double, row: Int = 0, used: Set<Int> = []) -> Double {
        guard row < costs.count else { return 0 }
        var result = limit + best(costs, limit, row: row + 1, used: used)
        for (column, cost) in costs[row].enumerated() where !used.contains(column) && cost < limit {
            result = min(result, cost + best(costs, limit, row: row + 1, used: used.union([column])))
        }
        return result
    }

    @Test func costsAreSmallest() {
        var random = RandomGenerator(seed: 3)
        for round in 0..<300 {
            let rows = random.integer(below: 5), columns = random.integer(below: 6)
            let costs = (0..<rows).map { _ in (0..<columns).map { _ in Double(random.uniform()) } }
            let limit = Double(random.uniform(in: 0.2...1.2))
            let result = Assignment.solve(costs, limit: limit)
            #expect(result.count == rows)
            let taken = result.compactMap { $0 }
            #expect(Set(taken).count == taken.count, "round \(round)")
            var sum = 0.0
            for (row, column) in result.enumerated() { sum += column.map { costs[row][$0] } ?? limit }
            #expect(abs(sum - best(costs, limit)) < 1e-9, "round \(round): \(costs), \(limit)")
        }
    }
}
