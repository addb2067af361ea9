import EmotionRecognition
import FaceVision
import Testing

/// Pictures of their own that are one face, lie on a side, or show what may be no face.
@Suite struct PictureSearchTests {
    /// Finds the light spot of a picture, if its upper left corner is darkest and there is as much room as it wants.
    private final class SpotDetector: FaceDetector {
        var score = 0.9
        var leastRoom = 0
        /// How far its boxes reach to the left of what it sees.
        var beyond = 0.0
        private(set) var searches = 0

        func detect(in image: Image, region: Rectangle?) -> [DetectedFace] {
            searches += 1
            let light = image.pixels.indices.filter { image.pixels[$0] == 255 }
            guard let first = light.first, let last = light.last else { return [] }
            let left = first % image.width, top = first / image.width
            let right = last % image.width + 1, bottom = last / image.width + 1
            let room = [left, top, image.width - right, image.height - bottom].min()!
            guard room >= leastRoom, leastRoom > 0 || image.pixels[0] == 0 else { return [] }
            let box = Rectangle(
                x: Double(left), y: Double(top), width: Double(right - left), height: Double(bottom - top))
            let wider = Rectangle(x: box.x - beyond, y: box.y, width: box.width + beyond, height: box.height)
            return [DetectedFace(box: wider, confidence: 1, score: score)]
        }
    }

    /// Dark in one corner, light in a rectangle, grey elsewhere.
    private func picture(_ width: Int, _ height: Int, spot: Rectangle) -> Image {
        var pixels = [UInt8](repeating: 100, count: width * height)
        for y in 0..<10 { for x in 0..<10 { pixels[y * width + x] = 0 } }
        for y in Int(spot.y)..<Int(spot.y + spot.height) {
            for x in Int(spot.x)..<Int(spot.x + spot.width) { pixels[y * width + x] = 255 }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    private func reader(_ detector: SpotDetector) throws -> FaceReader {
        try FaceReader(LiveFixture.recogniser(), detector: detector)
    }

    private let spot = Rectangle(x: 40, y: 50, width: 30, height: 20)

    @Test(arguments: [Orientation.turnClockwise, .turnCounterclockwise, .upsideDown])
    func picturesOnASideAreTurned(lies: Orientation) throws {
        let upright = picture(800, 600, spot: spot), detector = SpotDetector()
        let expected = try #require(try reader(detector).find(upright).first)
        #expect(expected.box == spot && detector.searches == 1)
        let lying = upright.turned(lies)
        let face = try #require(try reader(detector).find(lying).first)
        #expect(face.picture == expected.picture && face.score == 0.9)
        // The box is where the light is in the picture as it lies.
        let box = face.box
        #expect(lying.pixels[Int(box.y) * lying.width + Int(box.x)] == 255)
        #expect(lying.pixels[Int(box.y + box.height - 1) * lying.width + Int(box.x + box.width - 1)] == 255)
        #expect(box.area == spot.area)
        let square = try #require(face.square)
        let place = lies.stored(
            Point(x: square.centreX, y: square.centreY), width: upright.width, height: upright.height)
        #expect(abs(place.x - 55) < 1e-9 && abs(place.y - 60) < 1e-9)
    }

    @Test func onlySureFacesCountInTurnedPictures() throws {
        let detector = SpotDetector()
        detector.score = 0.75
        #expect(try reader(detector).find(picture(800, 600, spot: spot)).count == 1)
        #expect(try reader(detector).find(picture(800, 600, spot: spot).turned(.upsideDown)).isEmpty)
    }

    @Test func facesThatFillThePictureAreFoundOnPaper() throws {
        let detector = SpotDetector()
        detector.leastRoom = 40
        let large = Rectangle(x: 20, y: 15, width: 80, height: 90)
        let face = try #require(try reader(detector).find(picture(120, 120, spot: large)).first)
        #expect(face.box == large && face.square != nil)
        // What reaches beyond the picture is not said to be in it.
        detector.beyond = 30
        let wide = try #require(try reader(detector).find(picture(120, 120, spot: large)).first)
        #expect(wide.box == Rectangle(x: 0, y: 15, width: 100, height: 90))
        detector.beyond = 0
        // Of a large picture, or for a small face, there is no second look.
        #expect(try reader(detector).find(picture(900, 900, spot: large)).isEmpty)
        #expect(
            try reader(detector).find(picture(120, 120, spot: Rectangle(x: 12, y: 50, width: 30, height: 20))).isEmpty)
    }

    /// With the usual search a picture that shows a face as data sets do is the face.
    @Test func cropsAreFaces() throws {
        func find(_ width: Int, _ height: Int, _ spot: Rectangle) throws -> FaceReader.FoundFace? {
            let search = FaceSearch.automatic(.haar) { SpotDetector() }
            return try FaceReader(LiveFixture.recogniser(), search: search).find(picture(width, height, spot: spot))
                .first
        }
        let crop = try #require(try find(120, 120, Rectangle(x: 12, y: 14, width: 98, height: 98)))
        #expect(crop.square == nil && crop.box == Rectangle(x: 0, y: 0, width: 120, height: 120) && crop.score == 0.9)
        #expect(try find(120, 120, Rectangle(x: 12, y: 14, width: 60, height: 60))?.square != nil)
        #expect(try find(200, 120, Rectangle(x: 12, y: 14, width: 98, height: 98))?.square != nil)
    }

    @Test func doubtfulFacesAreUncertain() throws {
        let detector = SpotDetector()
        for (score, isDoubtful) in [(0.9, false), (0.65, true)] {
            detector.score = score
            var options = FaceReader.Options()
            options.certainty = 0
            let reader = try FaceReader(LiveFixture.recogniser(), detector: detector, options: options)
            let image = picture(300, 200, spot: spot)
            let face = try #require(try reader.read(image).first)
            #expect(face.score == score && face.isUncertain == isDoubtful)
            #expect(face.warnings.contains(.doubtful) == isDoubtful)
            var tracker = MoodTracker()
            var last: FaceReading?
            for index in 0..<30 {
                let frame = Frame(image: image, time: Double(index) / 30, index: index, source: "test")
                last = try tracker.process(frame, using: reader).faces.first
            }
            #expect(last?.score == score && last?.warnings.contains(.doubtful) == isDoubtful)
            if isDoubtful { #expect(last?.isUncertain == true) }
        }
    }
}
