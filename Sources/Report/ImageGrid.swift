import TextCoding

/// Small pictures with captions.
public struct ImageGrid: ReportBlock {
    /// One picture: the bytes of a PNG file and what to write below it.
    public struct Picture: Sendable {
        let png: [UInt8]
        let caption: String
        let detail: String

        /// - Parameters:
        ///   - caption: also read out in place of the picture.
        ///   - detail: a second, smaller line.
        public init(png: [UInt8], caption: String, detail: String = "") {
            self.png = png
            self.caption = caption
            self.detail = detail
        }
    }

    let pictures: [Picture]
    public init(_ pictures: [Picture]) { self.pictures = pictures }

    public func html() -> String {
        guard !pictures.isEmpty else { return "<p class=\"empty\">No images.</p>" }
        let figures = pictures.map { picture in
            let detail = picture.detail.isEmpty ? "" : "<small>\(escaped(picture.detail))</small>"
            return """
                <figure><img src="data:image/png;base64,\(Base64.text(picture.png))" alt="\(escaped(picture.caption))">\
                <figcaption>\(escaped(picture.caption))\(detail)</figcaption></figure>
                """
        }
        return "<div class=\"images\">\(figures.joined(separator: "\n"))</div>"
    }
}
