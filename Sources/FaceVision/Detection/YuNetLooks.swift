import Glibc
import NeuralNet
import Threads

/// Runs the network over parts of pictures at a size. Executors are kept by size, so that pictures of one size, such as
/// a video's, need no new ones.
final class YuNetLooks {
    private struct Size: Hashable {
        var height: Int
        var width: Int
        var isSmall: Bool { max(height, width) <= YuNetLooks.smallSide }
    }

    /// Executors of so many sizes are kept, 40 MB for one of 640 x 480, and of small ones, for second looks.
    private static let mostSizes = 4
    private static let mostSmallSizes = 16
    private static let smallSide = 160

    private let model: Model
    private let threads: ThreadPool
    /// The last used one last.
    private var executors: [(size: Size, executor: Executor)] = []

    init(_ model: Model, threads: ThreadPool) {
        self.model = model
        self.threads = threads
    }

    /// All faces of `part`, made smaller by `factor`, of which the network is as sure as `threshold`, also several of
    /// one face. In pixels of the whole picture.
    func look(
        at image: Image, _ part: PixelRectangle, factor: Double, threshold: Float
    ) throws(DetectionFailure) -> [DetectedFace] {
        let picture = YuNetPicture(image, part, factor: factor)
        func rounded(_ side: Int) -> Int {
            (side + YuNetNetwork.multiple - 1) / YuNetNetwork.multiple * YuNetNetwork.multiple
        }
        let size = Size(height: rounded(picture.image.height), width: rounded(picture.image.width))
        let executor = try executor(size)
        picture.write(to: executor.input(), height: size.height, width: size.width)
        executor.forward(count: 1)
        var found: [DetectedFace] = []
        for (index, stride) in YuNetNetwork.strides.enumerated() {
            let cells = executor.output(index)
            for row in 0..<size.height / stride {
                for column in 0..<size.width / stride {
                    let values = cells + (row * (size.width / stride) + column) * YuNetNetwork.channels
                    if let face = face(values, row, column, stride, threshold) { found.append(picture.whole(face)) }
                }
            }
        }
        return found
    }

    /// What a cell says, in pixels of the picture looked at; nil if that is no face.
    private func face(
        _ values: UnsafePointer<Float>, _ row: Int, _ column: Int, _ stride: Int, _ threshold: Float
    ) -> DetectedFace? {
        // The score is the root of two probabilities' product, so each must be above the threshold's square.
        let least = log(threshold * threshold / (1 - min(threshold * threshold, 0.999_999)))
        guard values[0] >= least, values[1] >= least else { return nil }
        let score = ((1 / (1 + exp(-values[0]))) * (1 / (1 + exp(-values[1])))).squareRoot()
        guard score >= threshold else { return nil }
        func place(_ x: Float, _ y: Float) -> Point {
            Point(x: Double(Float(column) + x) * Double(stride), y: Double(Float(row) + y) * Double(stride))
        }
        let centre = place(values[2], values[3])
        let width = exp(Double(values[4])) * Double(stride), height = exp(Double(values[5])) * Double(stride)
        let points = (0..<5).map { place(values[6 + 2 * $0], values[7 + 2 * $0]) }
        guard width.isFinite, height.isFinite, centre.x.isFinite, centre.y.isFinite else { return nil }
        return DetectedFace(
            box: Rectangle(x: centre.x - width / 2, y: centre.y - height / 2, width: width, height: height),
            confidence: Double(score),
            landmarks: FaceLandmarks(
                leftEye: points[0], rightEye: points[1], nose: points[2], mouthLeft: points[3],
                mouthRight: points[4]))
    }

    private func executor(_ size: Size) throws(DetectionFailure) -> Executor {
        if let index = executors.firstIndex(where: { $0.size == size }) {
            executors.append(executors.remove(at: index))
        } else {
            let most = size.isSmall ? YuNetLooks.mostSmallSizes : YuNetLooks.mostSizes
            if executors.count(where: { $0.size.isSmall == size.isSmall }) == most {
                executors.remove(at: executors.firstIndex { $0.size.isSmall == size.isSmall }!)
            }
            let resized = try model.sharingWeights(inputShapes: [[size.height + 1, size.width + 1, 3]])
            executors.append((size, try Executor(resized, maximumBatch: 1, threads: threads)))
        }
        return executors[executors.count - 1].executor
    }
}

/// A part of a picture at the size at which the network sees it, and how its places are those of the whole.
private struct YuNetPicture {
    let image: Image
    private let left: Double
    private let top: Double
    private let across: Double
    private let down: Double
    private let gain: Float

    init(_ whole: Image, _ part: PixelRectangle, factor: Double) {
        let cut = whole.part(part)
        let width = max(1, Int((Double(part.width) * factor).rounded()))
        let height = max(1, Int((Double(part.height) * factor).rounded()))
        image = cut.resized(width: width, height: height)
        left = Double(part.left)
        top = Double(part.top)
        across = Double(part.width) / Double(width)
        down = Double(part.height) / Double(height)
        gain = YuNetPicture.gain(for: image)
    }

    /// By how much a dark picture is made brighter: its 99th percentile becomes 230, at most tenfold.
    private static func gain(for image: Image) -> Float {
        var counts = [Int](repeating: 0, count: 256)
        let step = max(1, image.width * image.height / 20_000)
        var pixel = 0, seen = 0
        while pixel < image.width * image.height {
            counts[Int(image.pixels[pixel * image.channels + image.channels / 2])] += 1
            seen += 1
            pixel += step
        }
        var above = 0, top = 255
        while top > 1, above + counts[top] <= seen / 100 {
            above += counts[top]
            top -= 1
        }
        let gain = min(10, 230 / Float(top))
        return gain < 1.3 ? 1 : gain
    }

    /// The picture behind a row and a column of zeros, with zeros up to the size asked for.
    func write(to input: UnsafeMutablePointer<Float>, height: Int, width: Int) {
        let rowLength = (width + 1) * 3, channels = image.channels
        input.update(repeating: 0, count: rowLength)
        image.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<height {
                let target = input + (row + 1) * rowLength
                guard row < image.height else {
                    target.update(repeating: 0, count: rowLength)
                    continue
                }
                target.update(repeating: 0, count: 3)
                let source = pixels.baseAddress! + row * image.width * channels
                if channels == 3 {
                    for index in 0..<image.width * 3 { target[3 + index] = min(255, gain * Float(source[index])) }
                } else {
                    for column in 0..<image.width {
                        (target + 3 + column * 3).update(repeating: min(255, gain * Float(source[column])), count: 3)
                    }
                }
                (target + 3 + image.width * 3).update(repeating: 0, count: (width - image.width) * 3)
            }
        }
    }

    /// A face's places in the whole picture.
    func whole(_ face: DetectedFace) -> DetectedFace {
        func point(_ point: Point) -> Point { Point(x: left + point.x * across, y: top + point.y * down) }
        var result = face
        result.box = Rectangle(
            x: left + face.box.x * across, y: top + face.box.y * down, width: face.box.width * across,
            height: face.box.height * down)
        if let points = face.landmarks {
            result.landmarks = FaceLandmarks(
                leftEye: point(points.leftEye), rightEye: point(points.rightEye), nose: point(points.nose),
                mouthLeft: point(points.mouthLeft), mouthRight: point(points.mouthRight))
        }
        return result
    }
}

extension Image {
    /// A part as a picture of its own; the picture itself where that is all of it.
    func part(_ part: PixelRectangle) -> Image {
        if part.width == width && part.height == height { return self }
        var cut: [UInt8] = []
        cut.reserveCapacity(part.width * part.height * channels)
        for row in part.top..<part.top + part.height {
            let start = (row * width + part.left) * channels
            cut += pixels[start..<start + part.width * channels]
        }
        return Image(width: part.width, height: part.height, channels: channels, pixels: cut)
    }
}
