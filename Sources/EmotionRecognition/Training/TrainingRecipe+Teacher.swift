import NeuralNet

extension TrainingRecipe {
    /// Reads the teachers for learners that are fed as `input` says; nil if the recipe has none.
    ///
    /// Throws `RecognitionError.file` if one cannot be read, has other classes, or sees pictures in another way: it may
    /// only see a smaller part of them.
    func makeTeacher(input: InputFormat, classNames: [String]) throws -> Teacher? {
        guard let teacher else { return nil }
        return try Teacher(
            teacher.names.map { try TrainingRecipe.readTeacher($0, input: input, classNames: classNames) },
            share: teacherShare)
    }

    private static func readTeacher(_ teacher: String, input: InputFormat, classNames: [String]) throws -> Model {
        let known = try EmotionModel(reading: TrainingRecipe.path(ofModel: teacher, "teacher"))
        func failure(_ reason: String) -> RecognitionError { .file(path: teacher, place: nil, reason: reason) }
        guard known.card.classNames == classNames else {
            throw failure("a teacher of \(known.card.classNames), but the data has \(classNames)")
        }
        var format = known.card.input
        guard format.width <= input.width, format.height <= input.height else {
            throw failure("a teacher that sees more than the network: \(format.summary), not \(input.summary)")
        }
        let scaled = format.scaledSize
        // Of pictures that are asked about; those to learn from are shown to both as they are.
        format.light = nil
        (format.width, format.height, format.pictureSize) = (input.width, input.height, input.pictureSize)
        guard format == input, scaled == input.scaledSize else {
            throw failure("a teacher that sees pictures otherwise: \(known.card.input.summary), not \(input.summary)")
        }
        return known.model
    }
}
