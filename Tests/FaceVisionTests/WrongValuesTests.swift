import FaceVision
import Testing

/// Sizes and boxes that callers computed from data end no program.
@Suite struct WrongValuesTests {
    private let image = Image(width: 3, height: 2, channels: 3, pixels: (0..<18).map { UInt8(10 * $0) })

    @Test func sizesBelowOne() {
        #expect(image.resized(width: 0, height: -4) == image.resized(width: 1, height: 1))
        #expect(image.face(in: Rectangle(x: 0, y: 0, width: 2, height: 2), framing: FaceFraming(), size: 0).width == 1)
    }

    @Test func boxesThatAreNone() {
        for number in [Double.nan, .infinity, -.infinity, 1e300, -5] {
            for box in [
                Rectangle(x: number, y: 0, width: 2, height: 2), Rectangle(x: 0, y: 0, width: number, height: number),
            ] {
                let face = image.face(in: box, framing: FaceFraming(), size: 4, inColor: true)
                #expect(face.pixels.count == 48)
            }
        }
    }

    @Test func equalisedInGrey() { #expect(image.equalised == image.grayscale.equalised) }

    @Test func jpegOfAnySize() throws {
        let wide = Image(width: 65_501, height: 1, pixels: [UInt8](repeating: 7, count: 65_501))
        let expected = ImageError.cannotWrite(
            path: "wide", reason: "JPEG knows no pictures larger than 65500 x 65500")
        #expect(throws: expected) { try ImageFile.encodeJPEG(wide, name: "wide") }
        #expect(try ImageFile.encodeJPEG(image, quality: -3) == ImageFile.encodeJPEG(image, quality: 1))
        #expect(try ImageFile.encodeJPEG(image, quality: 1000) == ImageFile.encodeJPEG(image, quality: 100))
    }

    @Test func latencyOfAnyShare() {
        var meter = LatencyMeter(last: 0)
        for age in [0.1, 0.2, 0.3] { meter.add(age: age, at: .now) }
        #expect(meter.age(share: .nan) == 0.2 && meter.age(share: -1) == 0.2 && meter.age(share: .infinity) == 0.3)
    }
}
