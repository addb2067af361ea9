import NeuralNet

extension EmotionModel {
    /// The model's classes, if these are what there are pictures of: data may know names for which it has none.
    func sameClasses(as dataset: FaceDataset) -> [String]? {
        let there = dataset.classNames.indices.filter { dataset.labels.contains(UInt8($0)) }.map {
            dataset.classNames[$0]
        }
        return card.classNames != dataset.classNames && Set(there) == Set(card.classNames) ? card.classNames : nil
    }
}

/// Fine-tuning: a run that goes on from a finished model.
extension TrainingRecipe {
    /// The name that a new last layer has.
    static let headName = "head"

    /// Where a model's file is that a recipe names, see `ShippedModels`. `what`: what it is, for the error. Throws
    /// `RecognitionError.file` if it is nowhere.
    static func path(ofModel name: String, _ what: String) throws(RecognitionError) -> String {
        try ShippedModels.path(name, reason: "there is no such \(what)")
    }

    /// The model that the run starts from; nil if it starts from random weights. Throws `RecognitionError.file`.
    public func readBase() throws -> EmotionModel? {
        guard let from else { return nil }
        let path = try TrainingRecipe.path(ofModel: from, "model to start from")
        guard try NetworkFile.read(path, inputSize: cropSize ?? inputSize).metadata != nil else {
            throw RecognitionError.file(
                path: from, reason: "the file does not say how it is fed", remedy: .description)
        }
        return try EmotionModel(reading: path, hints: EmotionModel.Hints(inputSize: cropSize ?? inputSize))
    }

    /// Takes over how a model is fed, for pictures as it wants them.
    public mutating func adopt(_ base: EmotionModel) {
        let input = base.card.input
        architecture = base.card.training?.recipe.architecture ?? base.model.name
        network = nil
        (widths, blockDropout, headDropout) = (nil, nil, nil)
        inputSize = input.pictureSize ?? input.width
        cropSize = input.pictureSize == nil ? nil : input.width
        channels = input.channels
        equalisation = input.equalisation ?? .none
    }

    /// The network with the base's weights, for these classes and pictures of this recipe's size. Throws `RecognitionError`
    /// if it does not fit.
    func makeModel(from base: EmotionModel, classNames: [String]) throws -> Model {
        func failure(_ reason: String) -> RecognitionError { .file(path: from ?? "", place: nil, reason: reason) }
        let size = cropSize ?? inputSize
        guard channels == base.card.input.channels else {
            throw failure("takes \(base.card.input.channels) channels, not \(channels)")
        }
        var model = base.model
        if model.inputShapes != [[size, size, channels]] {
            do {
                model = try model.sharingWeights(inputShapes: [[size, size, channels]])
            } catch {
                throw failure(
                    "its weights are for \(base.card.input.width)x\(base.card.input.height) pixels, not \(size)")
            }
        }
        if head != nil {
            model = try model.withNewHead(classes: classNames.count, name: TrainingRecipe.headName, seed: seed)
        } else {
            let known = base.card.classNames
            guard known == classNames else {
                throw failure(
                    "names \(known.joined(separator: ", ")), but the data has \(classNames.joined(separator: ", ")); "
                        + "a new last layer can be put on")
            }
            model = model.copy()
        }
        model = try model.freezing(freeze ?? [], except: head == nil ? [] : [TrainingRecipe.headName])
        guard model.weights.entries.contains(where: \.specification.isTrainable) else {
            throw RecognitionError.invalidSetting(
                "all layers are frozen and no new last layer is put on: there is nothing to train")
        }
        return model
    }
}
