import FaceVision
import Glibc
import Randomness

/// One drawn face: the head with what surrounds it, then the light and the camera. The features are in
/// `FacePicture+Features.swift`.
struct FacePicture {
    typealias Point = FaceCanvas.Point

    let person: SyntheticPerson
    let expression: FacialExpression
    var canvas: FaceCanvas
    /// The features' frame: moved and narrowed by the turn of the head.
    let features: FaceCanvas.Frame

    init(person: SyntheticPerson, expression: FacialExpression, size: Int, _ random: inout RandomGenerator) {
        self.person = person
        self.expression = expression
        let angle = random.uniform(in: -15...15) * Float.pi / 180
        let side = Float(size)
        let head = FaceCanvas.Frame(
            centreX: side * (0.5 + random.uniform(in: -0.09...0.09)),
            centreY: side * (0.5 + random.uniform(in: -0.09...0.09)), scale: side * random.uniform(in: 0.42...0.54),
            cosine: cosf(angle), sine: sinf(angle))
        let turn = random.uniform(in: -0.14...0.14)
        features = head.moved(x: turn, y: random.uniform(in: -0.08...0.08), squeeze: 1 - abs(turn) * 0.6)
        canvas = FaceCanvas(size: size, tone: person.backgroundTone, frame: head)
    }

    /// Draws from the back to the front.
    mutating func paint(_ random: inout RandomGenerator) {
        let head = canvas.frame
        paintBackground(&random)
        paintHairBehind()
        paintBody()
        paintHead()
        canvas.frame = features
        paintFeatures(&random)
        canvas.frame = head
        paintHairInFront(&random)
    }

    private mutating func paintBackground(_ random: inout RandomGenerator) {
        for _ in 0..<random.integer(below: 5) {
            let centre = Point(random.uniform(in: -1.2...1.2), random.uniform(in: -1.2...1.2))
            canvas.ellipse(
                centre, random.uniform(in: 0.1...0.7), random.uniform(in: 0.1...0.7),
                tone: random.uniform(in: 0...255), opacity: random.uniform(in: 0.2...0.9))
        }
    }

    private mutating func paintHairBehind() {
        let p = person
        if p.hair == .long {
            canvas.ellipse(Point(0, 0.15), p.headWidth + 0.2, p.headHeight + 0.2, tone: p.hairTone)
        }
        if p.hasEars && p.hair != .long {
            for side: Float in [-1, 1] {
                canvas.ellipse(Point(side * p.headWidth, 0.03), 0.11, 0.2, tone: p.skin * 0.85)
                canvas.ellipse(Point(side * (p.headWidth + 0.02), 0.03), 0.05, 0.11, tone: p.skin * 0.65)
            }
        }
    }

    private mutating func paintBody() {
        let p = person
        canvas.ellipse(Point(0, 1.55), 1.15, 0.5, tone: p.clothesTone)
        canvas.stroke(
            Point(0, 0.75), Point(0, 0.95), Point(0, 1.15), start: 0.32, end: 0.36, tone: p.skin * 0.7)
    }

    private mutating func paintHead() {
        let p = person
        let box = FaceCanvas.Box(left: -p.headWidth, top: -p.headHeight, right: p.headWidth, bottom: p.headHeight)
        canvas.fill(box, tone: { x, y in p.skin * (1 - 0.2 * (x * x + 0.5 * y * y)) }) { x, y in
            let narrow = p.headWidth * (1 - p.chin * max(0, y))
            return FaceCanvas.ellipseDistance(x, y, narrow, p.headHeight)
        }
    }

    private mutating func paintHairInFront(_ random: inout RandomGenerator) {
        let p = person
        guard p.hair != .none else { return }
        let line: Float = p.hair == .fringe ? -0.5 : -0.68
        let parting = random.uniform(in: -0.3...0.3)
        let tone = p.hairTone, width = p.headWidth + 0.06, height = p.headHeight + 0.08
        let box = FaceCanvas.Box(left: -width, top: -height, right: width, bottom: 0.2)
        canvas.fill(box, tone: { x, _ in tone + 12 * sinf(x * 40) }) { x, y in
            let outer = FaceCanvas.ellipseDistance(x, y, width, height)
            let sides = 0.55 * (x - parting * 0.3) * (x - parting * 0.3)
            return max(outer, y - line - sides)
        }
    }

    /// Light from one side, exposure, softness and noise of the camera; then bytes.
    func develop(_ random: inout RandomGenerator) -> Image {
        let size = canvas.size
        let direction = random.uniform(in: -Float.pi...Float.pi), force = random.uniform(in: 0...0.45)
        let (lx, ly) = (cosf(direction) * force, sinf(direction) * force)
        let contrast = random.uniform(in: 0.55...1.15), brightness = random.uniform(in: -35...35)
        let noise = random.uniform(in: 1...9)
        var pixels = [UInt8](repeating: 0, count: size * size)
        for row in 0..<size {
            let v = Float(row) / Float(size) * 2 - 1
            for column in 0..<size {
                let u = Float(column) / Float(size) * 2 - 1
                let lit = canvas.tones[row * size + column] * (1 + lx * u + ly * v)
                // The sum of four bytes is nearly normal: mean 510, deviation 147.8.
                let bits = random.next()
                let sum = bits & 255 + bits >> 8 & 255 + bits >> 16 & 255 + bits >> 24 & 255
                let grain = (Float(sum) - 510) * (noise / 147.8)
                let value = (lit - 128) * contrast + 128 + brightness + grain
                pixels[row * size + column] = UInt8(max(0, min(255, value.rounded())))
            }
        }
        return Image(width: size, height: size, pixels: pixels)
    }
}
