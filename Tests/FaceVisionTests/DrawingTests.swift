import FaceVision
import Testing

@Suite struct DrawingTests {
    private func paper(_ width: Int = 40, _ height: Int = 12) -> Image {
        Image(width: width, height: height, pixels: [UInt8](repeating: 0, count: width * height))
    }

    /// The rows of a grey picture, white as `#`.
    private func rows(_ image: Image) -> [String] {
        (0..<image.height).map { row in
            String((0..<image.width).map { image.pixels[row * image.width + $0] > 127 ? "#" : "." })
        }
    }

    @Test func lettersAreReadable() {
        var image = paper(17, 7)
        image.write("F1é", x: 0, y: 0, .white)
        #expect(
            rows(image) == [
                "#####...#....###.", "#......##...#...#", "#.......#.......#", "####....#......#.",
                "#.......#.....#..", "#.......#........", "#......###....#..",
            ])
        #expect(Image.sizeOfText("F1é", scale: 2) == (34, 14))
        #expect(Image.sizeOfText("") == (0, 7))
    }

    @Test func boxesAreCutAtTheBorder() {
        var image = paper(6, 4)
        image.outline(Rectangle(x: 1, y: 1, width: 9, height: 9), .white)
        #expect(rows(image) == ["......", ".#####", ".#....", ".#...."])
        image.fill(x: -5, y: -5, width: 6, height: 6, .white)
        #expect(rows(image)[0] == "#.....")
        image.fill(x: 3, y: 3, width: .max, height: .max, .white)
        #expect(rows(image)[3] == ".#.###")
    }

    @Test func opacityMixes() {
        var image = Image(width: 1, height: 1, channels: 3, pixels: [0, 100, 200])
        image.fill(x: 0, y: 0, width: 1, height: 1, Color(200, 100, 0), opacity: 0.5)
        #expect(image.pixels == [100, 100, 100])
    }
}
