import EmotionRecognition
import Randomness
import Testing

@Suite struct AugmentationTests {
    /// The new picture for a map, as bytes in, numbers 0...255 out.
    func warp(_ source: [UInt8], size: Int, _ transform: Augmentation.Transform, _ settings: Augmentation = .none)
        -> [Float]
    {
        var target = [Float](repeating: -1, count: size * size)
        settings.warp(source, size: size, cropSize: size, transform, brightness: 1, scale: 1, offset: 0, to: &target)
        return target
    }

    func apply(
        _ settings: Augmentation, _ source: [UInt8], size: Int, seed: UInt64, scale: Float = 1, offset: Float = 0
    ) -> [Float] {
        var target = [Float](repeating: -1, count: size * size)
        var random = RandomGenerator(seed: seed)
        settings.apply(source, size: size, scale: scale, offset: offset, to: &target, random: &random)
        return target
    }

    func close(_ a: [Float], _ b: [Float], _ tolerance: Float = 1e-3) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }

    static let picture = (0..<48 * 48).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ $0 / 11) }

    @Test func withoutSettingsNothingChanges() {
        let pixels = AugmentationTests.picture
        #expect(apply(.none, pixels, size: 48, seed: 4) == pixels.map(Float.init))
        let scaled = apply(.none, pixels, size: 48, seed: 4, scale: 1 / 127.5, offset: -1)
        #expect(scaled == pixels.map { Float($0) * (1 / 127.5) - 1 })
    }

    @Test func lightChangesValuesNotPlaces() {
        let pixels = (0..<48 * 48).map { (place: Int) -> UInt8 in UInt8(60 + (place % 48) * 2 + place / 48) }
        func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
        func deviation(_ values: [Float]) -> Float {
            let m = mean(values)
            return (values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Float(values.count)).squareRoot()
        }
        let before = pixels.map(Float.init)
        var contrast = Augmentation(), gamma = Augmentation(), noise = Augmentation(), small = Augmentation()
        contrast.contrastRange = 0.5...0.5
        gamma.gammaRange = 2...2
        noise.noiseDeviation = 20
        small.lowResolutionProbability = 1
        var blur = Augmentation()
        blur.blurProbability = 1
        let flat = apply(contrast, pixels, size: 48, seed: 1)
        #expect(abs(mean(flat) - mean(before)) < 0.1 && abs(deviation(flat) - deviation(before) / 2) < 0.1)
        let dark = apply(gamma, pixels, size: 48, seed: 1)
        let squares = before.map { (value: Float) -> Float in value * value / 255 }
        #expect(zip(dark, squares).allSatisfy { abs($0 - $1) < 0.1 })
        // The deviation itself is drawn from 0 to the largest.
        let rough: [Float] = (1...8).map { seed in
            deviation(zip(apply(noise, pixels, size: 48, seed: seed), before).map { $0 - $1 })
        }
        #expect(rough.allSatisfy { $0 < 21 } && rough.max()! > 10 && Set(rough).count == 8)
        // A slope survives averaging and blurring; a checkerboard does not.
        let board = (0..<48 * 48).map { (place: Int) -> UInt8 in UInt8((place % 48 + place / 48) % 2 * 255) }
        for settings in [small, blur] {
            let slope = apply(settings, pixels, size: 48, seed: 3), grey = apply(settings, board, size: 48, seed: 3)
            let middle = 24 * 48 + 24
            #expect(abs(slope[middle] - before[middle]) < 2)
            #expect(deviation(grey) < 110 && abs(mean(grey) - 127.5) < 2)
        }
        #expect(deviation(apply(small, board, size: 48, seed: 3)) < 60)
        #expect(contrast.scaled(by: 0).changesLight == false && noise.scaled(by: 0).changesLight == false)
        // In the range that the network wants.
        let scaled = apply(gamma, pixels, size: 48, seed: 1, scale: 1 / 127.5, offset: -1)
        #expect(zip(scaled, dark).allSatisfy { abs($0 - ($1 / 127.5 - 1)) < 1e-5 })
    }

    @Test func weakenedToNothingNothingIsLeft() {
        var settings = Augmentation()
        settings.widthShiftRange = 4
        settings.heightShiftRange = 0.2
        settings.rotationRange = 10
        settings.zoomRange = 0.9...1.1
        #expect(settings.scaled(by: 0) == Augmentation.none)
        // Pixels do not become a share.
        #expect(settings.scaled(by: 0.1).widthShiftRange == 1 && settings.scaled(by: 0.5).widthShiftRange == 2)
    }

    @Test func flipMirrorsHalfOfThePictures() {
        var settings = Augmentation()
        settings.horizontalFlip = true
        let pixels = AugmentationTests.picture
        let same = pixels.map(Float.init)
        let mirrored = (0..<48).flatMap { row in (0..<48).map { Float(pixels[row * 48 + 47 - $0]) } }
        var flips = 0
        for seed in 0..<200 as Range<UInt64> {
            let result = apply(settings, pixels, size: 48, seed: seed)
            #expect(result == same || result == mirrored)
            flips += result == mirrored ? 1 : 0
        }
        #expect((70...130).contains(flips))
    }

    @Test func rotationByARightAngleIsClockwise() {
        // Keras's apply_affine_transform(theta=90) gives the same.
        let source: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        let result = warp(source, size: 3, .init(angle: .pi / 2))
        #expect(close(result, [7, 4, 1, 8, 5, 2, 9, 6, 3]))
        #expect(close(warp(source, size: 3, .init(angle: .pi)), [9, 8, 7, 6, 5, 4, 3, 2, 1]))
        #expect(close(warp(source, size: 3, .init(angle: -.pi / 2)), [3, 6, 9, 2, 5, 8, 1, 4, 7]))
    }

    @Test func zoomBelowOneComesCloser() {
        let source: [UInt8] = [0, 10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30]
        let result = warp(source, size: 4, .init(zoomX: 0.5, zoomY: 0.5))
        #expect(close(Array(result.prefix(4)), [7.5, 12.5, 17.5, 22.5]))
    }

    static let fills: [(mode: Augmentation.FillMode, shift: Float, row: [Float])] = [
        (.nearest, 2, [30, 40, 40, 40]), (.reflect, 2, [30, 40, 40, 30]), (.wrap, 2, [30, 40, 10, 20]),
        (.constant, 2, [30, 40, 99, 99]), (.nearest, -1, [10, 10, 20, 30]), (.reflect, -1, [10, 10, 20, 30]),
        (.wrap, -1, [40, 10, 20, 30]), (.constant, -1, [99, 10, 20, 30]), (.reflect, 6, [20, 10, 10, 20]),
        (.wrap, 9, [20, 30, 40, 10]), (.constant, 0.5, [15, 25, 35, 69.5]),
    ]

    @Test(arguments: fills.indices) func shiftsFillAsTheModeSays(index: Int) {
        let (mode, shift, row) = AugmentationTests.fills[index]
        var settings = Augmentation()
        settings.fillMode = mode
        settings.fillValue = 99
        let line: [UInt8] = [10, 20, 30, 40]
        let result = warp(line + line + line + line, size: 4, .init(shiftX: shift), settings)
        #expect(close(result, row + row + row + row))
        // The same along the columns.
        let columns = line.flatMap { [UInt8](repeating: $0, count: 4) }
        let down = warp(columns, size: 4, .init(shiftY: shift), settings)
        #expect(close(down, row.flatMap { [Float](repeating: $0, count: 4) }))
    }

    @Test func randomCropShiftsByWholePixels() {
        var settings = Augmentation()
        settings.randomCropPadding = 2
        settings.fillMode = .constant
        let pixels = AugmentationTests.picture
        var seen: Set<Int> = []
        for seed in 0..<300 as Range<UInt64> {
            let result = apply(settings, pixels, size: 48, seed: seed)
            var matches: [Int] = []
            for dy in -2...2 {
                for dx in -2...2 {
                    let shifted = (0..<48).flatMap { y in
                        (0..<48).map { x -> Float in
                            let (sx, sy) = (x + dx, y + dy)
                            return (0..<48).contains(sx) && (0..<48).contains(sy) ? Float(pixels[sy * 48 + sx]) : 0
                        }
                    }
                    if shifted == result { matches.append(dy * 5 + dx) }
                }
            }
            #expect(matches.count == 1)
            seen.formUnion(matches)
            if seed == 60, seen.count > 15 { break }
        }
        #expect(seen.count > 15)
    }

    @Test func brightnessScalesAndStaysInRange() {
        var settings = Augmentation()
        settings.brightnessRange = 2...2
        #expect(apply(settings, [10, 100, 200, 0], size: 2, seed: 1) == [20, 200, 255, 0])
        settings.brightnessRange = 0.5...0.5
        #expect(apply(settings, [10, 100, 200, 0], size: 2, seed: 1) == [5, 50, 100, 0])
    }

    @Test func erasingReplacesOneRectangle() {
        var settings = Augmentation()
        settings.erasingProbability = 1
        let pixels = [UInt8](repeating: 200, count: 48 * 48)
        for seed in 0..<50 as Range<UInt64> {
            let result = apply(settings, pixels, size: 48, seed: seed)
            let changed = result.indices.filter { result[$0] != 200 }
            let rows = changed.map { $0 / 48 }, columns = changed.map { $0 % 48 }
            let area = (rows.max()! - rows.min()! + 1) * (columns.max()! - columns.min()! + 1)
            #expect(area == changed.count)
            #expect(Float(area) / (48 * 48) > 0.015 && Float(area) / (48 * 48) < 0.22)
            #expect(result.allSatisfy { (0...255).contains($0) })
        }
        settings.erasingProbability = 0.5
        let erased = (0..<200).count { apply(settings, pixels, size: 48, seed: UInt64($0)) != pixels.map(Float.init) }
        #expect((70...130).contains(erased))
    }

    @Test func samplesDoNotDependOnTheirOrder() {
        var settings = Augmentation()
        (settings.rotationRange, settings.widthShiftRange, settings.heightShiftRange) = (20, 0.1, 3)
        (settings.shearRange, settings.zoomRange, settings.brightnessRange) = (10, 0.9...1.1, 0.8...1.2)
        (settings.horizontalFlip, settings.erasingProbability) = (true, 0.5)
        let faces = SyntheticFaces(seed: 2).dataset(training: 30, test: 0)
        func samples(_ order: [Int], seed: UInt64 = 9, epoch: Int? = 3) -> [Int: [Float]] {
            let data = try! FaceTrainingData(faces, indices: Array(0..<30), augmentation: settings, seed: seed)
            var result: [Int: [Float]] = [:]
            for index in order {
                var input = [Float](repeating: 0, count: 48 * 48), target = [Float](repeating: 0, count: 7)
                try! data.write(sample: index, epoch: epoch, input: &input, target: &target)
                #expect(target.firstIndex(of: 1) == Int(faces.labels[index]) && target.reduce(0, +) == 1)
                result[index] = input
            }
            return result
        }
        let forwards = samples(Array(0..<30))
        #expect(samples(Array((0..<30).reversed())) == forwards)
        #expect(samples(Array(0..<30), seed: 10)[0] != forwards[0])
        #expect(samples(Array(0..<30), epoch: 4)[0] != forwards[0])
        #expect(samples([0], epoch: nil)[0] == faces.image(0).map { Float($0) * (1 / 255) })
    }
}
