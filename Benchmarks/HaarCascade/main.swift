// Times the Haar cascade detector on a folder of pictures and prints what it found as JSON, in the form that
// Benchmarks/peers/opencv_haar.py prints, so that Benchmarks/haar can compare the two.
import FaceVision
import Files
import Glibc
import Timing

struct Arguments {
    var cascade = ""
    var pictures: [String] = []
    var scaleFactor = 1.1
    var minNeighbors = 5
    var minSize = 30
    var maxSize = 0
    var threads = 1
    var repeats = 1

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        func number(_ text: String?) -> Double { text.flatMap(Double.init) ?? 0 }
        while let argument = rest.popFirst() {
            switch argument {
            case "--cascade": cascade = rest.popFirst() ?? ""
            case "--scale-factor": scaleFactor = number(rest.popFirst())
            case "--min-neighbors": minNeighbors = Int(number(rest.popFirst()))
            case "--min-size": minSize = Int(number(rest.popFirst()))
            case "--max-size": maxSize = Int(number(rest.popFirst()))
            case "--threads": threads = max(1, Int(number(rest.popFirst())))
            case "--repeats": repeats = max(1, Int(number(rest.popFirst())))
            default: pictures.append(argument)
            }
        }
        if cascade.isEmpty { cascade = try HaarCascade.find() }
    }
}

func milliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

func main() throws {
    let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
    let images = try arguments.pictures.map { try ImageFile.read($0, grayscale: true) }
    let size = { (side: Int) in side > 0 ? PixelSize(side) : nil }
    let detector = try HaarCascadeDetector(
        cascade: HaarCascade(contentsOf: arguments.cascade),
        options: .init(
            scaleFactor: arguments.scaleFactor, minNeighbors: arguments.minNeighbors, minSize: size(arguments.minSize),
            maxSize: size(arguments.maxSize)), threads: arguments.threads)
    if let first = images.first { _ = try detector.detect(in: first) }
    var times: [Double] = []
    var found: [String] = []
    for turn in 0..<arguments.repeats {
        for image in images {
            let start = milliseconds()
            let faces = try detector.detect(in: image)
            times.append(milliseconds() - start)
            if turn == 0 {
                let boxes = faces.map {
                    "[\(Int($0.box.x)), \(Int($0.box.y)), \(Int($0.box.width)), \(Int($0.box.height)), \(Int($0.confidence))]"
                }
                found.append("[\(boxes.joined(separator: ", "))]")
            }
        }
    }
    times.sort()
    let median = times.isEmpty ? 0 : times[times.count / 2]
    print("{\"median_ms\": \(median), \"faces\": [\(found.joined(separator: ", "))]}")
}

do {
    try main()
} catch {
    let line = "\(error)\n"
    _ = line.withCString { write(2, $0, strlen($0)) }
    exit(1)
}
