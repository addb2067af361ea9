import CKernels
import Threads

/// Finds what a Haar cascade was trained for, by the method of OpenCV 4's `CascadeClassifier::detectMultiScale` and
/// with the same results: the picture is searched at many sizes, and windows that agree become one face.
///
/// The confidence of a face is the number of windows that agree. Working memory is kept from call to call, about 700 kB
/// a thread for pictures of 640 x 480, and made anew when the size of the searched part changes.
public final class HaarCascadeDetector: FaceDetector {
    /// Named as OpenCV does.
    public struct Options: Sendable, Hashable {
        /// Each size searched is this many times the one before.
        public var scaleFactor: Double
        /// A face needs more than this many windows that agree; with 0 each window is returned.
        public var minNeighbors: Int
        /// Smaller faces are not searched, nil for any.
        public var minSize: PixelSize?
        /// Larger faces are not searched, nil for any.
        public var maxSize: PixelSize?

        public init(
            scaleFactor: Double = 1.1, minNeighbors: Int = 3, minSize: PixelSize? = nil, maxSize: PixelSize? = nil
        ) {
            self.scaleFactor = scaleFactor
            self.minNeighbors = minNeighbors
            self.minSize = minSize
            self.maxSize = maxSize
        }
    }

    public let cascade: HaarCascade
    public let options: Options

    /// False alarms rarely gather twice the windows that a face needs.
    public var sureConfidence: Double { Double(2 * options.minNeighbors) }

    public var certainConfidence: Double { max(Double(8 * options.minNeighbors), 24) }

    private let threads: ThreadPool
    private var search: HaarSearch?
    private var gray: [UInt8] = []

    /// Throws `HaarCascadeError.badOption`.
    public init(cascade: HaarCascade, options: Options = Options(), threads: ThreadPool) throws {
        guard options.scaleFactor >= 1.001, options.scaleFactor <= 1000 else {
            throw HaarCascadeError.badOption(
                name: "scaleFactor", reason: "\(options.scaleFactor) is not between 1.001 and 1000")
        }
        guard options.minNeighbors >= 0 else {
            throw HaarCascadeError.badOption(name: "minNeighbors", reason: "\(options.minNeighbors) is negative")
        }
        for (name, size) in [("minSize", options.minSize), ("maxSize", options.maxSize)] {
            if let size, size.width < 0 || size.height < 0 {
                throw HaarCascadeError.badOption(name: name, reason: "\(size.width) x \(size.height) is negative")
            }
        }
        self.cascade = cascade
        self.options = options
        self.threads = threads
    }

    public convenience init(cascade: HaarCascade, options: Options = Options(), threads: Int = 1) throws {
        try self.init(cascade: cascade, options: options, threads: ThreadPool(threads: threads))
    }

    /// Throws `HaarCascadeError.tooManyCandidates`.
    ///
    /// Cost: about 20 ms for 640 x 480 pixels, the frontal face cascade and faces from 30 pixels on one thread.
    public func detect(in image: Image, region: Rectangle?) throws -> [DetectedFace] {
        guard let part = PixelRectangle(region, in: image) else { return [] }
        let search = search(for: part)
        if image.channels == 3 { makeGray(image, part) }
        let source = image.channels == 3 ? gray : image.pixels
        let windows = try source.withUnsafeBufferPointer { buffer in
            let isCut = image.channels == 1
            let start = isCut ? part.top * image.width + part.left : 0
            let pixels = GrayPixels(
                base: buffer.baseAddress! + start, stride: isCut ? image.width : part.width, width: part.width,
                height: part.height)
            threads.runEach(search.bandCount) { thread, band in search.scan(band: band, thread: thread, pixels) }
            return try search.windows()
        }
        return faces(HaarGrouping.group(windows, minNeighbors: options.minNeighbors), part)
    }

    private func search(for part: PixelRectangle) -> HaarSearch {
        if let search, search.fits(width: part.width, height: part.height) { return search }
        let pyramid = HaarPyramid(
            width: part.width, height: part.height, cascade: cascade, scaleFactor: options.scaleFactor,
            minSize: options.minSize, maxSize: options.maxSize)
        let new = HaarSearch(cascade: cascade, pyramid: pyramid, threads: threads.count)
        search = new
        return new
    }

    private func makeGray(_ image: Image, _ part: PixelRectangle) {
        let count = part.width * part.height
        if gray.count != count { gray = [UInt8](repeating: 0, count: count) }
        gray.withUnsafeMutableBufferPointer { gray in
            image.pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<part.height {
                    let start = ((part.top + y) * image.width + part.left) * 3
                    fm_haar_gray_row(
                        pixels.baseAddress! + start, part.width, gray.baseAddress! + y * part.width)
                }
            }
        }
    }

    /// In coordinates of the whole picture, cut at the edges of what was searched, surest and largest first.
    private func faces(_ groups: [GroupedRectangle], _ part: PixelRectangle) -> [DetectedFace] {
        let all = Rectangle(x: 0, y: 0, width: Double(part.width), height: Double(part.height))
        return groups.compactMap { group -> DetectedFace? in
            var box = Rectangle(
                x: Double(group.x), y: Double(group.y), width: Double(group.width), height: Double(group.height)
            ).intersection(all)
            guard box.area > 0 else { return nil }
            box.x += Double(part.left)
            box.y += Double(part.top)
            return DetectedFace(box: box, confidence: Double(group.neighbors))
        }.sorted {
            ($0.confidence, $0.box.area, $1.box.x, $1.box.y) > ($1.confidence, $1.box.area, $0.box.x, $0.box.y)
        }
    }
}
