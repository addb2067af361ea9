import Randomness

extension FacePicture {
    /// Draws nose, mouth, eyes, brows, wrinkles and glasses, in the features' frame.
    mutating func paintFeatures(_ random: inout RandomGenerator) {
        paintWrinkles()
        paintNose()
        paintMouth()
        let gaze = random.uniform(in: -0.035...0.035)
        for side: Float in [-1, 1] {
            paintEye(side, gaze: gaze)
            paintBrow(side)
        }
        if person.hasMoustache { paintMoustache() }
        if person.hasGlasses { paintGlasses() }
    }

    private var line: Float { person.skin * 0.35 }
    private var eyeLevel: Float { -0.1 }

    private mutating func paintEye(_ side: Float, gaze: Float) {
        let p = person, e = expression
        let centre = Point(side * p.eyeDistance, eyeLevel)
        let up = p.eyeHeight * e.eyeOpening
        let down = p.eyeHeight * max(0.15, 0.75 * min(e.eyeOpening, 1.25) - 0.45 * e.squint)
        let slant = e.eyeSlant * side
        let width = p.eyeWidth
        let height = up + down + abs(slant)
        // The socket is a little darker than the skin.
        canvas.ellipse(
            Point(centre.x, centre.y - 0.02), width * 1.25, p.eyeHeight * 2.1, tone: p.skin * 0.78, opacity: 0.6)
        let white = min(245, p.skin * 0.4 + 150), iris = min(60, p.skin * 0.4)
        let radius = p.eyeHeight * 1.05, look = gaze
        canvas.lens(
            centre, halfWidth: width, height: height,
            tone: { x, y in
                let dx = x - centre.x - look, dy = y - centre.y + 0.005
                let distance = (dx * dx + dy * dy).squareRoot() - radius
                return iris + max(0, min(1, (distance + 0.02) * 25)) * (white - iris)
            },
            upper: { t in -up * (1 - t * t) + slant * t }, lower: { t in down * (1 - t * t) + slant * t })
        // The edge of the upper lid, and a thin one below.
        canvas.stroke(
            Point(centre.x - width, centre.y - slant), Point(centre.x, centre.y - 2 * up),
            Point(centre.x + width, centre.y + slant), start: 0.02, end: 0.02, tone: line * 0.6)
        canvas.stroke(
            Point(centre.x - width, centre.y - slant), Point(centre.x, centre.y + 2 * down),
            Point(centre.x + width, centre.y + slant), start: 0.01, end: 0.01, tone: line, opacity: 0.7)
        if e.squint > 0.4 {
            canvas.stroke(
                Point(centre.x - width * 0.8, centre.y + down + 0.06), Point(centre.x, centre.y + down + 0.11),
                Point(centre.x + width * 0.8, centre.y + down + 0.06), start: 0.012, end: 0.012, tone: line,
                opacity: e.squint * 0.6)
        }
    }

    private mutating func paintBrow(_ side: Float) {
        let p = person, e = expression
        let level = eyeLevel - p.browHeight - e.browRaise
        let inner = Point(side * (p.eyeDistance - 0.19), level + e.browTilt)
        let outer = Point(side * (p.eyeDistance + 0.19 * p.browLength), level + 0.05 - 0.35 * e.browTilt)
        let middle = Point(side * p.eyeDistance, level - 0.06 - max(0, e.browRaise) * 0.5)
        // Fair hair on fair skin would not show.
        let tone = abs(p.hairTone - p.skin) < 60 ? line : p.hairTone
        canvas.stroke(inner, middle, outer, start: p.browWidth, end: p.browWidth * 0.5, tone: tone)
    }

    private mutating func paintNose() {
        let p = person
        let tip = eyeLevel + p.noseLength + 0.06
        canvas.stroke(
            Point(0.03, eyeLevel), Point(0.09, tip - 0.1), Point(p.noseWidth, tip), start: 0.02, end: 0.03,
            tone: p.skin * 0.72, opacity: 0.6)
        for side: Float in [-1, 1] {
            canvas.ellipse(Point(side * p.noseWidth * 0.6, tip + 0.02), 0.035, 0.025, tone: line)
        }
    }

    private mutating func paintWrinkles() {
        let p = person, e = expression
        let bridge = eyeLevel + 0.06, tip = eyeLevel + p.noseLength + 0.06
        if e.noseWrinkle > 0.1 {
            for i in 0..<3 {
                let y = bridge - 0.05 + Float(i) * 0.065
                canvas.stroke(
                    Point(-0.1, y + 0.035), Point(0, y - 0.05), Point(0.1, y + 0.035), start: 0.014, end: 0.014,
                    tone: line, opacity: min(1, e.noseWrinkle * 0.9))
            }
        }
        for side: Float in [-1, 1] {
            if e.frownLines > 0.1 {
                canvas.stroke(
                    Point(side * 0.05, eyeLevel - 0.2), Point(side * 0.035, eyeLevel - 0.12),
                    Point(side * 0.05, eyeLevel - 0.04), start: 0.014, end: 0.01, tone: line,
                    opacity: min(1, e.frownLines * 0.8))
            }
            if e.cheekLines > 0.1 {
                let corner = p.mouthWidth * e.mouthWidth + 0.09
                canvas.stroke(
                    Point(side * (p.noseWidth + 0.05), tip - 0.03), Point(side * corner, tip + 0.05),
                    Point(side * corner, p.mouthHeight - 0.02), start: 0.016, end: 0.008, tone: line,
                    opacity: min(1, e.cheekLines * 0.8))
            }
        }
        if e.foreheadLines > 0.2 {
            let top = eyeLevel - p.browHeight - e.browRaise - 0.14
            for i in 0..<2 {
                let y = top - Float(i) * 0.08
                canvas.stroke(
                    Point(-0.28, y), Point(0, y - 0.05), Point(0.28, y), start: 0.012, end: 0.012, tone: line,
                    opacity: min(1, e.foreheadLines * 0.5))
            }
        }
    }

    private mutating func paintMouth() {
        let p = person, e = expression
        let width = p.mouthWidth * e.mouthWidth
        let centre = Point(0, p.mouthHeight + e.mouthOpening * 0.4)
        let curve = e.mouthCurve, skew = e.mouthSkew, lips = p.lips, square = min(1, e.mouthSquare)
        let up = e.mouthOpening * 0.75 + e.upperLip * 0.5, down = e.mouthOpening * 1.25
        let raised = e.upperLip
        // The line between the lips: a parabola whose corners go up with a smile.
        func middle(_ t: Float) -> Float { -curve * (t * t - 0.45) * 1.3 - skew * t - raised * (1 - t * t) * 0.6 }
        func profile(_ t: Float) -> Float {
            let t2 = t * t
            return (1 - t2) + square * (t2 - t2 * t2 * t2)
        }
        let height = up + down + abs(curve) * 1.3 + abs(skew) + raised + lips * 2
        let isOpen = up + down > 0.03
        canvas.lens(
            centre, halfWidth: width * 1.04, height: height, tone: { _, _ in p.skin * 0.62 },
            upper: { t in middle(t) - (up + lips) * profile(t) },
            lower: { t in middle(t) + (down + lips * 1.3) * profile(t) })
        if isOpen {
            let dark = p.skin * 0.15, teeth = min(240, p.skin * 0.4 + 140), shown = e.teeth
            canvas.lens(
                centre, halfWidth: width * 0.95, height: height,
                tone: { x, y in
                    let t = x / width
                    let place = (y - centre.y - middle(t) + up * profile(t)) / max((up + down) * profile(t), 1e-3)
                    return place < shown ? teeth : dark
                },
                upper: { t in middle(t) - up * profile(t) }, lower: { t in middle(t) + down * profile(t) })
            if shown > 0.8 {  // clenched: the line between the rows
                canvas.lens(
                    centre, halfWidth: width * 0.9, height: height, tone: { _, _ in dark },
                    upper: { t in middle(t) + (down - up) / 2 - 0.014 },
                    lower: { t in middle(t) + (down - up) / 2 + 0.014 })
            }
        } else {
            canvas.lens(
                centre, halfWidth: width, height: height, tone: { _, _ in p.skin * 0.25 },
                upper: { t in middle(t) - 0.022 }, lower: { t in middle(t) + 0.022 })
        }
    }

    private mutating func paintMoustache() {
        let p = person
        let level = p.mouthHeight - p.lips - 0.07 - expression.upperLip - expression.mouthOpening * 0.4
        canvas.stroke(
            Point(-p.mouthWidth, level + 0.03), Point(0, level - 0.05), Point(p.mouthWidth, level + 0.03), start: 0.03,
            end: 0.03, tone: abs(p.hairTone - p.skin) < 60 ? line : p.hairTone, opacity: 0.85)
    }

    private mutating func paintGlasses() {
        let p = person, tone = p.skin * 0.2
        let radius = p.eyeWidth * 1.25
        for side: Float in [-1, 1] {
            let centre = Point(side * p.eyeDistance, eyeLevel + 0.01)
            let box = FaceCanvas.Box(
                left: centre.x - radius, top: centre.y - radius, right: centre.x + radius, bottom: centre.y + radius)
            canvas.fill(box, opacity: 0.8, tone: { _, _ in tone }) { x, y in
                abs(FaceCanvas.ellipseDistance(x - centre.x, y - centre.y, radius, radius * 0.85)) - 0.015
            }
        }
        let inner = p.eyeDistance - radius
        canvas.stroke(
            Point(-inner, eyeLevel), Point(0, eyeLevel - 0.03), Point(inner, eyeLevel), start: 0.015, end: 0.015,
            tone: tone, opacity: 0.8)
    }
}
