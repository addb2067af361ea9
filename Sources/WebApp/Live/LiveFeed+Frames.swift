import EmotionRecognition
import FaceVision
import JSON

extension LiveFeed {
    /// Width of the pictures that are shown, at most.
    private static let width = 640

    /// Shows what a camera sees and what was found in it: to `/live.mjpg` the picture, to `/api/v1/events` an event
    /// `frame` with the same fields as the answer of `/api/v1/analyse`.
    ///
    /// Cost: without watchers next to nothing; with them about 3 ms for a picture of 640 x 480, however many there are.
    public func show(_ frame: Frame, _ result: FrameResult, _ json: FrameJSON) {
        if watchers == 0 { return }
        var fields = json.fields(result)
        fields["session"] = .null
        fields["hint"] = .null
        tell("frame", JSONValue.object(fields).text())
        var image = frame.image
        if image.width > LiveFeed.width {
            let height = max(1, image.height * LiveFeed.width / image.width)
            image = image.resized(width: LiveFeed.width, height: height)
        }
        (try? ImageFile.encodeJPEG(image, quality: 78)).map(show)
    }
}
