/// Keeping secret what servers repeat of a request.
extension HTTPRequest {
    private static let secretFields = ["code", "code_verifier", "refresh_token", "access_token", "client_secret"]

    /// What this request proves its rights with: the value of `Authorization`, tokens and codes in a form; as it is
    /// sent and as it is meant.
    var secrets: [String] {
        var found: [String] = []
        for (name, value) in headers where name.lowercased() == "authorization" {
            // The scheme is no secret.
            found += value.split(separator: " ").dropFirst().map(String.init)
        }
        let isForm = headers.contains { $0.value == HTTPRequest.formType }
        guard isForm, let body else { return found }
        for field in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, HTTPRequest.secretFields.contains(String(parts[0])) else { continue }
            found += [String(parts[1]), WebAddress.decoded(parts[1])]
        }
        return found
    }
}

extension [String] {
    /// These secrets in all the ways in which they stand in requests, which servers repeat: as they are, as hexadecimal
    /// digits, and as part of an address, in the spellings that programs have for that.
    var asWritten: [String] {
        var found: [String] = []
        for secret in self where !secret.isEmpty {
            let digits = secret.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let encoded = WebAddress.encoded(secret)
            found += [secret, digits, digits.uppercased()]
            if encoded != secret {
                found += [
                    encoded, encoded.split(separator: "%20", omittingEmptySubsequences: false).joined(separator: "+"),
                ]
                found.append(WebAddress.withSmallDigits(encoded))
            }
        }
        return found
    }
}

extension String {
    /// With dots in the place of secrets, and of what begins like one: messages are cut off anywhere.
    func hiding(_ secrets: [String]) -> String { secrets.reduce(self) { $0.hiding($1) } }

    private func hiding(_ secret: String) -> String {
        let bytes = Array(utf8), needle = Array(secret.utf8)
        let enough = Swift.min(needle.count, 8)
        guard needle.count >= 4, bytes.count >= enough else { return self }
        var result: [UInt8] = [], index = 0
        while index < bytes.count {
            var length = 0
            while length < needle.count, index + length < bytes.count, bytes[index + length] == needle[length] {
                length += 1
            }
            if length >= enough {
                result += Array("•••".utf8)
                index += length
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
