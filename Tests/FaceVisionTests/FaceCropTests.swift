import FaceVision
import Testing

@Suite struct FaceCropTests {
    /// Brightness is a plane, so that every sample is known: `2 x + y`.
    private let plane = Image(
        width: 60, height: 50, pixels: (0..<50).flatMap { y in (0..<60).map { x in UInt8(2 * x + y) } })

    private func close(_ image: Image, _ row: Int, _ column: Int, _ expected: Double) -> Bool {
        abs(Double(image.pixels[row * image.width + column]) - expected) <= 1
    }

    @Test func sameSizeIsACopy() {
        let box = Rectangle(x: 10, y: 12, width: 16, height: 16)
        let crop = plane.face(in: box, framing: FaceFraming(), size: 16)
        for row in 0..<16 {
            for column in 0..<16 {
                #expect(crop.pixels[row * 16 + column] == plane.pixels[(12 + row) * 60 + 10 + column])
            }
        }
    }

    @Test func marginSquaringAndShift() {
        // 20 wide and 30 high: the square has side 45 around the centre, which is moved down by 2.
        let box = Rectangle(x: 20, y: 8, width: 20, height: 30)
        let crop = plane.face(in: box, framing: FaceFraming(margin: 1.5, shift: 0.1), size: 9)
        for row in 1..<8 {
            for column in 0..<9 {
                let x = 30 - 22.5 + (Double(column) + 0.5) * 5 - 0.5
                let y = 25 - 22.5 + (Double(row) + 0.5) * 5 - 0.5
                #expect(close(crop, row, column, 2 * x + y), "\(row), \(column)")
            }
        }
    }

    /// Width counts, unless it is too small beside the height.
    @Test func framingByWidth() {
        let framing = FaceFraming(margin: 2, leastWidth: 0.7)
        func side(_ width: Double, _ height: Double) -> Double {
            framing.square(around: Rectangle(x: 0, y: 0, width: width, height: height), landmarks: nil).side
        }
        #expect(side(20, 25) == 40 && side(20, 20) == 40 && abs(side(10, 20) - 28) < 1e-9)
        #expect(FaceFraming().square(around: Rectangle(x: 0, y: 0, width: 9, height: 20), landmarks: nil).side == 20)
    }

    /// Eyes on a slope become level: the left eye's brightness comes out at the left.
    @Test func eyesAreLevelled() {
        let box = Rectangle(x: 20, y: 15, width: 20, height: 20)
        let landmarks = FaceLandmarks(
            leftEye: Point(x: 26, y: 21), rightEye: Point(x: 34, y: 27), nose: Point(x: 30, y: 26),
            mouthLeft: Point(x: 26, y: 29), mouthRight: Point(x: 32, y: 31))
        let crop = plane.face(in: box, landmarks: landmarks, framing: FaceFraming(), size: 20)
        // Along a row of the result the picture is walked in the direction (0.8, 0.6): 2 x 0.8 + 0.6 per pixel.
        let row = 10
        for column in 3..<16 {
            let step = Double(crop.pixels[row * 20 + column + 1]) - Double(crop.pixels[row * 20 + column])
            #expect(abs(step - 2.2) <= 1)
        }
        let unturned = plane.face(
            in: box, landmarks: landmarks, framing: FaceFraming(levelsBeyond: 40), size: 20)
        #expect(unturned == plane.face(in: box, framing: FaceFraming(), size: 20))
    }

    /// A known tilt counts more than the eyes, however large it is.
    @Test func knownTiltsAreLevelled() {
        let box = Rectangle(x: 20, y: 15, width: 20, height: 20)
        let level = FaceLandmarks(
            leftEye: Point(x: 26, y: 22), rightEye: Point(x: 34, y: 22), nose: Point(x: 30, y: 26),
            mouthLeft: Point(x: 26, y: 29), mouthRight: Point(x: 34, y: 29))
        for (tilt, angle) in [(-30.0, -30.0), (180, 180), (90, 90), (14, 0)] {
            let square = FaceFraming().square(around: box, landmarks: level, tilt: tilt)
            #expect(abs(square.angle * 180 / .pi - angle) < 1e-9)
        }
        #expect(FaceFraming(levelsBeyond: nil).square(around: box, landmarks: level, tilt: 40).angle == 0)
        // On its head: rows and columns are exchanged end for end.
        let turned = plane.face(in: box, tilt: 180, framing: FaceFraming(), size: 20)
        let upright = plane.face(in: box, framing: FaceFraming(), size: 20)
        #expect(zip(turned.pixels, upright.pixels.reversed()).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test func outsideRepeatsTheBorder() {
        let crop = plane.face(
            in: Rectangle(x: -30, y: -30, width: 20, height: 20), framing: FaceFraming(), size: 8)
        #expect(crop.pixels.allSatisfy { $0 == plane.pixels[0] })
    }

    @Test func colourBecomesGrey() {
        let red = Image(width: 8, height: 8, channels: 3, pixels: (0..<64).flatMap { _ in [200, 0, 0] as [UInt8] })
        let crop = red.face(in: Rectangle(x: 0, y: 0, width: 8, height: 8), framing: FaceFraming(), size: 4)
        #expect(crop.channels == 1 && crop.pixels.allSatisfy { $0 == 60 })
    }
}
