import MusicMatching
import Testing

@Suite struct SongLinksTests {
    @Test func linksHoldNothingButLinks() throws {
        let song = try catalogue("title,artist\n\"A&B <\u{202E}x>\u{1B}[31m 'q' \"\"é\"\"\",C\n").song(1)
        let links = SongLinks(song)
        #expect(
            links.youtube
                == "https://www.youtube.com/results?search_query=A%26B%20%3C%20x%3E%5B31m%20%27q%27%20%22%C3%A9%22%20C"
        )
        let long = try catalogue("title,artist\n\(String(repeating: "日", count: 3000)),C\n").song(1)
        #expect(SongLinks(long).spotify.utf8.count < 2000)
    }
}
