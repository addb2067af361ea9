import Files
import Glibc
import MusicMatching
import Testing
import TextCoding

@Suite struct CredentialsTests {
    @Test func environmentFilesAreReadAsShellsDo() {
        let text = """
            \u{FEFF}# comment
            SPOTIFY_CLIENT_ID=abc # why
            export SPOTIFY_CLIENT_SECRET = "with \\"quotes\\" # and hash"
            YOUTUBE_API_KEY='single $quoted'\r
            EMPTY=
            no equals sign
            =nothing
            URL=http://127.0.0.1:8888/#x
            OPEN="never closed
            """
        let pairs = EnvironmentFile.pairs(Array(text.utf8))
        #expect(
            pairs.map(\.0) == ["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "YOUTUBE_API_KEY", "EMPTY", "URL", "OPEN"])
        #expect(
            pairs.map(\.1) == [
                "abc", "with \"quotes\" # and hash", "single $quoted", "", "http://127.0.0.1:8888/#x", "\"never closed",
            ])
        #expect(EnvironmentFile.pairs([0xFF, 0x00, 0x3D, 0xFE]).count == 1)
    }

    @Test func theEnvironmentComesFirstThenFiles() throws {
        let credentials = Credentials([.spotifyClientID: " id ", .youtubeKey: "", .spotifyMarket: "in"])
        #expect(credentials.has(.spotifyClientID) && !credentials.has(.youtubeKey))
        #expect(credentials.market == "IN")
        let read = Credentials.read { $0 == "YOUTUBE_API_KEY" ? "from-environment" : nil }
        #expect(read.place(of: .youtubeKey) == "the environment")
    }

    @Test func secretsAreNeverShown() {
        let secret = Secret("hush-hush")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), dumped, "\([secret])",
            "\(Credentials([.youtubeKey: "hush-hush"]))",
        ] {
            #expect(!text.contains("hush"), "\(text)")
        }
    }

    @Test func hashesAreThoseOfTheStandard() {
        func hex(_ text: String) -> String {
            SHA256.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            hex(String(repeating: "a", count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(
            Base64.text(SHA256.digest(Array(verifier.utf8)), forAddresses: true)
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(
            ["", "f", "fo", "foo", "foob"].map { Base64.text(Array($0.utf8)) } == [
                "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
            ])
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:8888/callback", "127.0.0.1", 8888, "/callback"),
            ("http://127.0.0.1:99", "127.0.0.1", 99, "/"),
            ("http://[::1]:8080/a/b", "::1", 8080, "/a/b"),
            ("http://127.0.0.1/callback", "127.0.0.1", nil, "/callback"),
            ("https://example.org/callback?x=1", nil, nil, "/callback"),
        ] as [(String, String?, UInt16?, String)])
    func redirectAddresses(_ text: String, _ host: String?, _ port: UInt16?, _ path: String) throws {
        let address = try RedirectAddress(text)
        #expect(address.host == host && address.port == port && address.path == path && address.registered == text)
        if host != nil, port == nil { #expect(address.address(port: 4711) == "http://127.0.0.1:4711/callback") }
    }

    @Test(arguments: [
        "http://localhost:8888/callback", "http://example.org/", "127.0.0.1:8888", "http://127.0.0.1:0/x",
        "http://127.0.0.1:99999/", "http://127.0.0.1.evil.org/", "http://127.0.0.1@evil.org/", "",
    ])
    func redirectAddressesThatSpotifyRefuses(_ text: String) {
        do {
            _ = try RedirectAddress(text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.cause == .wrongRedirect && "\(error)".contains("http://127.0.0.1:8888/callback"))
        }
    }
}
