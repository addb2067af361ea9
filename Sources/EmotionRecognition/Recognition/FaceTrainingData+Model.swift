extension FaceTrainingData {
    /// As a model wants it: in its scale, with its classes. Throws `RecognitionError.incompatibleData` if the pictures'
    /// size differs, the model does not know a class, or the data set lacks a place.
    public init(_ dataset: FaceDataset, indices: [Int], for emotionModel: EmotionModel) throws {
        let input = emotionModel.card.input
        guard input.scaledSize == (dataset.size, dataset.size), input.width == input.height else {
            throw RecognitionError.incompatibleData(
                expected: "pictures as the model wants them (\(input.summary))",
                received: "\(dataset.size)x\(dataset.size)")
        }
        let outputs = ModelLabels.standard(emotionModel.card.classNames)
        let places = dataset.labels.indices
        var map: [Int] = []
        for (label, name) in dataset.classNames.enumerated() {
            if let place = outputs.firstIndex(of: name) {
                map.append(place)
            } else if indices.contains(where: { places.contains($0) && Int(dataset.labels[$0]) == label }) {
                throw RecognitionError.incompatibleData(
                    expected: "the model's classes \(emotionModel.card.classNames.joined(separator: ", "))",
                    received: name)
            } else {
                map.append(0)
            }
        }
        try self.init(
            dataset, indices: indices, scale: input.scale, offset: input.offset, cropSize: input.width, labelMap: map,
            classes: emotionModel.card.classNames.count)
        channels = input.channels
        equalisation = input.equalisation ?? .none
        light = input.light
    }
}
