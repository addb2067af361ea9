import FaceVision
import Glibc
import Randomness

/// Films pictures of faces as somebody before a camera looks: the head moves, nods and comes nearer, the light changes,
/// the sensor is noisy.
struct StillCamera {
    static let width = 320, height = 240
    /// Sides of a face in the frame, pixels.
    static let side = 132.0

    /// A value that wanders about 0, at most `size` away: slow waves and a tremble from frame to frame.
    private struct Drift {
        var waves: [(size: Double, period: Double, phase: Double)]
        var tremble: Double

        init(_ size: Double, tremble: Double, _ random: inout RandomGenerator) {
            waves = [0.6, 0.3, 0.1].map { share in
                (
                    size * share, Double(random.uniform(in: 1...2)) * 6 * share + 0.6,
                    Double(random.uniform(in: 0...6.28))
                )
            }
            self.tremble = tremble
        }

        func value(_ time: Double, _ random: inout RandomGenerator) -> Double {
            waves.reduce(tremble * Double(random.uniform(in: -1...1))) {
                $0 + $1.size * sin(2 * .pi * time / $1.period + $1.phase)
            }
        }
    }

    private var random: RandomGenerator
    private let across, down, nearer, tilt, light: Drift
    private let noise: Float

    init(seed: UInt64) {
        random = RandomGenerator(seed: seed)
        across = Drift(14, tremble: 0.6, &random)
        down = Drift(8, tremble: 0.6, &random)
        nearer = Drift(0.08, tremble: 0.004, &random)
        tilt = Drift(9, tremble: 0.4, &random)
        light = Drift(0.25, tremble: 0.02, &random)
        noise = random.uniform(in: 2...8)
    }

    /// A frame with a face that is between two pictures. Without `isStill`, whatever moves, moves.
    mutating func film(_ from: Image, _ to: Image, share: Double, time: Double, isStill: Bool = false) -> Image {
        let moves = isStill ? 0.0 : 1
        let x = Double(Self.width) / 2 + moves * across.value(time, &random)
        let y = Double(Self.height) / 2 + moves * down.value(time, &random)
        let scale = Double(to.width) / (Self.side * (1 + moves * nearer.value(time, &random)))
        let angle = moves * tilt.value(time, &random) * .pi / 180
        let gain = Float(1 + moves * light.value(time, &random)), grain = Float(moves) * noise
        let c = cos(angle) * scale, s = sin(angle) * scale, half = Double(to.width) / 2, mix = Float(share)
        var pixels = [UInt8](repeating: 0, count: Self.width * Self.height)
        for row in 0..<Self.height {
            for column in 0..<Self.width {
                let dx = Double(column) - x, dy = Double(row) - y
                let u = half + c * dx + s * dy - 0.5, v = half - s * dx + c * dy - 0.5
                var value: Float = 120
                if u > -0.5, v > -0.5, u < 2 * half - 0.5, v < 2 * half - 0.5 {
                    value = Self.value(of: to, u, v)
                    if mix < 1 { value = mix * value + (1 - mix) * Self.value(of: from, u, v) }
                }
                value *= gain
                if grain > 0 {
                    // Four draws in one: their sum is nearly a normal one.
                    let bits = random.next()
                    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
                    value += grain * (Float(sum) / 65536 - 2) * 1.73
                }
                pixels[row * Self.width + column] = UInt8(min(max(value, 0), 255))
            }
        }
        return Image(width: Self.width, height: Self.height, pixels: pixels)
    }

    /// Between the pixels.
    private static func value(of image: Image, _ u: Double, _ v: Double) -> Float {
        let column = Int(max(u, 0)), row = Int(max(v, 0))
        let right = min(column + 1, image.width - 1), below = min(row + 1, image.height - 1)
        let across = Float(max(u, 0) - Double(column)), down = Float(max(v, 0) - Double(row))
        func pixel(_ row: Int, _ column: Int) -> Float { Float(image.pixels[row * image.width + column]) }
        let upper = (1 - across) * pixel(row, column) + across * pixel(row, right)
        let lower = (1 - across) * pixel(below, column) + across * pixel(below, right)
        return (1 - down) * upper + down * lower
    }
}
