import FaceVision
import Testing

@Suite struct ImageResizeTests {
    /// What `resized` should do, written as plainly as possible.
    static func reference(_ image: Image, _ newWidth: Int, _ newHeight: Int) -> [UInt8] {
        func filter(_ size: Int, _ newSize: Int, _ index: Int) -> [(place: Int, weight: Float)] {
            let scale = Float(size) / Float(newSize), support = max(scale, 1)
            let centre = (Float(index) + 0.5) * scale
            let first = max(0, Int((centre - support).rounded(.down)))
            let last = min(size, Int((centre + support).rounded(.up)))
            let weights = (first..<last).map { max(0, 1 - abs(Float($0) + 0.5 - centre) / support) }
            let sum = weights.reduce(0, +)
            return zip(first..<last, weights).map { ($0, $1 / sum) }
        }
        var rows = [Float](repeating: 0, count: image.height * newWidth * image.channels)
        for y in 0..<image.height {
            for x in 0..<newWidth {
                let taps = filter(image.width, newWidth, x)
                for c in 0..<image.channels {
                    rows[(y * newWidth + x) * image.channels + c] = taps.reduce(0) {
                        $0 + $1.weight * Float(image.pixels[(y * image.width + $1.place) * image.channels + c])
                    }
                }
            }
        }
        let row = newWidth * image.channels
        return (0..<newHeight).flatMap { y in
            let taps = filter(image.height, newHeight, y)
            return (0..<row).map { x in
                UInt8(max(0, min(255, taps.reduce(Float(0)) { $0 + $1.weight * rows[$1.place * row + x] }.rounded())))
            }
        }
    }

    @Test(
        arguments: [
            (48, 48, 64, 64), (48, 48, 24, 24), (100, 75, 48, 48), (7, 5, 13, 2), (1, 1, 5, 4), (3, 9, 1, 1),
            (640, 480, 48, 48), (2, 200, 90, 3), (48, 48, 47, 49),
        ], [1, 3])
    func equalsTheReference(sizes: (Int, Int, Int, Int), channels: Int) {
        let image = ImageFileTests.picture(width: sizes.0, height: sizes.1, channels: channels)
        let resized = image.resized(width: sizes.2, height: sizes.3)
        #expect((resized.width, resized.height, resized.channels) == (sizes.2, sizes.3, channels))
        #expect(resized.pixels == ImageResizeTests.reference(image, sizes.2, sizes.3))
    }

    @Test func sameSizeIsTheSamePicture() {
        let image = ImageFileTests.picture(width: 10, height: 6, channels: 3)
        #expect(image.resized(width: 10, height: 6) == image)
    }

    @Test(arguments: [0, 1, 127, 254, 255] as [UInt8]) func flatStaysFlat(tone: UInt8) {
        let image = Image(width: 31, height: 17, pixels: .init(repeating: tone, count: 31 * 17))
        for (width, height) in [(48, 48), (5, 3), (100, 2)] {
            #expect(image.resized(width: width, height: height).pixels.allSatisfy { $0 == tone })
        }
    }

    @Test func halvingByHand() {
        // Scale 2: weights 1 3 3 1 over 8, cut at the borders: 3 3 1 over 7.
        let image = Image(width: 4, height: 1, pixels: [0, 70, 140, 210])
        #expect(image.resized(width: 2, height: 1).pixels == [50, 160])
    }
}
