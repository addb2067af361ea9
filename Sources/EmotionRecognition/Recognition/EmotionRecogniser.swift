import FaceVision
import NeuralNet
import Threads

/// Names the emotion of pictures of faces. For one thread at a time; several can share an `EmotionModel`.
public final class EmotionRecogniser {
    /// The emotion of one face.
    public struct Recognition: Sendable, Equatable {
        /// In the order of the model's classes; they sum to 1. All alike if the network's outputs are no probabilities.
        public var probabilities: [Float]
        /// The most probable class.
        public var label: Int

        /// The probability of the most probable class.
        public var confidence: Float { probabilities[label] }

        /// Whether the network said anything: weights that are too large make its outputs infinite or no numbers.
        public var isValid = true
    }

    /// The model that is asked.
    public let emotionModel: EmotionModel
    private let executor: Executor
    private let batchSize: Int

    /// Allocates for batches of up to `batchSize` faces. Throws `RecognitionError` if the model cannot run.
    public init(
        _ emotionModel: EmotionModel, batchSize: Int = 16, precision: Precision = .float, threads: ThreadPool
    ) throws(DetectionFailure) {
        self.emotionModel = emotionModel
        self.batchSize = batchSize
        executor = try Executor(emotionModel.model, maximumBatch: batchSize, threads: threads, precision: precision)
    }

    /// The emotions of faces that fill their pictures. Pictures of any size and colour are brought to what the model
    /// was trained with. Probabilities are calibrated where the model's file says how (`ModelCard.temperature`).
    public func recognise(_ faces: [Image]) -> [Recognition] {
        let format = emotionModel.card.input
        let size = format.width * format.height * format.channels
        var results: [Recognition] = []
        results.reserveCapacity(faces.count)
        for start in stride(from: 0, to: faces.count, by: batchSize) {
            let batch = faces[start..<min(start + batchSize, faces.count)]
            for (row, face) in batch.enumerated() { write(face, to: executor.input() + row * size) }
            executor.forward(count: batch.count)
            let classes = emotionModel.card.classNames.count
            for row in 0..<batch.count {
                var values = Array(UnsafeBufferPointer(start: executor.output() + row * classes, count: classes))
                let isValid = values.allSatisfy { $0.isFinite }
                if !isValid {
                    values = [Float](repeating: 1 / Float(classes), count: classes)
                } else if let temperature = emotionModel.card.temperature {
                    values = TemperatureScaling.apply(temperature, to: values)
                }
                let label = values.indexOfLargest
                results.append(Recognition(probabilities: values, label: label, isValid: isValid))
            }
        }
        return results
    }

    /// What the network gets to see of a face that fills its picture.
    func input(of face: Image) -> [Float] {
        let format = emotionModel.card.input
        let count = format.width * format.height * format.channels
        return Array(unsafeUninitializedCapacity: count) { buffer, filled in
            write(face, to: buffer.baseAddress!)
            filled = count
        }
    }

    private func write(_ face: Image, to target: UnsafeMutablePointer<Float>) {
        let format = emotionModel.card.input
        let size = format.scaledSize
        var image = (format.isGrey ? face.grayscale : face).resized(width: size.width, height: size.height)
        if image.channels == 1 {
            if let light = format.light { image = light.adapted(image) }
            if format.equalises { image = image.equalised }
        }
        let left = (size.width - format.width) / 2, top = (size.height - format.height) / 2
        var place = target
        for row in 0..<format.height {
            for column in 0..<format.width {
                let pixel = (top + row) * size.width + left + column
                for channel in 0..<format.channels {
                    let byte = image.pixels[pixel * image.channels + (image.channels == 1 ? 0 : channel)]
                    place.pointee = Float(byte) * format.scale + format.offset
                    place += 1
                }
            }
        }
    }
}
