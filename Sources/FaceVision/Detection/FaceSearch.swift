/// Whether and how faces are looked for in pictures. For one thread at a time.
public final class FaceSearch {
    /// Pictures of at most so many pixels a side are one cropped face for `auto`.
    public static let largestCrop = 64

    /// Whether detectors look at colours; without, pictures need none.
    public let needsColor: Bool
    /// Whether pictures that show little else than a face are taken for one cropped face.
    public let sparesCrops: Bool
    private let make: (@Sendable () throws(DetectionFailure) -> AnyFaceDetector)?
    private var made: AnyFaceDetector?

    /// Looks for faces everywhere; without a detector each picture is one cropped face.
    public init(_ detector: AnyFaceDetector?) {
        made = detector
        make = nil
        sparesCrops = false
        needsColor = detector?.needsColor ?? false
    }

    /// - Parameter make: makes the detector when the first picture needs it.
    init(needsColor: Bool, sparesCrops: Bool, make: @escaping @Sendable () throws(DetectionFailure) -> AnyFaceDetector)
    {
        self.make = make
        self.sparesCrops = sparesCrops
        self.needsColor = needsColor
    }

    /// What finds the faces in a picture; `nil` if it is one. Throws what making the detector throws.
    ///
    /// - Parameter isPicture: whether it is a picture of its own, not one of a video or camera.
    public func detector(for image: Image, isPicture: Bool) throws(DetectionFailure) -> AnyFaceDetector? {
        if sparesCrops, isPicture, max(image.width, image.height) <= FaceSearch.largestCrop { return nil }
        return try detector()
    }

    /// What finds faces; `nil` if each picture is one. Throws what making the detector throws.
    public func detector() throws(DetectionFailure) -> AnyFaceDetector? {
        if made == nil { made = try make?() }
        return made
    }
}
