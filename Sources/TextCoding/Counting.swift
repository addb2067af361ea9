/// "1 song", "2 songs": a number with its noun, whose plural has an s unless it is given.
package func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
}
