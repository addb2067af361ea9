import Glibc
import Randomness

/// Random changes to training pictures, with the names and meanings of Keras's `ImageDataGenerator`, plus random crop
/// and random erasing.
///
/// Rotation, shift, shear, zoom and flip become one affine map, so a picture is interpolated once (bilinear).
public struct Augmentation: Sendable, Equatable {
    /// What lies outside the picture.
    public enum FillMode: String, Sendable, Codable, CaseIterable {
        /// The value `fillValue`.
        case constant
        /// The nearest border pixel.
        case nearest
        /// Mirrored at the border: `d c b a | a b c d | d c b a`.
        case reflect
        /// Repeated: `a b c d | a b c d | a b c d`.
        case wrap
    }

    /// Largest rotation either way, degrees.
    public var rotationRange: Float = 0
    /// Largest shift either way: a share of the size if below 1, else pixels.
    public var widthShiftRange: Float = 0
    /// The same up or down.
    public var heightShiftRange: Float = 0
    /// Largest shear angle either way, degrees.
    public var shearRange: Float = 0
    /// Factors of the zoom, drawn for each axis: below 1 brings closer, as in Keras. 0.1 in Keras is 0.9...1.1 here.
    public var zoomRange: ClosedRange<Float> = 1...1
    /// Whether half of the pictures are mirrored.
    public var horizontalFlip = false
    /// Factors of the brightness.
    public var brightnessRange: ClosedRange<Float> = 1...1
    /// Factors of the contrast, around the picture's mean.
    public var contrastRange: ClosedRange<Float> = 1...1
    /// Exponents of the brightness: below 1 lightens, above 1 darkens.
    public var gammaRange: ClosedRange<Float> = 1...1
    /// Share of pictures that are blurred, by a Gaussian of 0.4 to 1.6 pixels.
    public var blurProbability: Float = 0
    /// Share of pictures that are brought down to 0.3 to 0.8 of their width and height, and up again.
    public var lowResolutionProbability: Float = 0
    /// The largest standard deviation of noise, grey levels.
    public var noiseDeviation: Float = 0
    /// What shows where the changed picture has nothing.
    public var fillMode: FillMode = .nearest
    /// For `.constant`: 0...255.
    public var fillValue: Float = 0
    /// Pads by so many pixels all around (by the fill mode) and cuts the original size out at a random place.
    public var randomCropPadding = 0
    /// Share of pictures in which a rectangle is replaced by noise. Z. Zhong et al., "Random Erasing", 2020.
    public var erasingProbability: Float = 0
    /// The erased rectangle's share of the picture, and its height over width.
    public var erasingArea: ClosedRange<Float> = 0.02...0.2
    /// Height over width of the erased rectangle.
    public var erasingAspect: ClosedRange<Float> = 0.3...3.3

    /// No change at all, as `none`.
    public init() {}

    /// No change at all.
    public static let none = Augmentation()

    /// The same with every range, and the share of erased pictures, multiplied by a factor of 0...1, which counts as 0 below
    /// and as 1 above. Flips stay.
    public func scaled(by factor: Float) -> Augmentation {
        let factor = min(1, max(0, factor))
        func around1(_ range: ClosedRange<Float>) -> ClosedRange<Float> {
            1 + (range.lowerBound - 1) * factor...1 + (range.upperBound - 1) * factor
        }
        // A shift of 1 and more counts pixels: it must not become a share.
        func shift(_ range: Float) -> Float { range >= 1 && factor > 0 ? max(1, range * factor) : range * factor }
        var result = self
        result.rotationRange *= factor
        result.widthShiftRange = shift(widthShiftRange)
        result.heightShiftRange = shift(heightShiftRange)
        result.shearRange *= factor
        result.zoomRange = around1(zoomRange)
        result.brightnessRange = around1(brightnessRange)
        result.contrastRange = around1(contrastRange)
        result.gammaRange = around1(gammaRange)
        result.blurProbability *= factor
        result.lowResolutionProbability *= factor
        result.noiseDeviation *= factor
        result.randomCropPadding = Int(Float(randomCropPadding) * factor)
        result.erasingProbability *= factor
        return result
    }

    /// Writes `pixel * scale + offset` of the changed picture. `source` is `size * size`, `target` the centre of it with
    /// `cropSize * cropSize` (all of it by default).
    ///
    /// The generator decides everything; give each sample of each epoch one of its own. Settings must be such as recipes
    /// allow.
    public func apply(
        _ source: UnsafePointer<UInt8>, size: Int, cropSize: Int? = nil, scale: Float, offset: Float,
        to target: UnsafeMutablePointer<Float>, random: inout RandomGenerator
    ) {
        let transform = drawTransform(size: size, &random), crop = cropSize ?? size
        let brightness = brightnessRange == 1...1 ? 1 : random.uniform(in: brightnessRange)
        if changesLight {
            warp(source, size: size, cropSize: crop, transform, brightness: brightness, scale: 1, offset: 0, to: target)
            applyLight(target, size: crop, &random)
            for i in 0..<crop * crop { target[i] = target[i] * scale + offset }
        } else {
            warp(
                source, size: size, cropSize: crop, transform, brightness: brightness, scale: scale, offset: offset,
                to: target)
        }
        if erasingProbability > 0, random.uniform() < erasingProbability {
            erase(target, size: crop, scale: scale, offset: offset, &random)
        }
    }

    /// The map from a place in the new picture to one in the old, both measured from the centre.
    package struct Transform: Equatable {
        package var xx: Float, xy: Float, yx: Float, yy: Float
        package var dx: Float, dy: Float

        /// Keras's matrix on (row, column): `R(angle) * T(shift) * Shear * Zoom`. Angles in radians, shifts in pixels.
        package init(
            angle: Float = 0, shiftX: Float = 0, shiftY: Float = 0, shear: Float = 0, zoomX: Float = 1,
            zoomY: Float = 1
        ) {
            let (c, s) = (cosf(angle), sinf(angle))
            let shearSine = sinf(shear), shearCosine = cosf(shear)
            yy = c * zoomY
            yx = (-c * shearSine - s * shearCosine) * zoomX
            xy = s * zoomY
            xx = (-s * shearSine + c * shearCosine) * zoomX
            dx = s * shiftY + c * shiftX
            dy = c * shiftY - s * shiftX
        }
    }

    /// Draws the parameters in a fixed order and composes, as Keras does, rotation, shift, shear and zoom; then crop
    /// and flip.
    package func drawTransform(size: Int, _ random: inout RandomGenerator) -> Transform {
        func range(_ r: Float, _ random: inout RandomGenerator) -> Float {
            r == 0 ? 0 : random.uniform(in: -r...r)
        }
        let angle = range(rotationRange, &random) * .pi / 180
        func pixels(_ r: Float) -> Float { r < 1 ? r * Float(size) : r }
        let shiftY = range(pixels(heightShiftRange), &random)
        let shiftX = range(pixels(widthShiftRange), &random)
        let shear = range(shearRange, &random) * .pi / 180
        let zoomY = zoomRange == 1...1 ? 1 : random.uniform(in: zoomRange)
        let zoomX = zoomRange == 1...1 ? 1 : random.uniform(in: zoomRange)
        var transform = Transform(
            angle: angle, shiftX: shiftX, shiftY: shiftY, shear: shear, zoomX: zoomX, zoomY: zoomY)
        if randomCropPadding > 0 {
            transform.dy += Float(random.integer(below: 2 * randomCropPadding + 1) - randomCropPadding)
            transform.dx += Float(random.integer(below: 2 * randomCropPadding + 1) - randomCropPadding)
        }
        if horizontalFlip, random.next() >> 63 == 1 {
            transform.xx = -transform.xx
            transform.yx = -transform.yx
        }
        return transform
    }

    /// Bilinear sampling along the rows of the new picture.
    package func warp(
        _ source: UnsafePointer<UInt8>, size: Int, cropSize: Int, _ t: Transform, brightness: Float, scale: Float,
        offset: Float, to target: UnsafeMutablePointer<Float>
    ) {
        let centre = Float(size - 1) / 2, cropCentre = Float(cropSize - 1) / 2
        let bright = scale * brightness
        let limit = 255 * scale + offset, low = offset
        for row in 0..<cropSize {
            let v = Float(row) - cropCentre
            var x = t.xx * -cropCentre + t.xy * v + t.dx + centre
            var y = t.yx * -cropCentre + t.yy * v + t.dy + centre
            let out = target + row * cropSize
            for column in 0..<cropSize {
                let fx = x.rounded(.down), fy = y.rounded(.down)
                let x0 = Int(fx), y0 = Int(fy)
                let ax = x - fx, ay = y - fy
                let value: Float
                if x0 >= 0, y0 >= 0, x0 < size - 1, y0 < size - 1 {
                    let p = source + (y0 * size + x0)
                    let top = Float(p[0]) + ax * (Float(p[1]) - Float(p[0]))
                    let bottom = Float(p[size]) + ax * (Float(p[size + 1]) - Float(p[size]))
                    value = top + ay * (bottom - top)
                } else {
                    let a = sample(source, size, x0, y0), b = sample(source, size, x0 + 1, y0)
                    let c = sample(source, size, x0, y0 + 1), d = sample(source, size, x0 + 1, y0 + 1)
                    let top = a + ax * (b - a), bottom = c + ax * (d - c)
                    value = top + ay * (bottom - top)
                }
                let result = value * bright + offset
                out[column] = brightness > 1 ? (scale > 0 ? min(max(result, low), limit) : result) : result
                x += t.xx
                y += t.yx
            }
        }
    }

    private func sample(_ source: UnsafePointer<UInt8>, _ size: Int, _ x: Int, _ y: Int) -> Float {
        var x = x, y = y
        if x < 0 || y < 0 || x >= size || y >= size {
            switch fillMode {
            case .constant: return fillValue
            case .nearest:
                x = min(max(x, 0), size - 1)
                y = min(max(y, 0), size - 1)
            case .reflect:
                x = Augmentation.reflect(x, size)
                y = Augmentation.reflect(y, size)
            case .wrap:
                x = (x % size + size) % size
                y = (y % size + size) % size
            }
        }
        return Float(source[y * size + x])
    }

    private static func reflect(_ index: Int, _ size: Int) -> Int {
        let period = 2 * size
        let place = (index % period + period) % period
        return place < size ? place : period - 1 - place
    }

    private func erase(
        _ target: UnsafeMutablePointer<Float>, size: Int, scale: Float, offset: Float,
        _ random: inout RandomGenerator
    ) {
        let area = random.uniform(in: erasingArea) * Float(size * size)
        let aspect = expf(random.uniform(in: logf(erasingAspect.lowerBound)...logf(erasingAspect.upperBound)))
        let height = min(size, max(1, Int((area * aspect).squareRoot().rounded())))
        let width = min(size, max(1, Int((area / aspect).squareRoot().rounded())))
        let top = random.integer(below: size - height + 1), left = random.integer(below: size - width + 1)
        for y in top..<top + height {
            for x in left..<left + width { target[y * size + x] = random.uniform() * 255 * scale + offset }
        }
    }
}
