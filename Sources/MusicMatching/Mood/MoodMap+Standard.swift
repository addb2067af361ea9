extension MoodMap {
    /// The map that is used where the user's own file says nothing else. Print it with
    /// `fermusic catalogue mood-map`, change what you like, and keep the changes in
    /// `~/.config/fermusic/mood-map.conf`.
    public static let standardText = """
        # Where emotions lie in mood space, and what counts how much when songs are ranked.
        #
        # Lines are NAME = VALUES; what follows # is for people. Lines in ~/.config/fermusic/mood-map.conf (or the file
        # given with --mood-map) replace the ones here, all others stay.

        # How people feel: valence, energy, danceability, acousticness (0 to 1), tempo (beats per minute). This is what the
        # page's plane and 'predict --json' show as the mood of a face, not where songs are looked for.
        # valence = 0.5 + 0.4 P and energy = 0.5 + 0.4 A, with pleasure P and arousal A of the emotion widely attributed
        # to J. Russell, A. Mehrabian, "Evidence for a three-factor theory of emotions", 1977. The factor 0.4 and the
        # lesser axes are choices of ours, as is all of contempt: unpleasant, but cool. An emotion vector is a point between
        # these, weighted by its probabilities.
        [feelings]
        angry    = 0.30 0.74 0.50 0.05 132
        disgust  = 0.26 0.64 0.47 0.20 116
        fear     = 0.24 0.74 0.42 0.25 124
        happy    = 0.82 0.70 0.65 0.13 124
        sad      = 0.25 0.39 0.48 0.60  95
        surprise = 0.66 0.77 0.63 0.10 128
        neutral  = 0.50 0.50 0.55 0.40 110
        contempt = 0.34 0.52 0.50 0.20 112

        # Songs that feel as you do: an emotion may have several lines, the nearest counts. Learnt from the built-in list by
        # 'Scripts/learn-moods': the songs whose first emotion it is in five groups, without those around which it is not
        # clearly more frequent than elsewhere. Contempt, which nobody labels, is done with something, as disgust is, and
        # cooler.
        [match]
        angry    = 0.42 0.91 0.55 0.04 120
        angry    = 0.51 0.91 0.45 0.02 149
        angry    = 0.64 0.87 0.61 0.06 134
        angry    = 0.26 0.92 0.42 0.02 125
        disgust  = 0.48 0.70 0.71 0.09 115
        disgust  = 0.68 0.80 0.70 0.09 122
        fear     = 0.42 0.51 0.51 0.40 101
        fear     = 0.23 0.59 0.46 0.16 106
        fear     = 0.43 0.75 0.54 0.11 116
        fear     = 0.36 0.31 0.39 0.74  90
        happy    = 0.81 0.71 0.76 0.16 107
        happy    = 0.81 0.49 0.61 0.70 114
        happy    = 0.78 0.85 0.59 0.08 138
        happy    = 0.86 0.63 0.68 0.36 114
        happy    = 0.90 0.81 0.76 0.14 122
        sad      = 0.22 0.43 0.39 0.45  92
        sad      = 0.31 0.63 0.47 0.17 104
        sad      = 0.35 0.40 0.47 0.56  91
        sad      = 0.22 0.25 0.33 0.82  94
        surprise = 0.44 0.55 0.30 0.48 102
        surprise = 0.63 0.60 0.45 0.53 125
        surprise = 0.54 0.86 0.62 0.05 128
        surprise = 0.83 0.88 0.74 0.09 128
        surprise = 0.65 0.82 0.68 0.06 124
        neutral  = 0.61 0.43 0.51 0.58 103
        neutral  = 0.52 0.24 0.44 0.85 100
        neutral  = 0.64 0.60 0.60 0.28 111
        neutral  = 0.46 0.39 0.49 0.54  98
        neutral  = 0.51 0.52 0.60 0.27  99
        contempt = 0.45 0.66 0.66 0.12 113
        contempt = 0.40 0.52 0.52 0.35 108

        # Songs towards feeling better. Choices of ours; whether music that lifts helps more than music that matches
        # is an open question (K. Starcke and others, 2021, doi:10.3390/ijerph182312486). Fear has two ways out of it: calm,
        # and courage.
        [lift]
        angry    = 0.55 0.35 0.50 0.45 100
        disgust  = 0.62 0.50 0.55 0.35 108
        fear     = 0.60 0.30 0.48 0.55  92
        fear     = 0.72 0.72 0.58 0.20 120
        happy    = 0.85 0.80 0.70 0.10 126
        sad      = 0.70 0.60 0.60 0.30 112
        surprise = 0.72 0.70 0.65 0.15 122
        neutral  = 0.65 0.60 0.60 0.30 114
        contempt = 0.60 0.45 0.55 0.40 104

        # How much each axis counts in the distance between a mood and a song. Brought to a sum of 1. Distance is the
        # square root of the weighted mean of squared differences.
        [weights]
        valence      = 0.40
        energy       = 0.35
        danceability = 0.10
        acousticness = 0.10
        tempo        = 0.05

        # Distances are between 0 and 1, and so is what is added to them or taken off. The nearest song wins.
        [ranking]
        tempo-span       = 100   # beats per minute that count as 1; half and double tempo count as the same
        estimate-trust   = 0.5   # weight of an estimated feature, against 1 for a known one ...
        estimate-error   = 0.25  # ... the rest counts as if it were this far off
        amplify-gain     = 1.6   # --mode amplify goes this much further from the neutral point than --mode match
        other-label      = 0.3   # added: the song is said to suit other emotions; happy, neutral and surprise suit lift
        later-label      = 0.1   # ... this share of it if others suit it more, for each of them
        no-label         = 0.15  # added: nobody said what it suits
        fear-theme       = 0.1   # added: not about courage, comfort or hope, which lift fear; with --mode lift ...
        company-theme    = 0.3   # ... and with --mode company, whatever the emotion
        second-language  = 0.15  # added: no language was asked for; the second of your languages, mostly English
        foreign-language = 0.2   # added: neither that nor in the language of a song you like
        favourite-artist = 0.45  # taken off: an artist named with --artist
        liked-artist     = 0.08  # taken off: you liked this artist, or a song of theirs
        liked-song       = 0.06  # taken off: you liked this song
        disliked-artist  = 0.10  # added: you disliked this artist, or a song of theirs (disliked songs never come)
        taste-genre      = 0.10  # taken off at most: genres of what you liked and played; added: of what you disliked
        taste-decade     = 0.03  # ... its decades
        taste-language   = 0.03  # ... its languages
        taste-sound      = 0.03  # ... how it sounds
        like-genre       = 0.14  # taken off at most where songs like another one are asked for: its genres
        like-decade      = 0.06  # ... its decade
        like-language    = 0.14  # ... its language
        like-artist      = 0.08  # ... its artists
        own-share        = 0.7   # this share of a list is your own songs, those you imported, if there are many ...
        own-half         = 50    # ... and half of it if there are so many
        played           = 0.8   # added: you played it just now ...
        played-half-life = 14    # ... half of it after this many days
        offered          = 0.8   # added: it was recommended just now ...
        offered-half-life = 14   # ... half of it after this many days
        artist-gap       = 5     # no artist twice among so many songs in a row
        draw-pool        = 100   # each song is drawn among so many good ones ...
        draw-reach       = 0.14  # ... that are at most so much further away than the best; 0 takes the best
        surprise-share   = 0.2   # this share of the songs is drawn from a wider choice (--surprise 0 draws none at all) ...
        surprise-pool    = 150   # ... among so many songs ...
        surprise-reach   = 0.2   # ... that are at most so much further away than the best of the list

        # Moods, genres and words in names of playlists, for songs whose features nobody gives. Happy to calm are means
        # over a set of 686 labelled songs (Kaggle, "Spotify music data to identify the moods"): valence and energy
        # measured; all other numbers here are estimates of ours.
        [words]
        energetic    = 0.44 0.88 0.60 0.05 130
        calm         = 0.15 0.16 0.35 0.88 100
        chill        = 0.45 0.35 0.60 0.50 100
        relax        = 0.40 0.25 0.45 0.70  90
        relaxing     = 0.40 0.25 0.45 0.70  90
        sleep        = 0.20 0.12 0.28 0.90  80
        focus        = 0.30 0.25 0.40 0.75 100
        study        = 0.35 0.30 0.50 0.65  95
        workout      = 0.55 0.88 0.68 0.05 132
        gym          = 0.55 0.88 0.68 0.05 132
        running      = 0.60 0.85 0.68 0.06 150
        party        = 0.70 0.82 0.76 0.08 124
        dance        = 0.62 0.80 0.74 0.06 124
        romantic     = 0.48 0.42 0.55 0.50 102
        love         = 0.50 0.45 0.56 0.45 105
        heartbreak   = 0.28 0.40 0.52 0.50 108
        melancholy   = 0.22 0.32 0.44 0.60 100
        acoustic     = 0.42 0.36 0.52 0.78 110
        afrobeats    = 0.66 0.66 0.78 0.24 108
        amapiano     = 0.58 0.62 0.80 0.12 113
        ambient      = 0.15 0.18 0.25 0.85  95
        americana    = 0.46 0.48 0.52 0.48 116
        anime        = 0.55 0.78 0.52 0.12 130
        bachata      = 0.68 0.66 0.74 0.38 128
        bhangra      = 0.78 0.85 0.72 0.12 108
        black metal  = 0.16 0.90 0.28 0.02 125
        bluegrass    = 0.62 0.52 0.54 0.70 122
        blues        = 0.50 0.45 0.52 0.50 112
        bollywood    = 0.58 0.62 0.62 0.35 112
        bossa nova   = 0.55 0.32 0.58 0.75 118
        children     = 0.74 0.48 0.72 0.55 118
        classical    = 0.20 0.18 0.28 0.95 105
        corridos     = 0.66 0.58 0.66 0.45 130
        country      = 0.55 0.62 0.56 0.25 122
        cumbia       = 0.80 0.70 0.74 0.32 100
        death metal  = 0.20 0.94 0.32 0.01 125
        devotional   = 0.38 0.35 0.45 0.70  95
        disco        = 0.82 0.74 0.74 0.12 118
        doo wop      = 0.62 0.42 0.50 0.76 112
        drill        = 0.42 0.66 0.76 0.18 142
        drum and bass = 0.42 0.88 0.56 0.04 174
        dubstep      = 0.38 0.88 0.60 0.05 140
        edm          = 0.50 0.84 0.66 0.05 127
        electronic   = 0.48 0.72 0.64 0.12 124
        emo          = 0.38 0.76 0.48 0.08 136
        emo rap      = 0.38 0.58 0.66 0.22 140
        eurodance    = 0.70 0.88 0.70 0.04 134
        folk         = 0.42 0.36 0.48 0.72 112
        funk         = 0.78 0.72 0.76 0.15 112
        gospel       = 0.50 0.55 0.48 0.40 110
        grime        = 0.50 0.78 0.70 0.12 140
        grunge       = 0.42 0.78 0.44 0.05 122
        hard rock    = 0.50 0.86 0.46 0.04 132
        hardstyle    = 0.32 0.92 0.50 0.03 152
        hip hop      = 0.50 0.66 0.76 0.18 112
        house        = 0.60 0.80 0.74 0.05 124
        indie        = 0.48 0.60 0.56 0.30 118
        jazz         = 0.48 0.34 0.52 0.74 112
        k pop        = 0.62 0.76 0.68 0.15 120
        latin        = 0.65 0.72 0.72 0.22 112
        lo fi        = 0.38 0.28 0.62 0.65  84
        lofi         = 0.38 0.28 0.62 0.65  84
        luk thung    = 0.64 0.60 0.62 0.40 120
        metal        = 0.30 0.92 0.40 0.02 130
        metalcore    = 0.30 0.93 0.42 0.02 132
        musical      = 0.45 0.42 0.50 0.66 112
        new age      = 0.16 0.17 0.26 0.88  95
        opera        = 0.18 0.25 0.25 0.93  95
        phonk        = 0.35 0.88 0.66 0.05 132
        piano        = 0.22 0.18 0.35 0.92 100
        pop          = 0.55 0.66 0.66 0.20 118
        psytrance    = 0.32 0.92 0.62 0.02 142
        punk         = 0.55 0.90 0.46 0.03 150
        r and b      = 0.48 0.54 0.66 0.28 108
        rap          = 0.48 0.66 0.76 0.16 118
        reggae       = 0.70 0.58 0.74 0.20 112
        reggaeton    = 0.65 0.76 0.78 0.18  98
        regional mexicano = 0.66 0.56 0.62 0.45 124
        rnb          = 0.48 0.54 0.66 0.28 108
        rock         = 0.52 0.76 0.50 0.10 124
        rockabilly   = 0.78 0.66 0.60 0.50 130
        romance      = 0.46 0.40 0.54 0.52 102
        salsa        = 0.80 0.74 0.70 0.35 104
        samba        = 0.76 0.72 0.64 0.45 110
        shoegaze     = 0.34 0.70 0.34 0.08 120
        singer songwriter = 0.38 0.38 0.52 0.65 114
        slow indie   = 0.36 0.38 0.50 0.55 112
        soul         = 0.60 0.52 0.62 0.40 108
        soundtrack   = 0.22 0.30 0.30 0.75 104
        sufi         = 0.42 0.48 0.50 0.55 102
        synthwave    = 0.42 0.68 0.60 0.06 114
        tango        = 0.42 0.34 0.50 0.82 118
        techno       = 0.38 0.82 0.70 0.04 130
        traditional pop = 0.44 0.32 0.42 0.78 106
        trance       = 0.38 0.84 0.58 0.03 134
        trap         = 0.40 0.66 0.74 0.14 138
        trip hop     = 0.36 0.54 0.60 0.22 100
        vallenato    = 0.76 0.66 0.66 0.40 110
        video game   = 0.40 0.45 0.45 0.55 118
        worship      = 0.32 0.54 0.42 0.28 116
        zouk         = 0.66 0.64 0.74 0.22 104
        """
}
