// Faces in a picture, for the page.

private nonisolated(unsafe) var detector: YuNetDetector?
private nonisolated(unsafe) var found: [Float] = []

/// Numbers per face: box (left, top, width, height), confidence, tilt (NaN where unknown), five points.
private let numbersPerFace = 16

/// Makes the detector of a plan's bytes: 0, or -1 with a line in `fermusic_problem`.
@_cdecl("fermusic_detector")
public func openDetector(_ bytes: UnsafeRawPointer, _ count: Int) -> Int32 {
    do throws(PlanError) {
        let plan = try NetworkPlan(UnsafeRawBufferPointer(start: bytes, count: count))
        guard plan.resized(height: 65, width: 65) != nil, plan.outputShapes.count == YuNetNetwork.strides.count else {
            throw .invalid("it is no detector's")
        }
        detector = try? YuNetDetector(weights: YuNetWeights(network: plan), threads: ThreadPool(threads: 1))
        return detector == nil ? -1 : 0
    } catch {
        tell(error)
        return -1
    }
}

/// Finds the faces of a picture, RGBA as a canvas has it: how many, or -1. `fermusic_faces` has them.
@_cdecl("fermusic_detect")
public func detect(_ pixels: UnsafePointer<UInt8>, _ width: Int32, _ height: Int32) -> Int32 {
    guard let detector, width > 0, height > 0, width <= 1 << 14, height <= 1 << 14 else { return -1 }
    let image = Image(rgba: pixels, width: Int(width), height: Int(height))
    do throws(PlanError) {
        let faces = try detector.detect(in: image, region: nil)
        found = []
        for face in faces { found += numbers(face) }
        return Int32(faces.count)
    } catch {
        tell(error)
        return -1
    }
}

@_cdecl("fermusic_faces")
public func lastFaces() -> UnsafeMutablePointer<Float>? { found.withUnsafeMutableBufferPointer { $0.baseAddress } }

private func numbers(_ face: DetectedFace) -> [Float] {
    var numbers = [face.box.x, face.box.y, face.box.width, face.box.height, face.confidence, face.tilt ?? .nan]
    if let points = face.landmarks {
        for point in [points.leftEye, points.rightEye, points.nose, points.mouthLeft, points.mouthRight] {
            numbers.append(point.x)
            numbers.append(point.y)
        }
    }
    while numbers.count < numbersPerFace { numbers.append(.nan) }
    return numbers.map { Float($0) }
}

extension Image {
    /// A canvas's pixels, without how transparent they are.
    init(rgba: UnsafePointer<UInt8>, width: Int, height: Int) {
        let count = width * height
        let pixels = [UInt8](unsafeUninitializedCapacity: count * 3) { buffer, filled in
            for pixel in 0..<count {
                buffer[3 * pixel] = rgba[4 * pixel]
                buffer[3 * pixel + 1] = rgba[4 * pixel + 1]
                buffer[3 * pixel + 2] = rgba[4 * pixel + 2]
            }
            filled = count * 3
        }
        self.init(width: width, height: height, channels: 3, pixels: pixels)
    }
}
