// What one page knows: its networks, and the faces that it follows.

/// The largest side of pictures that are looked at.
private let largestSide = 1 << 14

struct Session {
    var detector: NetworkPlan
    var emotions: EmotionModel
    /// Valence and energy of each class, 0 to 1; empty if nobody said.
    var places: [(valence: Double, energy: Double)] = []
    /// Of streams and of pictures of their own, made when first needed.
    private var readers: [FaceReader?] = [nil, nil]
    /// Of faces that somebody else found.
    private var recogniser: EmotionRecogniser?
    private var classes: UInt32 = .max
    private var tracker = MoodTracker()
    private var frames = 0

    init(detector: NetworkPlan, emotions: EmotionModel) throws(PlanError) {
        guard detector.resized(height: 65, width: 65) != nil, detector.outputShapes.count == YuNetNetwork.strides.count
        else { throw .invalid("it is no detector's") }
        self.detector = detector
        self.emotions = emotions
    }

    /// Forgets the faces. `classes` has a bit for each class that is told apart; fewer than two are all.
    mutating func begin(_ classes: UInt32) {
        tracker = MoodTracker()
        frames = 0
        guard classes != self.classes else { return }
        self.classes = classes
        readers = [nil, nil]
    }

    private mutating func reader(isPicture: Bool) throws(PlanError) -> FaceReader {
        let place = isPicture ? 1 : 0
        if let known = readers[place] { return known }
        let threads = ThreadPool(threads: 1), weights = YuNetWeights(network: detector)
        let search = FaceSearch(needsColor: true, sparesCrops: true) { () throws(PlanError) in
            do throws(YuNetError) {
                return try YuNetDetector(weights: weights, options: .init(isHurried: !isPicture), threads: threads)
            } catch {
                throw .invalid("the detector's options")
            }
        }
        let recogniser = try EmotionRecogniser(emotions, batchSize: 1, threads: threads)
        let names = emotions.card.classNames
        let kept = names.indices.filter { classes & (1 << UInt32($0)) != 0 }
        var options = FaceReader.Options()
        let reader: FaceReader
        do throws(EmotionGroupingError) {
            if kept.count > 1, kept.count < names.count {
                options.grouping = try EmotionGrouping(kept.map { .init(name: names[$0], classes: [names[$0]]) })
            }
            reader = try FaceReader(recogniser, search: search, options: options)
        } catch {
            throw .invalid("its classes")
        }
        readers[place] = reader
        return reader
    }

    /// The answer of `/api/v1/analyse` about a picture.
    ///
    /// - Parameters:
    ///   - scale: how many times as large the picture is that places are told in.
    ///   - time: seconds, for a stream's picture; nil for one of its own.
    mutating func look(
        _ image: Image, time: Double?, arrival: Double, whole: (width: Int, height: Int)
    ) throws(PlanError) -> JSONValue {
        let reader = try reader(isPicture: time == nil)
        let frame = Frame(image: image, time: time ?? 0, index: frames, isPicture: time == nil, arrival: arrival)
        let decoded = monotonicSeconds()
        var result: FrameResult
        if time == nil {
            var once = MoodTracker()
            result = try once.process(frame, using: reader)
        } else {
            frames += 1
            result = try tracker.process(frame, using: reader)
        }
        if whole.width != image.width {
            result.scale(
                by: Double(whole.width) / Double(image.width), width: whole.width, height: whole.height)
        }
        result.timing.waiting = 0
        result.timing.decoding = decoded - arrival
        var fields = FrameJSON(classes: reader.classNames, moodPlace: place(reader.classNames)).fields(result)
        fields["session"] = .null
        fields["hint"] = .null
        return .object(fields)
    }

    /// The emotion of a face that fills its picture.
    mutating func recognise(_ face: Image) throws(PlanError) -> JSONValue {
        let known: EmotionRecogniser
        if let recogniser {
            known = recogniser
        } else {
            known = try EmotionRecogniser(emotions, batchSize: 1, threads: ThreadPool(threads: 1))
            recogniser = known
        }
        let names = emotions.card.classNames, recognition = known.recognise([face])[0]
        var probabilities: [String: JSONValue] = [:]
        for (name, value) in zip(names, recognition.probabilities) { probabilities[name] = .double(Double(value)) }
        return .object([
            "emotion": .string(names[recognition.label]), "confidence": .double(Double(recognition.confidence)),
            "probabilities": .object(probabilities),
        ])
    }

    /// Where probabilities of these classes lie: the mean of the classes' places.
    private func place(_ names: [String]) -> FrameJSON.MoodPlace {
        let all = emotions.card.classNames
        let points = places.count == all.count ? names.compactMap { all.firstIndex(of: $0) }.map { places[$0] } : []
        return { probabilities in
            guard points.count == probabilities.count else { return nil }
            var sum = 0.0, valence = 0.0, energy = 0.0
            for (point, probability) in zip(points, probabilities) {
                sum += Double(probability)
                valence += Double(probability) * point.valence
                energy += Double(probability) * point.energy
            }
            return sum > 0 ? (valence / sum, energy / sum) : nil
        }
    }
}

private nonisolated(unsafe) var session: Session?
private nonisolated(unsafe) var answer: [UInt8] = []

/// Begins with the plans of a detector and of a network that names emotions: how many classes that has, or -1 with a
/// line in `fermusic_problem`.
@_cdecl("fermusic_session")
public func openSession(
    _ detector: UnsafeRawPointer, _ detectorCount: Int, _ emotions: UnsafeRawPointer, _ emotionsCount: Int
) -> Int32 {
    do throws(PlanError) {
        let found = try NetworkPlan(UnsafeRawBufferPointer(start: detector, count: detectorCount))
        let model = try EmotionModel(NetworkPlan(UnsafeRawBufferPointer(start: emotions, count: emotionsCount)))
        session = try Session(detector: found, emotions: model)
        return Int32(model.card.classNames.count)
    } catch {
        tell(error)
        return -1
    }
}

/// A class's name, a C string in `fermusic_answer`; its length, or -1.
@_cdecl("fermusic_class")
public func className(_ index: Int32) -> Int32 {
    guard let names = session?.emotions.card.classNames, names.indices.contains(Int(index)) else { return -1 }
    return give(Array(names[Int(index)].utf8))
}

/// Where moods lie on the plane: valence and energy of class after class, 0 to 1.
@_cdecl("fermusic_places")
public func setPlaces(_ numbers: UnsafePointer<Double>, _ count: Int32) {
    session?.places = (0..<Int(count)).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
}

/// Forgets all faces. `classes` has a bit for each class that is told apart.
@_cdecl("fermusic_begin")
public func begin(_ classes: UInt32) { session?.begin(classes) }

/// Looks at a picture, RGBA as a canvas has it: the length of the JSON in `fermusic_answer`, or -1. `time`, in seconds,
/// is of a stream's picture; a negative one is for a picture of its own. Places are told in a picture of `wholeWidth` x `wholeHeight`.
@_cdecl("fermusic_look")
public func look(
    _ pixels: UnsafePointer<UInt8>, _ width: Int32, _ height: Int32, _ time: Double, _ wholeWidth: Int32,
    _ wholeHeight: Int32
) -> Int32 {
    let sides = 1...Int32(largestSide), arrival = monotonicSeconds()
    guard session != nil, sides ~= width, sides ~= height, sides ~= wholeWidth, sides ~= wholeHeight else { return -1 }
    let image = Image(rgba: pixels, width: Int(width), height: Int(height))
    do throws(PlanError) {
        let value = try session!.look(
            image, time: time < 0 ? nil : time, arrival: arrival, whole: (Int(wholeWidth), Int(wholeHeight)))
        return give(Array(value.text().utf8))
    } catch {
        tell(error)
        return -1
    }
}

/// Names the emotion of a face that fills its picture, RGBA: the length of the JSON in `fermusic_answer`, or -1.
@_cdecl("fermusic_recognise")
public func recognise(_ pixels: UnsafePointer<UInt8>, _ width: Int32, _ height: Int32) -> Int32 {
    let sides = 1...Int32(largestSide)
    guard session != nil, sides ~= width, sides ~= height else { return -1 }
    do throws(PlanError) {
        let value = try session!.recognise(Image(rgba: pixels, width: Int(width), height: Int(height)))
        return give(Array(value.text().utf8))
    } catch {
        tell(error)
        return -1
    }
}

@_cdecl("fermusic_answer")
public func lastAnswer() -> UnsafeMutablePointer<UInt8>? { answer.withUnsafeMutableBufferPointer { $0.baseAddress } }

private func give(_ bytes: [UInt8]) -> Int32 {
    answer = bytes
    return Int32(bytes.count)
}
