import Threads

extension FaceSearch {
    /// `auto` and `none`, with the detectors between them.
    public static let names = ["auto"] + DetectorKind.all.map(\.name) + ["none"]

    /// Pictures of their own that are small enough are one cropped face, all others are searched. The detector is made
    /// when the first needs it.
    public static func automatic(
        _ kind: DetectorKind, make: @escaping @Sendable () throws -> any FaceDetector
    ) -> FaceSearch { FaceSearch(needsColor: kind.needsColor, sparesCrops: true, make: make) }

    /// The search of that name, one of `names`. Throws what reading the detector's files throws; for `auto` when the
    /// first picture is searched.
    public convenience init(named name: String, _ settings: DetectorSettings, threads: ThreadPool) throws {
        if let kind = DetectorKind.named(name) {
            self.init(try kind.load(settings)(settings, threads))
        } else if name == "auto" {
            let kind = DetectorKind.all[0]
            self.init(needsColor: kind.needsColor, sparesCrops: true) { try kind.load(settings)(settings, threads) }
        } else {
            self.init(nil)
        }
    }
}
