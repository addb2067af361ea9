import CKernels
import FaceVision
import Randomness
import Testing

/// The parts of the cascade detector, each against its definition or against OpenCV 4.14.
@Suite struct HaarPartsTests {
    static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Image {
        var numbers = RandomGenerator(seed: seed)
        return Image(
            width: width, height: height,
            pixels: (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &numbers) })
    }

    @Test(arguments: [0, 8]) func integralImages(half: Int) {
        let image = HaarPartsTests.noise(13, 9)
        let (width, height, stride) = (image.width, image.height, 16)
        var sums = [Int32](repeating: 0, count: (height + 1) * stride)
        var squares = sums, tilted = sums, split = sums
        let zeros = [UInt8](repeating: 0, count: width)
        sums.withUnsafeMutableBufferPointer { sums in
            squares.withUnsafeMutableBufferPointer { squares in
                for y in 0..<height {
                    let a = sums.baseAddress! + y * stride, b = squares.baseAddress! + y * stride
                    fm_haar_integral_row(
                        Array(image.pixels[y * width..<(y + 1) * width]), width, half, a, b, a + stride, b + stride)
                }
            }
        }
        let nothing = [Int32](repeating: 0, count: stride)
        tilted.withUnsafeMutableBufferPointer { tilted in
            for y in 0..<height {
                let above = tilted.baseAddress! + y * stride
                fm_haar_tilted_row(
                    Array(image.pixels[y * width..<(y + 1) * width]),
                    y > 0 ? Array(image.pixels[(y - 1) * width..<y * width]) : zeros, width, above,
                    y > 0 ? Array(UnsafeBufferPointer(start: above - stride, count: stride)) : nothing, above + stride)
            }
        }
        split.withUnsafeMutableBufferPointer { split in
            for y in 0...height {
                fm_haar_split_row(
                    Array(tilted[y * stride..<(y + 1) * stride]), width + 1, half, split.baseAddress! + y * stride)
            }
        }
        for y in 0...height {
            for x in 0...width {
                var (sum, square, turned) = (0, 0, 0)
                for v in 0..<y {
                    for u in 0..<width {
                        let pixel = Int(image.pixels[v * width + u])
                        if u < x { (sum, square) = (sum + pixel, square + pixel * pixel) }
                        if abs(u - x + 1) <= y - v - 1 { turned += pixel }
                    }
                }
                let place = y * stride + (half == 0 ? x : x / 2 + x % 2 * half)
                #expect(Int(sums[place]) == sum && Int(squares[place]) == square && Int(split[place]) == turned)
            }
        }
    }

    private func resized(_ image: Image, _ width: Int, _ height: Int) -> [UInt8] {
        let horizontal = LinearSampling(from: image.width, to: width)
        let vertical = LinearSampling(from: image.height, to: height)
        var mixed = [UInt16](repeating: 0, count: image.width + 1)
        var row = [UInt8](repeating: 0, count: width)
        return (0..<height).flatMap { y -> [UInt8] in
            let first = Int(vertical.first[y]), second = min(first + 1, image.height - 1)
            image.pixels.withUnsafeBufferPointer { pixels in
                fm_haar_mix_rows(
                    pixels.baseAddress! + first * image.width, pixels.baseAddress! + second * image.width,
                    vertical.weight[y], image.width, &mixed)
            }
            fm_haar_sample_row(mixed, horizontal.first, horizontal.weight, width, &row)
            return row
        }
    }

    /// Numbers from cv2.resize with INTER_LINEAR_EXACT.
    @Test func resizingAsOpenCV() {
        let pixels = (0..<42).map { (i: Int) -> UInt8 in
            let x = i % 7, y = i / 7
            return UInt8((x * 37 + y * 91 + x * y * 13) % 256)
        }
        let image = Image(width: 7, height: 6, pixels: pixels)
        #expect(resized(image, 7, 6) == image.pixels)
        #expect(
            resized(image, 5, 4) == [
                31, 87, 144, 136, 192, 171, 139, 147, 166, 96, 56, 128, 214, 107, 179, 158, 104, 217, 137, 83,
            ])
        #expect(resized(image, 3, 3) == [75, 176, 149, 146, 180, 172, 132, 184, 108])
    }

    /// Numbers from cv2.groupRectangles with eps 0.2.
    @Test func groupingAsOpenCV() {
        let windows: [(Int32, Int32, Int32)] = [
            (10, 10, 40), (12, 11, 40), (9, 12, 44), (11, 10, 36), (60, 50, 20), (61, 50, 20), (62, 52, 22),
            (15, 15, 20),
            (16, 15, 20), (15, 16, 20), (100, 0, 30),
        ]
        func group(_ minNeighbors: Int) -> [[Int]] {
            HaarGrouping.group(
                windows.map { GroupedRectangle(x: $0.0, y: $0.1, width: $0.2, height: $0.2) },
                minNeighbors: minNeighbors
            ).map { [Int($0.x), Int($0.y), Int($0.width), Int($0.height), $0.neighbors] }
        }
        #expect(group(0).count == windows.count)
        #expect(Set(group(1)) == [[10, 11, 40, 40, 4], [61, 51, 21, 21, 3]])
        #expect(Set(group(2)) == [[10, 11, 40, 40, 4], [61, 51, 21, 21, 3]])
        #expect(group(3) == [[10, 11, 40, 40, 4]])
        #expect(group(4).isEmpty)
    }

    @Test func brightness() {
        let image = Image(width: 40, height: 1, channels: 3, pixels: HaarPartsTests.noise(40, 3).pixels)
        var gray = [UInt8](repeating: 0, count: 40)
        fm_haar_gray_row(image.pixels, 40, &gray)
        #expect(gray == image.grayscale.pixels)
    }

    @Test func windowsPassedOver() {
        var numbers = RandomGenerator(seed: 5)
        for round in 0..<500 {
            let mix: () -> UInt64 = { round % 3 == 0 ? numbers.next() | numbers.next() : numbers.next() }
            let words = (0..<3).map { _ -> (UInt64, UInt64) in
                let textured = round % 5 == 0 ? ~UInt64(0) : numbers.next() | numbers.next()
                let rejected = round % 7 == 0 ? textured : mix() & textured
                return (textured & ~rejected, rejected)
            }
            var expected: [UInt64] = [0, 0, 0]
            var index = 0
            while index < 192 {
                let (word, bit) = (index / 64, UInt64(1) << UInt64(index % 64))
                if words[word].0 & bit != 0 { expected[word] |= bit }
                index += words[word].1 & bit != 0 ? 2 : 1
            }
            var carry = false
            let kept = words.map { SkippedWindows.remove(from: $0.0, rejected: $0.1, carry: &carry) }
            #expect(kept == expected)
        }
    }

    /// OpenCV searches a 640 x 480 picture for faces of at least 30 pixels from 1.1^3 on.
    @Test func scales() {
        func pyramid(_ options: HaarCascadeDetector.Options, _ width: Int = 640, _ height: Int = 480) -> HaarPyramid {
            let cascade = HaarCascade(windowWidth: 24, windowHeight: 24, features: [], stages: [])
            return HaarPyramid(
                width: width, height: height, cascade: cascade, scaleFactor: options.scaleFactor,
                minSize: options.minSize, maxSize: options.maxSize)
        }
        let levels = pyramid(.init(minSize: 30)).levels
        #expect(levels.count == 29)
        #expect(abs(levels[0].scale - 1.331) < 1e-5 && levels[0].width == 481 && levels[0].height == 361)
        #expect(levels.map(\.step) == (0..<29).map { $0 < 5 ? 2 : 1 })
        #expect(pyramid(.init(scaleFactor: 2, maxSize: 100)).levels.map(\.scale) == [1, 2, 4])
        #expect(pyramid(.init(scaleFactor: 2, minSize: 100, maxSize: 60)).levels.map(\.scale) == [4])
        #expect(pyramid(.init(), 23, 480).levels.isEmpty)
        #expect(pyramid(.init(), 24, 24).levels.count == 1)
    }
}
