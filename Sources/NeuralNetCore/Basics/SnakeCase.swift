extension String {
    /// `MaxPooling2D` to `max_pooling2d`, as Keras names layers.
    package var snakeCase: String {
        var result = ""
        let characters = Array(self)
        for (i, character) in characters.enumerated() {
            let startsWord =
                character.isUppercase && i > 0
                && (characters[i - 1].isLowercase
                    || (i + 1 < characters.count && characters[i + 1].isLowercase && !characters[i - 1].isNumber))
            if startsWord { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
