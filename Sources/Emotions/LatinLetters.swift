/// Accented Latin letters without their accents, for comparing names. The standard library has no public
/// decomposition, and names of artists are written with and without accents everywhere.
package enum LatinLetters {
    /// The plain letters, or `nil` if it is no such letter.
    package static func plain(_ scalar: Unicode.Scalar) -> String? {
        for (first, letters) in tables where scalar.value >= first && scalar.value < first + UInt32(letters.count) {
            let plain = letters[Int(scalar.value - first)]
            return plain == "." ? nil : plain
        }
        return nil
    }

    /// Latin-1 Supplement and Latin Extended-A, horned letters, pinyin and Romanian, Latin Extended
    /// Additional (Vietnamese and others).
    private static let tables: [(first: UInt32, letters: [String])] = [
        (
            0xC0,
            split(
                """
                a a a a a a ae c e e e e i i i i d n o o o o o . o u u u u y th ss a a a a a a ae c e e e e i i \
                i i d n o o o o o . o u u u u y th y a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g \
                g g g g g g h h h h i i i i i i i i i i ij ij j j k k k l l l l l l l l l l n n n n n n n n n o \
                o o o o o oe oe r r r r r r s s s s s s s s t t t t t t u u u u u u u u u u u u w w y y y z z z \
                z z z s
                """)
        ),
        (
            0x1A0,
            split(
                """
                o o . . . . . . . . . . . . . u u
                """)
        ),
        (
            0x1CD,
            split(
                """
                a a i i o o u u u u u u u u u u . a a a a . . . . g g k k o o o o . . j . . . g g . . n n a a . \
                . . . a a a a e e e e i i i i o o o o r r r r u u u u s s t t . . h h
                """)
        ),
        (
            0x1E00,
            split(
                """
                a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f g g h h h h h h h h h h i i i i \
                k k k k k k l l l l l l l l m m m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r \
                s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v w w w w w w w w w w x x x x y y \
                z z z z z z h t w y . . . . . . a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e \
                e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o o o o o u u u u u u u u u u u u \
                u u y y y y y y y y . . . . . .
                """)
        ),
    ]

    private static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
