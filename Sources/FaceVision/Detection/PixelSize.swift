/// A width and a height in pixels; a single number means both.
public struct PixelSize: Sendable, Hashable, ExpressibleByIntegerLiteral {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    public init(_ side: Int) { self.init(width: side, height: side) }
    public init(integerLiteral side: Int) { self.init(side) }
}
