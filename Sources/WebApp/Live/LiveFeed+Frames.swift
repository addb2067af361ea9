import EmotionRecognition
import FaceVision
import MusicMatching

extension LiveFeed {
    /// Width of the pictures that are shown, at most.
    private static let width = 640

    /// Shows what a camera sees and what was found in it: to `/live.mjpg` the picture, to `/api/v1/events` an event
    /// `frame` with the same fields as the answer of `/api/v1/analyse`.
    ///
    /// Cost: without watchers next to nothing; with them about 3 ms for a picture of 640 x 480, however many there are.
    public func show(_ frame: Frame, _ result: FrameResult, classNames: [String], moodMap: MoodMap) {
        if watchers == 0 { return }
        let found = AnalysisService.Result(
            width: frame.image.width, height: frame.image.height, faces: result.faces, group: result.group,
            events: result.events, classNames: classNames,
            seconds: AnalysisService.Seconds(
                detection: result.timing.detection, recognition: result.timing.recognition,
                total: result.timing.latency))
        tell("frame", AnalysisJSON(classNames, moodMap).value(found, session: nil).text())
        var image = frame.image
        if image.width > LiveFeed.width {
            let height = max(1, image.height * LiveFeed.width / image.width)
            image = image.resized(width: LiveFeed.width, height: height)
        }
        show(ImageFile.encodeJPEG(image, quality: 78))
    }
}
