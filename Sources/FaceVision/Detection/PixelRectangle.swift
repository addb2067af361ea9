/// The whole pixels of a picture that a region touches.
package struct PixelRectangle: Equatable {
    package let left: Int
    package let top: Int
    package let width: Int
    package let height: Int

    /// Nil if there are none. No region is the whole picture.
    package init?(_ region: Rectangle?, in image: Image) {
        guard let region else {
            (left, top, width, height) = (0, 0, image.width, image.height)
            return
        }
        guard !(region.x + region.width).isNaN, !(region.y + region.height).isNaN else { return nil }
        func clamped(_ value: Double, _ size: Int) -> Int { Int(min(max(value, 0), Double(size))) }
        left = clamped(region.x.rounded(.down), image.width)
        top = clamped(region.y.rounded(.down), image.height)
        width = clamped((region.x + region.width).rounded(.up), image.width) - left
        height = clamped((region.y + region.height).rounded(.up), image.height) - top
        guard width > 0, height > 0 else { return nil }
    }
}
