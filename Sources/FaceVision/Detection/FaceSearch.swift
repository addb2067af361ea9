import Threads

/// Whether and how faces are looked for in pictures. For one thread at a time.
public final class FaceSearch {
    /// `auto` and `none`, with the detectors between them.
    public static let names = ["auto"] + DetectorKind.all.map(\.name) + ["none"]
    /// Pictures of at most so many pixels a side are one cropped face for `auto`.
    public static let largestCrop = 64

    /// Whether detectors look at colours; without, pictures need none.
    public let needsColor: Bool
    /// Whether pictures that show little else than a face are taken for one cropped face.
    public let sparesCrops: Bool
    private let make: (@Sendable () throws -> any FaceDetector)?
    private var made: (any FaceDetector)?

    /// Looks for faces everywhere; without a detector each picture is one cropped face.
    public init(_ detector: (any FaceDetector)?) {
        made = detector
        make = nil
        sparesCrops = false
        needsColor = detector?.needsColor ?? false
    }

    private init(_ kind: DetectorKind, sparesCrops: Bool, make: @escaping @Sendable () throws -> any FaceDetector) {
        self.make = make
        self.sparesCrops = sparesCrops
        needsColor = kind.needsColor
    }

    /// Pictures of their own that are small enough are one cropped face, all others are searched. The detector is made
    /// when the first needs it.
    public static func automatic(
        _ kind: DetectorKind, make: @escaping @Sendable () throws -> any FaceDetector
    ) -> FaceSearch { FaceSearch(kind, sparesCrops: true, make: make) }

    /// The search of that name, one of `names`. Throws what reading the detector's files throws; for `auto` when the
    /// first picture is searched.
    public convenience init(named name: String, _ settings: DetectorSettings, threads: ThreadPool) throws {
        if let kind = DetectorKind.named(name) {
            self.init(try kind.load(settings)(settings, threads))
        } else if name == "auto" {
            let kind = DetectorKind.all[0]
            self.init(kind, sparesCrops: true) { try kind.load(settings)(settings, threads) }
        } else {
            self.init(nil)
        }
    }

    /// What finds the faces in a picture; `nil` if it is one. Throws what making the detector throws.
    ///
    /// - Parameter isPicture: whether it is a picture of its own, not one of a video or camera.
    public func detector(for image: Image, isPicture: Bool) throws -> (any FaceDetector)? {
        if sparesCrops, isPicture, max(image.width, image.height) <= FaceSearch.largestCrop { return nil }
        if made == nil { made = try make?() }
        return made
    }
}
