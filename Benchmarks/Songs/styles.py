"""The styles that compose.py draws from: what each instrument plays in a bar. Times are in beats."""

KICK, SNARE, RIM, CLOSED, OPEN, RIDE, CRASH, SHAKER = 36, 38, 37, 42, 46, 51, 49, 70
SOLO = [73, 65, 56, 40, 80, 0, 26, 71, 68, 11]


class Style:
    beats, swing, sevenths, changes, electronic, mode = 4, 0, False, False, False, None
    chords, bass, lead = [0, 4, 24, 27], [33, 34, 32], SOLO
    # How likely a tune's note is at each step of half a beat, on the beat and off it.
    tune = (0.75, 0.4)
    step = 0.5

    def __init__(self, name, tempo, play, **facts):
        self.name, self.tempo, self.play = name, tempo, play
        for key, value in facts.items():
            setattr(self, key, value)

    def setup(self, song):
        song.program(0, song.rng.choice(self.chords))
        song.program(1, song.rng.choice(self.bass))
        song.program(2, song.rng.choice(self.lead))
        song.pitch = 72 + song.tonic % 12
        song.low = 36 + (song.tonic + 4) % 12 - 4
        song.middle = 54 + (song.tonic + 6) % 12 - 6 + 6
        song.middle += (song.tonic - song.middle) % 12
        song.low += (song.tonic - song.low) % 12
        song.figure = song.rng.random()

    def bar(self, song, beat, bar, degree, following):
        self.play(self, song, beat, bar, degree, following)
        if self.tune and bar >= 2:
            self.melody(song, beat, degree)

    def close(self, song, beat):
        for note in song.chord(0):
            song.note(0, song.middle + note, beat, 3, 80)
        song.note(1, song.low, beat, 3, 85)

    def melody(self, song, beat, degree):
        rng, at = song.rng, 0.0
        notes = sorted({note % 12 for note in song.chord(degree)})
        while at < self.beats:
            on = at == int(at)
            if rng.random() < self.tune[0 if on else 1]:
                goal = song.pitch + rng.choice([-4, -2, -2, 0, 2, 2, 4, 5])
                goal = min(max(goal, 66), 88)
                steps = notes if on and rng.random() < 0.8 else song.scale
                song.pitch = min((p for p in range(60, 96) if (p - song.tonic) % 12 in steps),
                                 key=lambda p: abs(p - goal))
                length = rng.choice([self.step, self.step, 1, 1.5])
                song.note(2, song.pitch, beat + at, length, 88 if on else 78)
                at += length if rng.random() < 0.6 else self.step
            else:
                at += self.step
            at = round(at / self.step) * self.step


def chord(song, beat, degree, length, velocity=72):
    for note in song.chord(degree):
        song.note(0, song.middle + note, beat, length, velocity)


def root(song, beat, degree, length, velocity=85, up=0):
    song.note(1, song.low + song.scale[degree] + up, beat, length, velocity)


def rock(style, song, beat, bar, degree, following):
    for eighth in range(8):
        at = beat + eighth / 2
        song.drum(CLOSED, at, 80 if eighth % 2 == 0 else 60)
        root(song, at, degree, 0.45, 88 if eighth % 4 == 0 else 76)
    for at in (0, 2, 2.5 if song.figure < 0.5 else 3.5):
        song.drum(KICK, beat + at, 105)
    for at in (1, 3):
        song.drum(SNARE, beat + at, 104)
    if bar % 4 == 0:
        song.drum(CRASH, beat, 96)
    for at in ((0, 1.5, 2.5) if song.figure < 0.6 else (0, 1, 2, 3)):
        chord(song, beat + at, degree, 0.9)


def ballad(style, song, beat, bar, degree, following):
    notes = song.chord(degree)
    for eighth in range(8):
        at = beat + eighth / 2
        song.note(0, song.middle + notes[(0, 1, 2, 1)[eighth % 4]], at, 0.9, 70)
        if bar >= 2:
            song.drum(CLOSED, at, 58)
    root(song, beat, degree, 1.9, 80)
    root(song, beat + 2.5, degree, 1.4, 70)
    if bar >= 2:
        song.drum(KICK, beat, 92)
        song.drum(KICK, beat + 2.5, 80)
        song.drum(RIM if song.figure < 0.5 else SNARE, beat + 1, 84)
        song.drum(RIM if song.figure < 0.5 else SNARE, beat + 3, 84)


def house(style, song, beat, bar, degree, following):
    for at in range(4):
        song.drum(KICK, beat + at, 112)
        song.drum(OPEN, beat + at + 0.5, 76)
        root(song, beat + at + 0.5, degree, 0.4, 92)
        if song.figure < 0.6:
            song.drum(CLOSED, beat + at + 0.25, 52)
            song.drum(CLOSED, beat + at + 0.75, 52)
    for at in (1, 3):
        song.drum(39, beat + at, 92)
    for at in (0, 0.75, 1.5, 2.5, 3.25) if song.figure < 0.5 else (0.5, 1.5, 2.5, 3.5):
        chord(song, beat + at, degree, 0.3)


def funk(style, song, beat, bar, degree, following):
    for sixteenth in range(16):
        song.drum(CLOSED, beat + sixteenth / 4, 74 if sixteenth % 4 == 0 else 48)
    for at in (0, 0.75, 1.75, 2.5) if song.figure < 0.5 else (0, 1.5, 2.25, 3.75):
        song.drum(KICK, beat + at, 104)
        root(song, beat + at, degree, 0.3, 94, up=12 if at > 2 and song.rng.random() < 0.4 else 0)
    for at in (1, 3):
        song.drum(SNARE, beat + at, 108)
    song.drum(SNARE, beat + 2.25, 44)
    for at in (0.5, 1.25, 2.75, 3.5):
        chord(song, beat + at, degree, 0.15, 66)


def jazz(style, song, beat, bar, degree, following):
    for at in range(4):
        song.drum(RIDE, beat + at, 76 if at % 2 else 64)
        if at % 2:
            song.drum(RIDE, beat + at + 0.5, 52)
            song.drum(44, beat + at, 66)
    notes = song.chord(degree)
    for at in range(3):
        song.note(1, song.low + notes[(0, 1, 2)[at]], beat + at, 0.9, 88)
    song.note(1, song.low + song.scale[following] + song.rng.choice([-1, 1]), beat + 3, 0.9, 82)
    for at in song.rng.choice([(0, 1.5), (1.5, 3), (0.5, 2.5), (1, 3.5)]):
        chord(song, beat + at, degree, 0.4, 62)


def waltz(style, song, beat, bar, degree, following):
    root(song, beat, degree, 0.9, 92)
    for at in (1, 2):
        chord(song, beat + at, degree, 0.6, 62)
    if song.figure < 0.4:
        song.drum(KICK, beat, 88)
        song.drum(CLOSED, beat + 1, 62)
        song.drum(CLOSED, beat + 2, 62)


def compound(style, song, beat, bar, degree, following):
    """The beat has three parts; four or two of them in a bar."""
    notes = song.chord(degree)
    for third in range(3 * style.beats):
        at = beat + third / 3
        song.note(0, song.middle + notes[(0, 1, 2)[third % 3]], at, 0.4, 70 if third % 3 == 0 else 58)
        if style.drums:
            song.drum(CLOSED, at, 76 if third % 3 == 0 else 54)
    for at in range(style.beats):
        root(song, beat + at, degree, 0.9, 86 if at % 2 == 0 else 74)
        if style.drums:
            song.drum(SNARE if at % 2 else KICK, beat + at, 98)


def reggae(style, song, beat, bar, degree, following):
    for at in range(4):
        chord(song, beat + at + 0.5, degree, 0.2, 84)
        song.drum(CLOSED, beat + at, 60)
        song.drum(CLOSED, beat + at + 0.5, 76)
    song.drum(KICK, beat + 2, 106)
    song.drum(RIM, beat + 2, 96)
    if song.figure < 0.5:
        song.drum(KICK, beat, 100)
    for at in (0, 0.75, 1.5, 2.5, 3):
        root(song, beat + at, degree, 0.5, 94)


def piano(style, song, beat, bar, degree, following):
    notes = song.chord(degree) + [12 + song.chord(degree)[0]]
    pattern = (0, 2, 1, 2) if song.figure < 0.4 else (0, 1, 2, 3)
    for eighth in range(2 * style.beats):
        song.note(0, song.middle - 12 + notes[pattern[eighth % 4]], beat + eighth / 2, 0.6,
                  78 if eighth % 4 == 0 else 60)
    song.note(0, song.low + song.scale[degree], beat, 3, 80)


def strings(style, song, beat, bar, degree, following):
    chord(song, beat, degree, style.beats - 0.1, 74)
    root(song, beat, degree, style.beats - 0.1, 74)
    if song.figure < 0.6:
        for at in range(style.beats):
            song.note(3, song.middle + song.chord(degree)[at % 3], beat + at, 0.8, 66)


def sparse(style, song, beat, bar, degree, following):
    chord(song, beat, degree, 1.8, 76)
    if song.figure < 0.5:
        chord(song, beat + 2, degree, 1.5, 62)
    root(song, beat, degree, 2.5, 78)
    if song.rng.random() < 0.6:
        root(song, beat + 3, degree, 0.8, 66)


def metal(style, song, beat, bar, degree, following):
    for eighth in range(8):
        at = beat + eighth / 2
        song.drum(KICK, at, 104)
        if song.figure < 0.5:
            song.drum(KICK, at + 0.25, 96)
        song.note(0, song.low + 12 + song.scale[degree], at, 0.4, 100)
        song.note(0, song.low + 19 + song.scale[degree], at, 0.4, 100)
        root(song, at, degree, 0.4, 100)
    for at in (1, 3):
        song.drum(SNARE, beat + at, 118)
    for at in range(4):
        song.drum(RIDE, beat + at, 88)


def breakbeat(style, song, beat, bar, degree, following):
    for eighth in range(8):
        song.drum(CLOSED, beat + eighth / 2, 76)
    song.drum(KICK, beat, 114)
    song.drum(KICK, beat + 2.5, 110)
    for at in (1, 3):
        song.drum(SNARE, beat + at, 114)
    for at in (1.75, 2.25) if song.figure < 0.6 else (3.75,):
        song.drum(SNARE, beat + at, 58)
    root(song, beat, degree, 1.9, 100)
    root(song, beat + 2.5, degree, 1.2, 92)
    chord(song, beat, degree, 3.8, 58)


def hiphop(style, song, beat, bar, degree, following):
    for eighth in range(8):
        song.drum(CLOSED, beat + eighth / 2, 72)
        if song.rng.random() < 0.25:
            song.drum(CLOSED, beat + eighth / 2 + 0.25, 56)
    for at in (0, 1.75, 2.5) if song.figure < 0.5 else (0, 0.75, 2.75):
        song.drum(KICK, beat + at, 114)
        root(song, beat + at, degree, 0.7, 98)
    for at in (1, 3):
        song.drum(SNARE, beat + at, 108)
    chord(song, beat, degree, 1.5, 62)
    chord(song, beat + 2.5, degree, 1, 56)


def bossa(style, song, beat, bar, degree, following):
    for eighth in range(8):
        song.drum(SHAKER, beat + eighth / 2, 62 if eighth % 2 else 50)
    for at in ((0, 1.5, 3), (1, 2.5))[bar % 2]:
        song.drum(RIM, beat + at, 82)
        chord(song, beat + at, degree, 0.6, 66)
    for at in (0, 1.5, 2, 3.5):
        root(song, beat + at, degree, 0.5, 86)
        song.drum(KICK, beat + at, 70)


def polka(style, song, beat, bar, degree, following):
    for at in range(4):
        root(song, beat + at, degree if at % 2 == 0 else (degree + 4) % 7, 0.45, 90)
        chord(song, beat + at + 0.5, degree, 0.3, 74)
        if song.figure < 0.5:
            song.drum(KICK, beat + at, 90)
            song.drum(SNARE, beat + at + 0.5, 66)


STYLES = [
    Style("rock", (92, 168), rock, chords=[27, 29, 4, 25]),
    Style("ballad", (58, 86), ballad),
    Style("house", (114, 136), house, electronic=True, chords=[81, 90, 4], bass=[38, 39]),
    Style("funk", (88, 118), funk, electronic=False, chords=[27, 28, 7], step=0.25, tune=(0.5, 0.25)),
    Style("jazz", (115, 215), jazz, swing=0.65, sevenths=True, chords=[0, 26], bass=[32], lead=[66, 56, 0, 26]),
    Style("waltz", (84, 178), waltz, beats=3, chords=[0, 21, 24, 48]),
    Style("twelve-eight", (50, 76), compound, drums=True, step=1 / 3, tune=(0.7, 0.3)),
    Style("jig", (100, 132), compound, beats=2, drums=False, step=1 / 3, tune=(0.9, 0.75), chords=[24, 25, 105],
          lead=[73, 40, 21]),
    Style("reggae", (66, 94), reggae, chords=[16, 27, 4]),
    Style("piano", (62, 136), piano, chords=[0, 1, 2], bass=[0], lead=[0]),
    Style("strings", (54, 92), strings, chords=[48, 49, 50], bass=[43, 42], lead=[40, 68, 73]),
    Style("sparse", (66, 112), sparse, chords=[0, 24, 46], bass=[32, 43], tune=(0.45, 0.15)),
    Style("metal", (132, 196), metal, chords=[30], bass=[34], lead=[30, 29]),
    Style("breakbeat", (160, 178), breakbeat, electronic=True, chords=[89, 91, 95], bass=[38, 39]),
    Style("hip-hop", (76, 100), hiphop, swing=0.56, electronic=True, chords=[4, 5, 0], tune=(0.35, 0.2)),
    Style("bossa", (108, 150), bossa, sevenths=True, chords=[24, 0], bass=[32]),
    Style("polka", (98, 132), polka, chords=[21, 25, 105], bass=[58, 32], lead=[21, 71, 40]),
    Style("changes", (80, 140), rock, changes=True, chords=[27, 4]),
    Style("piano-changes", (70, 120), piano, changes=True, chords=[0], bass=[0], lead=[0]),
]
